package import TesseraCore
import TesseraKernels
package import TesseraStorage

/// Elements of an array at positions along several axes, in any order and with repeats; nothing is copied until it is read.
///
/// Positions that are read together are sorted by what the base reads as one, and in it in C order. Neighbours along the
/// last axis that stay neighbours are read into their places; of others, all that lie in what the base reads as one are
/// read as a box and copied from there.
package struct PickedDriver: ComputedDriver {
  package let description: ArrayDescription
  private let base: any ArrayDriver
  private let picks: Picks
  /// The axis of the picks.
  private let axis: Int
  private let itemSize: Int
  /// Of the axes that are picked from.
  private let lengths: [Int]
  private let pickStrides: [Int]
  /// How many positions along each of them the base reads as one, and how those are numbered.
  private let cell: [Int]
  private let cellStrides: [Int]
  /// What a box may take.
  private let mostBoxBytes: Int
  /// Picks that are sorted at a time: so many fit the cache, or as many as may lie in a box.
  private let mostSorted: Int
  private static let leastSorted = 16 << 10

  private struct Pick {
    /// The number of what the base reads as one.
    var cell: Int
    /// In C order of the axes.
    var position: Int
    /// In what is read.
    var place: Int
  }

  package init(_ base: any ArrayDriver, _ picks: Picks) throws {
    self.base = base
    self.picks = picks
    axis = picks.axes[0]
    let (shape, least) = (base.description.shape, base.leastRead)
    let dtype = try base.description.supportedDType()
    description = ArrayDescription(computed: try picks.shape(of: shape), dtype: dtype)
    itemSize = dtype.itemSize
    let (lengths, cell) = (picks.axes.map { shape[$0] }, picks.axes.map { max(1, least[$0]) })
    (self.lengths, self.cell) = (lengths, cell)
    pickStrides = Shape.strides(of: lengths)
    cellStrides = Shape.strides(of: zip(lengths, cell).map { ($0 + $1 - 1) / $1 })
    mostBoxBytes = ScatteredReads.mostBytes(cell: least, of: base.description, itemSize: itemSize)
    let boxed = min(cell.saturatingProduct(), mostBoxBytes / 4 / MemoryLayout<Pick>.stride)
    mostSorted = max(1, min(max(PickedDriver.leastSorted, boxed), picks.positions.count))
  }

  package var isSequential: Bool { base.isSequential }
  package var readingCost: Double { base.readingCost }
  package var keptBytes: Int { base.keptBytes }

  /// The list of positions is not among these: all threads share it, and it is the graph's (`listedBytes`).
  package var scratchBytes: Int { base.scratchBytes.saturatingAdd(ownBytes) }
  package var passingBytes: Int { base.passingBytes.saturatingAdd(ownBytes) }

  /// A box, and picks while they are sorted.
  private var ownBytes: Int { mostBoxBytes + 2 * mostSorted * MemoryLayout<Pick>.stride }

  /// Along the axis of the picks, as many as lie in a granule of the base if they are spread evenly, and fit a box.
  package var granule: [Int] {
    let granule = base.granule
    let all = Double(picks.axes.map { granule[$0] }.saturatingProduct())
    var own = picks.narrowed(granule, 1)
    let even = min(Int(min(all * share, 1e18)), picks.positions.count)
    own[axis] = max(1, min(even, mostBoxBytes / max(1, own.saturatingProduct(itemSize))))
    return own
  }

  /// How much of the base is picked.
  private var share: Double {
    min(1, Double(picks.positions.count) / Double(max(1, lengths.saturatingProduct())))
  }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    let wanted = selection.axes[axis]
    let box = StridedRegion(axes: picks.widened(selection.axes, .init(start: 0, step: 1, count: 1)))
    // Each of the axes has one position at a time, or the last one a run of them.
    let wide = picks.widened(strides, strides[axis])
    for start in stride(from: 0, to: wanted.count, by: mostSorted) {
      try scratch.interruption()
      var found = found(at: start..<min(wanted.count, start + mostSorted), of: wanted)
      found.sort { ($0.cell, $0.position, $0.place) < ($1.cell, $1.position, $1.place) }
      try read(found[...], of: box, into: target, wide, scratch)
    }
  }

  private func found(at places: Range<Int>, of wanted: StridedRegion.Axis) -> [Pick] {
    places.map { place in
      let position = picks.positions[wanted.start + place * wanted.step]
      var (rest, number) = (position, 0)
      for axis in pickStrides.indices {
        number += rest / pickStrides[axis] / cell[axis] * cellStrides[axis]
        rest %= pickStrides[axis]
      }
      return Pick(cell: number, position: position, place: place)
    }
  }

  private func read(
    _ found: ArraySlice<Pick>, of box: StridedRegion, into target: UnsafeMutableRawPointer, _ strides: [Int],
    _ scratch: ReadScratch
  ) throws {
    var rest = found
    while let first = rest.first {
      let run = rest.prefixLength {
        $1.position == $0.position + 1 && $1.place == $0.place + 1 && $1.position % lengths.last! != 0
      }
      let shared = rest.prefixLength { $1.cell == $0.cell }
      if run >= shared {
        let neighbours = self.box(box, bounds(rest.prefix(run)))
        try base.read(
          neighbours, into: target + first.place * strides[axis], strides: strides, scratch: scratch)
      } else {
        try readBox(rest.prefix(shared), of: box, into: target, strides, scratch)
      }
      rest = rest.dropFirst(max(run, shared))
    }
  }

  /// A box of one position of each axis with these ranges of positions.
  private func box(_ box: StridedRegion, _ ranges: [ClosedRange<Int>]) -> StridedRegion {
    var axes = box.axes
    for (axis, range) in zip(picks.axes, ranges) {
      axes[axis] = .init(start: range.lowerBound, step: 1, count: range.count)
    }
    return StridedRegion(axes: axes)
  }

  /// Reads everything that lies between these picks, and copies each to its place. What is too large goes in halves of the
  /// longest other axis, so that each part of the base is read once, or of the picks; so do picks that lie so far apart
  /// that reading each on its own costs less.
  private func readBox(
    _ found: ArraySlice<Pick>, of one: StridedRegion, into target: UnsafeMutableRawPointer,
    _ strides: [Int], _ scratch: ReadScratch
  ) throws {
    let box = self.box(one, bounds(found))
    let bytes = box.counts.saturatingProduct(itemSize)
    if bytes > mostBoxBytes, let longest = longestOther(one) {
      return try one.forEachHalf(longest) { half, place in
        try readBox(found, of: half, into: target + place * strides[longest], strides, scratch)
      }
    }
    if found.count > 1, bytes > mostBoxBytes || isSparse(found.count, one, box) {
      let middle = found.startIndex + found.count / 2
      try readBox(found[..<middle], of: one, into: target, strides, scratch)
      return try readBox(found[middle...], of: one, into: target, strides, scratch)
    }
    if found.count == 1, let first = found.first {
      return try base.read(
        box, into: target + first.place * strides[axis], strides: strides, scratch: scratch)
    }
    try Buffer.withTemporary(bytes) { memory in
      let dense = Shape.strides(of: box.counts).map { $0 * itemSize }
      try base.read(box, into: memory.baseAddress!, strides: dense, scratch: scratch)
      let steps = picks.axes.map { dense[$0] }
      let origin = zip(picks.axes, steps).reduce(0) { $0 + box.axes[$1.0].start * $1.1 }
      let counts = one.counts
      let isSingle = counts.allSatisfy { $0 == 1 }
      for pick in found {
        var offset = -origin
        for axis in steps.indices {
          offset += pick.position / pickStrides[axis] % lengths[axis] * steps[axis]
        }
        let source = UnsafeRawPointer(memory.baseAddress! + offset)
        let place = target + pick.place * strides[axis]
        if isSingle {
          place.copyMemory(from: source, byteCount: itemSize)
        } else {
          StridedCopy.copy(
            shape: counts, itemSize: itemSize, swapUnit: 1, from: source, sourceStrides: dense, to: place,
            targetStrides: strides)
        }
      }
    }
  }

  /// From the least to the greatest position along each axis.
  private func bounds(_ found: ArraySlice<Pick>) -> [ClosedRange<Int>] {
    zip(pickStrides, lengths).map { stride, length in
      var (least, greatest) = (length, 0)
      for pick in found {
        let position = pick.position / stride % length
        (least, greatest) = (min(least, position), max(greatest, position))
      }
      return least...greatest
    }
  }

  private func longestOther(_ one: StridedRegion) -> Int? {
    let others = one.axes.indices.filter { !picks.axes.contains($0) && one.axes[$0].count > 1 }
    return others.max { one.axes[$0].count < one.axes[$1].count }
  }

  /// Whether the base reads more for the box than for each pick on its own.
  private func isSparse(_ count: Int, _ one: StridedRegion, _ box: StridedRegion) -> Bool {
    base.leastReads(of: box.counts) > base.leastReads(of: one.counts).saturatingMultiply(count)
  }

  package func finishReading() { base.finishReading() }

  package var storedBytesRead: Int { Int(min(Double(base.wholeStoredBytes) * share, 1e18)) }
  package var sourceNames: [String] { base.knownNames }
  package func storedBytes() throws -> Int { try base.storedBytes() }

  package func fingerprint() throws -> String { "picked \(picks.fingerprint) of \(try base.fingerprint())" }
}
