package import TesseraCore
import TesseraIO
import TesseraKernels
package import TesseraStorage

/// Running totals along an axis, in one pass: readers go forward in order, and the totals so far are kept.
///
/// Totals are made one element after another from the beginning of the axis, so they do not depend on how they are read.
/// What is asked for out of order is computed from the beginning again, and so is what continues totals that there
/// was no room to keep.
package final class ScanDriver: ComputedDriver {
  package let description: ArrayDescription
  private let scan: Scan
  private let axis: Int
  private let operand: ExpressionDriver
  private let dtype: DType
  /// One reader at a time; sequential sources are read in turn anyway.
  private let state = Lock(State())

  private struct Line: Hashable {
    var lower: [Int]
    var counts: [Int]
    var steps: [Int]
  }

  /// Totals up to a position along the axis, for some box of the other axes.
  private struct Carry {
    var position: Int
    var totals: Buffer
  }

  private struct State: @unchecked Sendable {
    /// Several where views of one array are read side by side, each from its own position.
    var carries: [Line: [Carry]] = [:]
    var carriedBytes = 0
    let block = Buffer()
  }

  /// What is read at a time: a granule of the operand, within bounds.
  private let pieceBytes: Int
  private static let leastPieceBytes = 512 << 10
  private static let mostPieceBytes = 2 << 20
  /// Each strip keeps totals of its own.
  private static let leastWidth = 16

  /// - Parameter program: the operand, with one root over `shape`, of the scan's wide dtypes.
  package init(_ scan: Scan, _ program: Program, shape: Shape, dtype: DType, axis: Int) {
    self.scan = scan
    self.axis = axis
    self.dtype = dtype
    operand = ExpressionDriver(program, shape: shape, dtype: dtype)
    description = ArrayDescription(computed: shape, dtype: dtype)
    let granule = operand.granule.saturatingProduct(dtype.itemSize)
    pieceBytes = max(ScanDriver.leastPieceBytes, min(granule, ScanDriver.mostPieceBytes))
  }

  package var granule: [Int] { operand.granule }
  package var isSequential: Bool { true }
  package var scratchBytes: Int {
    operand.scratchBytes.saturatingAdd(2 * pieceBytes).saturatingAdd(mostCarriedBytes)
  }

  /// Boxes of all positions behind the axis are open at a time where it is read in C order, and a chunk's of those before.
  private var mostCarriedBytes: Int {
    let shape = description.shape
    let granule = operand.granule
    let lengths = shape.indices.map { $0 == axis ? 1 : $0 < axis ? min(granule[$0], shape[$0]) : shape[$0] }
    return max(ScanDriver.leastCarriedBytes, lengths.saturatingProduct(dtype.itemSize))
  }

  private static let leastCarriedBytes = 2 << 20

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    try state.withLock { state in
      try forEachStrip(of: selection) { strip, place in
        let offset = zip(place, strides).reduce(0) { $0 + $1.0 * $1.1 }
        try read(strip, into: target + offset, strides, scratch, &state)
      }
    }
  }

  /// Cuts a selection across the axis, so that a granule's positions along it fit a piece.
  private func forEachStrip(
    of selection: StridedRegion, _ body: (StridedRegion, [Int]) throws -> Void
  ) throws {
    let granule = operand.granule
    let along = max(1, min(granule[axis], description.shape[axis]))
    var room = max(ScanDriver.leastWidth, pieceBytes / dtype.itemSize / along)
    var lengths = selection.counts
    for other in lengths.indices.reversed() where other != axis && lengths[other] > 1 {
      let whole = room / granule[other] * granule[other]
      lengths[other] = min(lengths[other], whole > 0 ? whole : room)
      room = max(1, room / lengths[other])
    }
    let grid = try ChunkGrid(shape: Shape(selection.counts), chunkShape: lengths)
    try Region(grid.counts.map { 0..<$0 }).forEachIndex { index in
      let part = grid.region(index)
      let axes = selection.axes.indices.map { number in
        let axis = selection.axes[number]
        return StridedRegion.Axis(
          start: axis.start + part.lower[number] * axis.step, step: axis.step, count: part.lengths[number])
      }
      try body(StridedRegion(axes: axes), part.lower)
    }
  }

  private func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, _ strides: [Int],
    _ scratch: ReadScratch, _ state: inout State
  ) throws {
    var others = selection.axes
    others.remove(at: axis)
    let line = Line(lower: others.map(\.start), counts: others.map(\.count), steps: others.map(\.step))
    let width = line.counts.reduce(1, *)
    let bounds = selection.bounds.range(axis)
    let along = max(1, min(operand.granule[axis], description.shape[axis]))
    var carry = take(line, before: bounds.lowerBound, width, &state)
    while carry.position < bounds.upperBound {
      // All before what is wanted is gone through.
      try scratch.interruption()
      let room = max(1, pieceBytes / max(1, width * dtype.itemSize))
      let whole = room / along * along
      let most = whole > 0 ? whole : room
      let piece = carry.position..<min(bounds.upperBound, carry.position + most)
      let values = state.block.reserve(piece.count * width * dtype.itemSize).baseAddress!
      try advance(over: piece, others, width, values, carry.totals, scratch)
      copy(piece, selection, line.counts, width, values, target, strides)
      carry.position = piece.upperBound
    }
    keep(carry, of: line, width, &state)
  }

  /// The totals nearest before a position, which then are the caller's.
  private func take(_ line: Line, before position: Int, _ width: Int, _ state: inout State) -> Carry {
    let known = state.carries[line] ?? []
    let best = known.indices.filter { known[$0].position <= position }.max {
      known[$0].position < known[$1].position
    }
    if let best {
      state.carries[line]!.remove(at: best)
      state.carriedBytes -= width * dtype.itemSize
      return known[best]
    }
    let carry = Carry(position: 0, totals: Buffer())
    _ = carry.totals.reserve(width * dtype.itemSize)
    return carry
  }

  private func keep(_ carry: Carry, of line: Line, _ width: Int, _ state: inout State) {
    let bytes = width * dtype.itemSize
    // Nobody goes on behind the end.
    guard carry.position < description.shape[axis], state.carriedBytes + bytes <= mostCarriedBytes else {
      if state.carries[line]?.isEmpty ?? false { state.carries[line] = nil }
      return
    }
    state.carries[line, default: []].append(carry)
    state.carriedBytes += bytes
  }

  /// Reads a piece of the axis as rows, and makes it totals.
  private func advance(
    over piece: Range<Int>, _ others: [StridedRegion.Axis], _ width: Int, _ values: UnsafeMutableRawPointer,
    _ totals: Buffer, _ scratch: ReadScratch
  ) throws {
    var axes = others
    axes.insert(.init(start: piece.lowerBound, step: 1, count: piece.count), at: axis)
    var strides = Shape.strides(of: others.map(\.count)).map { $0 * dtype.itemSize }
    strides.insert(width * dtype.itemSize, at: axis)
    try operand.read(StridedRegion(axes: axes), into: values, strides: strides, scratch: scratch)
    withExtendedLifetime(totals) {
      let carry = totals.bytes.baseAddress!
      if piece.lowerBound == 0 {
        scan.begin(dtype, rows: piece.count, columns: width, values, carry: carry)
      } else {
        scan.run(dtype, rows: piece.count, columns: width, values, carry: carry)
      }
    }
  }

  /// Copies what is asked for of a piece to its places.
  private func copy(
    _ piece: Range<Int>, _ selection: StridedRegion, _ counts: [Int], _ width: Int,
    _ values: UnsafeMutableRawPointer, _ target: UnsafeMutableRawPointer, _ strides: [Int]
  ) {
    let taken = selection.axes[axis].within(piece)
    if taken.count == 0 { return }
    var shape = counts
    shape.insert(taken.count, at: axis)
    var own = Shape.strides(of: counts).map { $0 * dtype.itemSize }
    own.insert(selection.axes[axis].step * width * dtype.itemSize, at: axis)
    StridedCopy.copy(
      shape: shape, itemSize: dtype.itemSize, swapUnit: 1,
      from: values + (taken.start - piece.lowerBound) * width * dtype.itemSize, sourceStrides: own,
      to: target + taken.place * strides[axis], targetStrides: strides)
  }

  package func finishReading() {
    state.withLock { $0 = State() }
    operand.finishReading()
  }

  package var storedBytesRead: Int { operand.storedBytesRead }
  package var sourceNames: [String] { operand.sourceNames }
  package func storedBytes() throws -> Int { 0 }
  package func fingerprint() throws -> String { "\(scan) \(axis) of \(try operand.fingerprint())" }
}
