package import TesseraCore
import TesseraKernels
package import TesseraStorage

/// For each line of an array, the elements at positions that another array has for that line.
///
/// What is asked for is cut until positions and lines fit their memory; of lines that are longer by themselves, stretches
/// are read one after another, and of each the positions in it are served.
package struct TakenAlongDriver: ComputedDriver {
  package let description: ArrayDescription
  private let lines: any ArrayDriver
  private let positions: any ArrayDriver
  private let axis: Int
  private let itemSize: Int
  /// The last axis, along which elements are taken.
  private let last: Int
  private let length: Int

  /// What lines may take at a time, and positions.
  private static let mostBytes = 2 << 20

  /// - Parameters:
  ///   - lines: of the shape of `positions` but for the last axis.
  ///   - positions: int64.
  ///   - axis: the user's number of the axis, for errors.
  package init(_ lines: any ArrayDriver, _ positions: any ArrayDriver, axis: Int, dtype: DType) {
    self.lines = lines
    self.positions = positions
    self.axis = axis
    itemSize = dtype.itemSize
    let shape = positions.description.shape
    last = shape.rank - 1
    length = lines.description.shape[last]
    description = ArrayDescription(computed: shape, dtype: dtype)
  }

  /// As many lines as are read at a time, with all of their positions.
  package var granule: [Int] {
    let shape = description.shape
    var granule = [Int](repeating: 1, count: shape.rank)
    let most = TakenAlongDriver.mostBytes
    granule[last] = max(1, min(shape[last], most / 8))
    var room = max(1, most / max(1, max(length.saturatingMultiply(itemSize), granule[last] * 8)))
    for axis in (0..<last).reversed() {
      granule[axis] = max(1, min(room, shape[axis]))
      room = max(1, room / granule[axis])
    }
    return granule
  }

  package var isSequential: Bool { lines.isSequential || positions.isSequential }
  package var readingCost: Double {
    max(lines.readingCost * Double(max(1, rereads)), positions.readingCost)
  }

  /// How often each line is read: once for as many of its positions as are read at a time.
  private var rereads: Int {
    let most = granule[last]
    return (description.shape[last] + most - 1) / most
  }

  private static let ownBytes = 2 * mostBytes
  package var passingBytes: Int {
    max(lines.passingBytes, positions.passingBytes).saturatingAdd(TakenAlongDriver.ownBytes)
  }
  package var scratchBytes: Int {
    lines.scratchBytes.saturatingAdd(positions.scratchBytes).saturatingAdd(TakenAlongDriver.ownBytes)
  }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    let lineCount = selection.counts.dropLast().reduce(1, *)
    let most = TakenAlongDriver.mostBytes
    let isLarge =
      lineCount.saturatingMultiply(selection.counts[last] * 8) > most
      || lineCount > 1 && lineCount.saturatingMultiply(length * itemSize) > most
    if isLarge, let longest = longest(selection) {
      return try selection.forEachHalf(longest) { half, place in
        try read(half, into: target + place * strides[longest], strides: strides, scratch: scratch)
      }
    }
    try scratch.interruption()
    try Buffer.withTemporary(selection.counts.saturatingProduct(8)) { memory in
      let dense = Shape.strides(of: selection.counts).map { $0 * 8 }
      let wanted = memory.baseAddress!
      try positions.read(selection, into: wanted, strides: dense, scratch: scratch)
      try take(wanted.assumingMemoryBound(to: Int64.self), selection, target, strides, scratch)
    }
  }

  /// The axis to cut: that of the lines if there are several.
  private func longest(_ selection: StridedRegion) -> Int? {
    let axes = selection.axes.indices.filter { selection.axes[$0].count > 1 }
    let others = axes.filter { $0 != last }
    return (others.isEmpty ? axes : others).max { selection.axes[$0].count < selection.axes[$1].count }
  }

  /// Reads the lines stretch by stretch, but for those without a wanted position, and serves the positions in each.
  private func take(
    _ wanted: UnsafeMutablePointer<Int64>, _ selection: StridedRegion, _ target: UnsafeMutableRawPointer,
    _ strides: [Int], _ scratch: ReadScratch
  ) throws {
    let all = UnsafeMutableBufferPointer(start: wanted, count: selection.counts.reduce(1, *))
    let range = try checked(all)
    let lineCount = selection.counts.dropLast().reduce(1, *)
    let most = max(1, TakenAlongDriver.mostBytes / max(1, lineCount * itemSize))
    try Buffer.withTemporary(lineCount * min(most, range.count) * itemSize) { memory in
      // Stretches begin where those of whole lines do, so that no chunk of usual lengths is cut.
      for start in stride(from: range.lowerBound / most * most, to: range.upperBound, by: most) {
        try scratch.interruption()
        let stretch = max(range.lowerBound, start)..<min(range.upperBound, start + most)
        guard all.contains(where: { stretch.contains(Int($0)) }) else { continue }
        var box = selection
        box.axes[last] = .init(start: stretch.lowerBound, step: 1, count: stretch.count)
        let dense = Shape.strides(of: box.counts).map { $0 * itemSize }
        try lines.read(box, into: memory.baseAddress!, strides: dense, scratch: scratch)
        let own = UnsafeRawPointer(memory.baseAddress!)
        switch itemSize {
        case 1: serve(stretch, wanted, own, as: UInt8.self, selection.counts, target, strides)
        case 2: serve(stretch, wanted, own, as: UInt16.self, selection.counts, target, strides)
        case 4: serve(stretch, wanted, own, as: UInt32.self, selection.counts, target, strides)
        case 8: serve(stretch, wanted, own, as: UInt64.self, selection.counts, target, strides)
        default: serve(stretch, wanted, own, as: UInt128.self, selection.counts, target, strides)
        }
      }
    }
  }

  /// Counts negative positions from the end.
  ///
  /// - Returns: from the least to the greatest of them, of which there are any.
  private func checked(_ wanted: UnsafeMutableBufferPointer<Int64>) throws -> Range<Int> {
    var (least, greatest) = (Int64.max, Int64.min)
    for place in wanted.indices {
      let index = wanted[place]
      guard index < length, index >= -length else {
        throw TesseraError(.usage, "index \(index) is out of bounds for axis \(axis) with size \(length)")
      }
      if index < 0 { wanted[place] = index + Int64(length) }
      (least, greatest) = (min(least, wanted[place]), max(greatest, wanted[place]))
    }
    return Int(least)..<Int(greatest) + 1
  }

  private func serve<Bits: BitwiseCopyable>(
    _ stretch: Range<Int>, _ wanted: UnsafePointer<Int64>, _ lines: UnsafeRawPointer, as _: Bits.Type,
    _ counts: [Int], _ target: UnsafeMutableRawPointer, _ strides: [Int]
  ) {
    let (count, step) = (counts[last], strides[last])
    var number = 0
    Region(counts.dropLast().map { 0..<$0 }).forEachIndex { index in
      let own = lines + number * stretch.count * itemSize
      let place = target + zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
      for k in 0..<count {
        let position = Int(wanted[number * count + k])
        guard stretch.contains(position) else { continue }
        let offset = (position - stretch.lowerBound) * itemSize
        place.storeBytes(
          of: own.loadUnaligned(fromByteOffset: offset, as: Bits.self), toByteOffset: k * step, as: Bits.self)
      }
      number += 1
    }
  }

  package func finishReading() {
    lines.finishReading()
    positions.finishReading()
  }

  package var storedBytesRead: Int {
    lines.wholeStoredBytes.saturatingMultiply(rereads).saturatingAdd(positions.wholeStoredBytes)
  }
  package var sourceNames: [String] { lines.knownNames + positions.knownNames }
  package func storedBytes() throws -> Int { 0 }
  package func fingerprint() throws -> String {
    "taken along \(axis) of \(try lines.fingerprint()) at \(try positions.fingerprint())"
  }
}
