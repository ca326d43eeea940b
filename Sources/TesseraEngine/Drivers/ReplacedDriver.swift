package import TesseraCore
import TesseraKernels
package import TesseraStorage

/// An array with other elements at positions along some of its axes; nothing is copied until it is read.
///
/// What is asked for is read of the base first. Then those of the positions that lie in it are looked up, some at a time:
/// their values are read as a box, or as several where they lie far apart, and copied to their places.
package struct ReplacedDriver: ComputedDriver {
  package let description: ArrayDescription
  private let base: any ArrayDriver
  private let values: any ArrayDriver
  private let picks: Picks
  /// The axis of the picks in the values.
  private let axis: Int
  private let itemSize: Int
  /// Of the axes that are picked from.
  private let lengths: [Int]
  /// What a box of values may take.
  private let mostBoxBytes: Int
  /// Positions that are looked up at a time.
  private let mostFound: Int

  /// - Parameters:
  ///   - values: of the base's dtype, and of the shape that is picked from it.
  ///   - picks: ascending, each position once.
  package init(_ base: any ArrayDriver, _ values: any ArrayDriver, _ picks: Picks) throws {
    self.base = base
    self.values = values
    self.picks = picks
    axis = picks.axes[0]
    let (shape, dtype) = (base.description.shape, try base.description.supportedDType())
    description = ArrayDescription(computed: shape, dtype: dtype)
    itemSize = dtype.itemSize
    lengths = picks.axes.map { shape[$0] }
    mostBoxBytes = ScatteredReads.mostBytes(
      cell: values.leastRead, of: values.description, itemSize: itemSize)
    mostFound = max(1, min(16 << 10, picks.positions.count))
  }

  package var isSequential: Bool { base.isSequential || values.isSequential }
  package var readingCost: Double { max(base.readingCost, values.readingCost) }
  package var granule: [Int] { base.granule }

  package var keptBytes: Int { base.keptBytes.saturatingAdd(values.keptBytes) }
  package var passingBytes: Int { max(base.passingBytes, values.passingBytes).saturatingAdd(ownBytes) }

  /// One is read after the other with the same scratch. The list of positions is not among these: all threads share it, and it
  /// is the graph's (`listedBytes`).
  package var scratchBytes: Int {
    let passing = max(base.scratchBytes - base.keptBytes, values.scratchBytes - values.keptBytes)
    return keptBytes.saturatingAdd(passing).saturatingAdd(ownBytes)
  }

  /// A box, and what was looked up.
  private var ownBytes: Int { mostBoxBytes + mostFound * MemoryLayout<Picks.Found>.stride }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    try base.read(selection, into: target, strides: strides, scratch: scratch)
    let one = StridedRegion(axes: picks.narrowed(selection.axes, .init(start: 0, step: 1, count: 1)))
    let narrow = picks.narrowed(strides, strides[axis])
    let (box, steps) = (picks.axes.map { selection.axes[$0] }, picks.axes.map { strides[$0] })
    try picks.forEachFound(in: box, steps, of: lengths, most: mostFound) { found in
      try scratch.interruption()
      try replace(found[...], one, target, narrow, scratch)
    }
  }

  /// Reads all values from the first to the last of these positions, and copies each to its place. What is too large goes in
  /// halves of the longest other axis, so that each part of the values is read once, or of the positions; so do positions
  /// whose values lie so far apart that reading each on its own costs less.
  ///
  /// - Parameter one: the other axes, for one position.
  private func replace(
    _ found: ArraySlice<Picks.Found>, _ one: StridedRegion, _ target: UnsafeMutableRawPointer,
    _ strides: [Int], _ scratch: ReadScratch
  ) throws {
    let first = found.first!.number
    let box = box(one, first, found.last!.number - first + 1)
    let bytes = box.counts.saturatingProduct(itemSize)
    if bytes > mostBoxBytes, let longest = longestOther(one) {
      return try one.forEachHalf(longest) { half, place in
        try replace(found, half, target + place * strides[longest], strides, scratch)
      }
    }
    if found.count > 1, bytes > mostBoxBytes || isSparse(found.count, one, box) {
      let middle = found.startIndex + found.count / 2
      try replace(found[..<middle], one, target, strides, scratch)
      return try replace(found[middle...], one, target, strides, scratch)
    }
    if found.count == 1 {
      return try values.read(
        box, into: target + found.first!.offset, strides: strides, scratch: scratch)
    }
    try Buffer.withTemporary(bytes) { memory in
      let dense = Shape.strides(of: box.counts).map { $0 * itemSize }
      try values.read(box, into: memory.baseAddress!, strides: dense, scratch: scratch)
      copy(found, from: UnsafeRawPointer(memory.baseAddress!), dense, one.counts, to: target, strides)
    }
  }

  /// - Parameter source: the values from the first of these positions on.
  private func copy(
    _ found: ArraySlice<Picks.Found>, from source: UnsafeRawPointer, _ dense: [Int], _ counts: [Int],
    to target: UnsafeMutableRawPointer, _ strides: [Int]
  ) {
    let (first, isSingle) = (found.first!.number, counts.allSatisfy { $0 == 1 })
    for each in found {
      let value = source + (each.number - first) * dense[axis]
      let place = target + each.offset
      if isSingle {
        place.copyMemory(from: value, byteCount: itemSize)
      } else {
        StridedCopy.copy(
          shape: counts, itemSize: itemSize, swapUnit: 1, from: value, sourceStrides: dense, to: place,
          targetStrides: strides)
      }
    }
  }

  private func box(_ one: StridedRegion, _ first: Int, _ count: Int) -> StridedRegion {
    var axes = one.axes
    axes[axis] = .init(start: first, step: 1, count: count)
    return StridedRegion(axes: axes)
  }

  private func longestOther(_ one: StridedRegion) -> Int? {
    let others = one.axes.indices.filter { $0 != axis && one.axes[$0].count > 1 }
    return others.max { one.axes[$0].count < one.axes[$1].count }
  }

  /// Whether the values are read in more pieces as a box than each on its own.
  private func isSparse(_ count: Int, _ one: StridedRegion, _ box: StridedRegion) -> Bool {
    values.leastReads(of: box.counts) > values.leastReads(of: one.counts).saturatingMultiply(count)
  }

  package func finishReading() {
    base.finishReading()
    values.finishReading()
  }

  package var storedBytesRead: Int { base.wholeStoredBytes.saturatingAdd(values.wholeStoredBytes) }
  package var sourceNames: [String] { base.knownNames + values.knownNames }
  package func storedBytes() throws -> Int { try base.storedBytes() + values.storedBytes() }

  package func fingerprint() throws -> String {
    "replaced \(picks.fingerprint) of \(try base.fingerprint()) by \(try values.fingerprint())"
  }
}
