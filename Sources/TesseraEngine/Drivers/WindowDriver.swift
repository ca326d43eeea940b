package import TesseraCore
import TesseraIO
import TesseraKernels
package import TesseraStorage

/// The windows of an array; nothing is copied until it is read.
///
/// What is asked for is copied from the box of the base that all of it lies in, so that an element is read once for all of
/// its windows in a block.
package final class WindowDriver: ComputedDriver {
  package let description: ArrayDescription
  package let granule: [Int]
  private let base: any ArrayDriver
  /// By axis of the base, the axes of this array that move along it: positions along them add up.
  private let followers: [[Int]]
  private let name: String
  private let itemSize: Int
  /// What a box may take.
  private let mostBoxBytes: Int
  /// How often an element of the base is read, where that is done in granules.
  private let rereads: Double
  private let latest = Lock(Latest())

  /// What was read last of a base that is read in one direction.
  private struct Latest {
    var box: StridedRegion?
    let bytes = Buffer()
  }

  /// Gaps of fewer elements are read along with what is around them.
  private static let leastGap = 64

  /// - Parameters:
  ///   - axes: of the base, one for each window.
  ///   - shape: of the result, which is not empty.
  package init(_ base: any ArrayDriver, _ lengths: [Int], axes: [Int], _ shape: Shape, _ dtype: DType) {
    self.base = base
    let rank = base.description.shape.rank
    followers = (0..<rank).map { axis in [axis] + axes.indices.filter { axes[$0] == axis }.map { rank + $0 } }
    description = ArrayDescription(computed: shape, dtype: dtype)
    itemSize = dtype.itemSize
    name = "windows \(lengths) \(axes)"
    mostBoxBytes = ScatteredReads.mostBytes(
      cell: base.leastRead, of: base.description, itemSize: dtype.itemSize)
    let layout = WindowLayout(base: base.granule, shape, followers: followers, itemSize: dtype.itemSize)
    granule = layout.granule
    rereads = layout.rereads
  }

  package var isSequential: Bool { base.isSequential }
  package var readingCost: Double {
    let share = Double(base.description.shape.count) / Double(max(1, description.shape.count))
    return max(1, base.readingCost * rereads * share)
  }

  package var scratchBytes: Int { base.scratchBytes.saturatingAdd(mostBoxBytes).saturatingAdd(latestBytes) }
  package var keptBytes: Int { base.keptBytes.saturatingAdd(latestBytes) }
  package var passingBytes: Int { base.passingBytes.saturatingAdd(mostBoxBytes) }
  private var latestBytes: Int { base.isSequential ? mostBoxBytes : 0 }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    let box = StridedRegion(axes: followers.map { part(of: selection, $0) })
    let moving = followers.map { axes in axes.filter { selection.axes[$0].count > 1 } }
    if !base.isSequential, moving.allSatisfy({ $0.count < 2 }) {
      return try readOnce(selection, moving, into: target, strides, scratch)
    }
    if let axis = axisToCut(selection, box, moving) {
      return try selection.forEachHalf(axis) { half, place in
        try read(half, into: target + place * strides[axis], strides: strides, scratch: scratch)
      }
    }
    try Buffer.withTemporary(box.counts.saturatingProduct(itemSize)) { memory in
      let dense = Shape.strides(of: box.counts).map { $0 * itemSize }
      try readBase(box, into: memory.baseAddress!, dense, scratch)
      copy(UnsafeRawPointer(memory.baseAddress!), box, dense, selection, target, strides)
    }
  }

  /// What a selection needs along an axis of the base, from its least position on.
  private func part(of selection: StridedRegion, _ followers: [Int]) -> StridedRegion.Axis {
    let axes = followers.map { selection.axes[$0] }
    let lower = axes.reduce(0) { $0 + $1.start + min(0, ($1.count - 1) * $1.step) }
    let span = axes.reduce(0) { $0 + WindowDriver.span($1) }
    let step = axes.reduce(0) { $1.count > 1 ? gcd($0, Int($1.step.magnitude)) : $0 }
    return .init(start: lower, step: max(1, step), count: span / max(1, step) + 1)
  }

  private static func span(_ axis: StridedRegion.Axis) -> Int { (axis.count - 1) * Int(axis.step.magnitude) }

  /// The axis to cut a selection along: one that leaps over more than its windows hold, or the longest while the box is too
  /// large for memory of its own; nil where neither is so.
  private func axisToCut(_ selection: StridedRegion, _ box: StridedRegion, _ moving: [[Int]]) -> Int? {
    let cell = base.leastRead
    func step(_ axis: Int) -> Int { Int(selection.axes[axis].step.magnitude) }
    func span(_ axis: Int) -> Int { WindowDriver.span(selection.axes[axis]) }
    for (axis, movers) in moving.enumerated() where movers.count > 1 {
      guard let leaper = movers.max(by: { step($0) < step($1) }) else { continue }
      let others = movers.reduce(-span(leaper)) { $0 + span($1) }
      if step(leaper) > others.saturatingAdd(max(cell[axis], WindowDriver.leastGap)) { return leaper }
    }
    guard box.counts.saturatingProduct(itemSize) > mostBoxBytes else { return nil }
    let longest = box.axes.indices.max { box.axes[$0].count < box.axes[$1].count } ?? 0
    return moving[longest].max { span($0) < span($1) }
  }

  /// Reads a selection that has each element once into its place.
  private func readOnce(
    _ selection: StridedRegion, _ moving: [[Int]], into target: UnsafeMutableRawPointer, _ strides: [Int],
    _ scratch: ReadScratch
  ) throws {
    let axes = followers.indices.map { axis in
      let start = followers[axis].reduce(0) { $0 + selection.axes[$1].start }
      let mover = moving[axis].first.map { selection.axes[$0] }
      return StridedRegion.Axis(start: start, step: mover?.step ?? 1, count: mover?.count ?? 1)
    }
    try base.read(
      StridedRegion(axes: axes), into: target,
      strides: moving.map { $0.first.map { strides[$0] } ?? itemSize }, scratch: scratch)
  }

  /// Copies a selection out of the box that it lies in.
  private func copy(
    _ bytes: UnsafeRawPointer, _ box: StridedRegion, _ dense: [Int], _ selection: StridedRegion,
    _ target: UnsafeMutableRawPointer, _ strides: [Int]
  ) {
    var steps = [Int](repeating: 0, count: selection.axes.count)
    var first = 0
    for (axis, part) in box.axes.enumerated() {
      for follower in followers[axis] {
        let own = selection.axes[follower]
        steps[follower] = own.step / part.step * dense[axis]
        // Backwards, the first is the one that lies last.
        if own.step < 0 { first -= (own.count - 1) * steps[follower] }
      }
    }
    StridedCopy.copy(
      shape: selection.counts, itemSize: itemSize, swapUnit: 1, from: bytes + first, sourceStrides: steps,
      to: target, targetStrides: strides)
  }

  // MARK: The base

  /// Reads a box of the base. What is read in one direction is not read again for windows that go on from the last ones:
  /// it would have to begin anew.
  private func readBase(
    _ box: StridedRegion, into target: UnsafeMutableRawPointer, _ dense: [Int], _ scratch: ReadScratch
  ) throws {
    guard base.isSequential else {
      return try base.read(box, into: target, strides: dense, scratch: scratch)
    }
    try latest.withLock { latest in
      var rest = box.axes
      var place = target
      if let known = latest.box, let (axis, count) = WindowDriver.shared(known, box) {
        copy(count, along: axis, from: latest.bytes, known, into: target, box, dense)
        rest[axis].start += count
        rest[axis].count -= count
        place += count * dense[axis]
      }
      let region = StridedRegion(axes: rest)
      if !region.isEmpty { try base.read(region, into: place, strides: dense, scratch: scratch) }
      let bytes = box.counts.saturatingProduct(itemSize)
      latest.bytes.reserve(bytes).copyMemory(from: UnsafeRawBufferPointer(start: target, count: bytes))
      latest.box = box
    }
  }

  /// The axis along which one box goes on where another one was, and how many positions both have.
  private static func shared(_ known: StridedRegion, _ box: StridedRegion) -> (axis: Int, count: Int)? {
    let others = known.axes.indices.filter { known.axes[$0] != box.axes[$0] }
    guard others.count < 2 else { return nil }
    let axis = others.first ?? 0
    let (old, new) = (known.axes[axis], box.axes[axis])
    guard old.step == 1, new.step == 1, old.start <= new.start else { return nil }
    let count = min(old.start + old.count, new.start + new.count) - new.start
    return count > 0 ? (axis, count) : nil
  }

  private func copy(
    _ count: Int, along axis: Int, from buffer: Buffer, _ known: StridedRegion,
    into target: UnsafeMutableRawPointer, _ box: StridedRegion, _ dense: [Int]
  ) {
    var shape = box.counts
    shape[axis] = count
    let own = Shape.strides(of: known.counts).map { $0 * itemSize }
    let offset = (box.axes[axis].start - known.axes[axis].start) * own[axis]
    withExtendedLifetime(buffer) {
      StridedCopy.copy(
        shape: shape, itemSize: itemSize, swapUnit: 1,
        from: UnsafeRawPointer(buffer.bytes.baseAddress! + offset), sourceStrides: own, to: target,
        targetStrides: dense)
    }
  }

  package func finishReading() {
    latest.withLock { $0 = Latest() }
    base.finishReading()
  }

  package var storedBytesRead: Int { Int(min(Double(base.wholeStoredBytes) * rereads, 1e18)) }
  package var sourceNames: [String] { base.knownNames }
  package func storedBytes() throws -> Int { try base.storedBytes() }
  package func fingerprint() throws -> String { "\(name) of \(try base.fingerprint())" }
}
