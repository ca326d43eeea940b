package import TesseraCore
import TesseraKernels
package import TesseraStorage

/// Positions of an array along one axis, in any order and with repeats; nothing is copied until it is read.
///
/// Positions that are read together are sorted first. Neighbours that stay neighbours are read into their places; of
/// others, all that lie in what the base reads as one are read as rows, where whole rows are asked for and the base reads
/// them together, or as a box and copied from there.
package struct TakenDriver: ComputedDriver {
  package let description: ArrayDescription
  private let base: any ArrayDriver
  private let positions: Positions
  private let axis: Int
  private let itemSize: Int
  /// How many positions along the axis the base reads as one.
  private let cell: Int
  /// What a box may take.
  private let mostBoxBytes: Int

  /// Positions that are sorted at a time: so many fit the cache, or as many as may lie in a box.
  private let mostSorted: Int
  private static let leastSorted = 16 << 10

  package init(_ base: any ArrayDriver, _ positions: Positions, axis: Int) throws {
    self.base = base
    self.positions = positions
    self.axis = axis
    var dimensions = base.description.shape.dimensions
    dimensions[axis] = positions.count
    let dtype = try base.description.supportedDType()
    description = ArrayDescription(computed: try Shape(dimensions), dtype: dtype)
    itemSize = dtype.itemSize
    cell = max(1, base.leastRead[axis])
    mostBoxBytes = ScatteredReads.mostBytes(
      cell: base.leastRead, of: base.description, itemSize: itemSize)
    let boxed = min(cell, mostBoxBytes / 4 / MemoryLayout<RowPlace>.stride)
    mostSorted = max(1, min(max(TakenDriver.leastSorted, boxed), positions.count))
  }

  package var isSequential: Bool { base.isSequential }
  package var readingCost: Double { base.readingCost }

  package var keptBytes: Int { base.keptBytes }

  /// Lists of positions are not among these: all threads share them, and they are the graph's (`listedBytes`).
  package var scratchBytes: Int { base.scratchBytes.saturatingAdd(ownBytes) }
  package var passingBytes: Int { base.passingBytes.saturatingAdd(ownBytes) }

  /// A box, and positions while they are sorted.
  private var ownBytes: Int { mostBoxBytes + 2 * mostSorted * MemoryLayout<RowPlace>.stride }

  /// Along the axis, as many positions as lie in a granule of the base if they are spread evenly, and fit a box.
  package var granule: [Int] {
    var granule = base.granule
    let share = Double(positions.count) / Double(max(1, base.description.shape[axis]))
    let even = min(Int(Double(granule[axis]) * min(1, share)), positions.count)
    granule[axis] = 1
    granule[axis] = max(1, min(even, mostBoxBytes / granule.saturatingProduct(itemSize)))
    return granule
  }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    let wanted = selection.axes[axis]
    for start in stride(from: 0, to: wanted.count, by: mostSorted) {
      let places = start..<min(wanted.count, start + mostSorted)
      var rows = rows(at: places, of: wanted)
      rows.sort { ($0.row, $0.place) < ($1.row, $1.place) }
      try read(rows[...], of: selection, into: target, strides, scratch)
    }
  }

  private func rows(at places: Range<Int>, of wanted: StridedRegion.Axis) -> [RowPlace] {
    var rows: [RowPlace] = []
    rows.reserveCapacity(places.count)
    let part = StridedRegion.Axis(
      start: wanted.start + places.lowerBound * wanted.step, step: wanted.step, count: places.count)
    positions.forEach(at: part) { rows.append(RowPlace(row: $0, place: places.lowerBound + rows.count)) }
    return rows
  }

  private func read(
    _ rows: ArraySlice<RowPlace>, of selection: StridedRegion, into target: UnsafeMutableRawPointer,
    _ strides: [Int], _ scratch: ReadScratch
  ) throws {
    var rest = rows
    while let first = rest.first {
      let run = rest.prefixLength { $1.row == $0.row + 1 && $1.place == $0.place + 1 }
      let shared = rest.prefixLength { $1.row / cell == $0.row / cell }
      if run >= shared {
        try base.read(
          box(selection, first.row, run), into: target + first.place * strides[axis], strides: strides,
          scratch: scratch)
      } else if axis == 0, base.readsRowsTogether, hasWholeRows(selection) {
        try base.readRows(rest.prefix(shared), into: target, strides: strides, scratch: scratch)
      } else {
        try readBox(rest.prefix(shared), of: selection, into: target, strides, scratch)
      }
      rest = rest.dropFirst(max(run, shared))
    }
  }

  /// Whether all of each position's elements are asked for, in their order.
  private func hasWholeRows(_ selection: StridedRegion) -> Bool {
    selection.axes.indices.dropFirst().allSatisfy {
      selection.axes[$0] == .init(start: 0, step: 1, count: base.description.shape[$0])
    }
  }

  private func box(_ selection: StridedRegion, _ first: Int, _ count: Int) -> StridedRegion {
    var axes = selection.axes
    axes[axis] = .init(start: first, step: 1, count: count)
    return StridedRegion(axes: axes)
  }

  /// Reads everything from the first of these positions to the last, and copies each to its place. What is too large goes in
  /// halves of the longest other axis, so that each part of the base is read once, or of the positions; so do positions
  /// that lie so far apart that reading each on its own costs less.
  private func readBox(
    _ rows: ArraySlice<RowPlace>, of selection: StridedRegion, into target: UnsafeMutableRawPointer,
    _ strides: [Int], _ scratch: ReadScratch
  ) throws {
    let first = rows.first!.row
    let box = box(selection, first, rows.last!.row - first + 1)
    let bytes = box.counts.saturatingProduct(itemSize)
    if bytes > mostBoxBytes, let longest = longestOther(selection) {
      return try selection.forEachHalf(longest) { half, place in
        try readBox(rows, of: half, into: target + place * strides[longest], strides, scratch)
      }
    }
    if rows.count > 1, bytes > mostBoxBytes || isSparse(rows, box) {
      let middle = rows.startIndex + rows.count / 2
      try readBox(rows[..<middle], of: selection, into: target, strides, scratch)
      return try readBox(rows[middle...], of: selection, into: target, strides, scratch)
    }
    try Buffer.withTemporary(bytes) { memory in
      let dense = Shape.strides(of: box.counts).map { $0 * itemSize }
      try base.read(box, into: memory.baseAddress!, strides: dense, scratch: scratch)
      var shape = box.counts
      shape[axis] = 1
      for row in rows {
        StridedCopy.copy(
          shape: shape, itemSize: itemSize, swapUnit: 1,
          from: UnsafeRawPointer(memory.baseAddress! + (row.row - first) * dense[axis]), sourceStrides: dense,
          to: target + row.place * strides[axis], targetStrides: strides)
      }
    }
  }

  private func longestOther(_ selection: StridedRegion) -> Int? {
    let others = selection.axes.indices.filter { $0 != axis && selection.axes[$0].count > 1 }
    return others.max { selection.axes[$0].count < selection.axes[$1].count }
  }

  /// Whether the base reads more for the box than for each position on its own.
  private func isSparse(_ rows: ArraySlice<RowPlace>, _ box: StridedRegion) -> Bool {
    var one = box.counts
    one[axis] = 1
    return base.leastReads(of: box.counts) > base.leastReads(of: one).saturatingMultiply(rows.count)
  }

  package func finishReading() { base.finishReading() }

  package var storedBytesRead: Int {
    let share = Double(positions.count) / Double(max(1, base.description.shape[axis]))
    return Int(min(Double(base.wholeStoredBytes) * min(1, share), 1e18))
  }

  package var sourceNames: [String] { base.knownNames }
  package func storedBytes() throws -> Int { try base.storedBytes() }

  package func fingerprint() throws -> String {
    "taken \(axis) \(positions.fingerprint) of \(try base.fingerprint())"
  }
}
