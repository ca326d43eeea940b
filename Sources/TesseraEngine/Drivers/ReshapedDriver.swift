package import TesseraCore
import TesseraKernels
package import TesseraStorage

/// The elements of an array in C order under another shape.
///
/// A stretch of elements in C order is a few boxes of the base, which are read one after another. What lies scattered, as
/// backwards, with steps or for a transposed target, is copied from stretches that hold it, as the base may have to decode
/// a chunk for every box.
package struct ReshapedDriver: ComputedDriver {
  package let description: ArrayDescription
  private let base: any ArrayDriver
  private let baseShape: Shape
  private let itemSize: Int
  /// As many elements as lie between the base's granules of rows, in whole trailing axes of this shape.
  package let granule: [Int]
  /// What the base reads as one.
  private let cell: [Int]
  /// Elements of the largest stretch that is read for what lies scattered in it.
  private let mostCovered: Int

  /// Where the base reads single elements, a box of fewer costs as much as one of so many.
  private static let leastCount = 64

  package static func of(_ base: any ArrayDriver, _ shape: Shape) throws -> any ArrayDriver {
    if let memory = base as? MemoryDriver { return memory.reshaped(shape) }
    if let flat = (base as? FlatDriver)?.reshaped(shape) { return flat }
    let base = (base as? ReshapedDriver)?.base ?? base
    return ReshapedDriver(base, shape, try base.description.supportedDType())
  }

  /// - Parameter mostCovered: nil for what `ScatteredReads` says.
  init(_ base: any ArrayDriver, _ shape: Shape, _ dtype: DType, mostCovered: Int? = nil) {
    self.base = base
    baseShape = base.description.shape
    description = ArrayDescription(computed: shape, dtype: dtype)
    itemSize = dtype.itemSize
    cell = base.leastRead
    granule = ReshapedDriver.granule(shape, base)
    self.mostCovered =
      mostCovered
      ?? ScatteredReads.mostBytes(cell: granule, of: base.description, itemSize: itemSize) / itemSize
  }

  package var isSequential: Bool { base.isSequential }

  package var keptBytes: Int { base.keptBytes }

  package var scratchBytes: Int { base.scratchBytes.saturatingAdd(mostCovered * itemSize) }
  package var passingBytes: Int { base.passingBytes.saturatingAdd(mostCovered * itemSize) }

  package func leastReads(of lengths: [Int]) -> Int {
    let own = description.shape
    let span = lengths.indices.reduce(1) { $0 + (lengths[$1] - 1) * own.strides[$1] }
    let outer = lengths.indices.first { lengths[$0] > 1 } ?? lengths.count
    let isStretch = lengths.indices.dropFirst(outer + 1).allSatisfy { lengths[$0] == own[$0] }
    let reads = leastReads(ofStretch: span)
    return isStretch ? reads : min(lengths.saturatingProduct(), reads)
  }

  /// About how many of what the base reads as one so many consecutive elements touch.
  private func leastReads(ofStretch count: Int) -> Int {
    if cell.allSatisfy({ $0 == 1 }) { return (count - 1) / ReshapedDriver.leastCount + 1 }
    var reads = 1
    var rest = count
    for axis in baseShape.indices.reversed() where rest > 1 {
      reads = reads.saturatingMultiply((min(rest, baseShape[axis]) + cell[axis] - 1) / cell[axis])
      rest = (rest - 1) / max(1, baseShape[axis]) + 1
    }
    return reads
  }

  private static func granule(_ shape: Shape, _ base: any ArrayDriver) -> [Int] {
    let baseShape = base.description.shape
    let granule = base.granule
    let outer = baseShape.indices.first { baseShape[$0] > 1 } ?? 0
    let each =
      baseShape.indices.contains(outer)
      ? granule[outer].saturatingMultiply(baseShape.dimensions[(outer + 1)...].saturatingProduct()) : 1
    var rest = max(1, each)
    var own = [Int](repeating: 1, count: shape.rank)
    for axis in own.indices.reversed() {
      own[axis] = max(1, min(rest, shape[axis]))
      rest = max(1, rest / max(1, own[axis]))
    }
    return own
  }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    let run = run(selection, strides)
    var axis = run.axis
    for outer in (0..<run.axis).reversed() where selection.axes[outer].count > 1 {
      guard isWorth(selection, from: outer, instead: run) else { break }
      if span(selection, from: outer) > mostCovered {
        return try selection.forEachHalf(outer) { half, place in
          try read(half, into: target + place * strides[outer], strides: strides, scratch: scratch)
        }
      }
      axis = outer
    }
    try forEachStretch(of: selection, from: axis) { first, position in
      let place = target + zip(position, strides).reduce(0) { $0 + $1.0 * $1.1 }
      if axis == run.axis {
        try readRun(first..<first + run.count, into: place, scratch)
      } else {
        try readCovered(selection, from: axis, first, into: place, strides, scratch)
      }
    }
  }

  /// The trailing axes that are taken whole, which form one stretch with the axis before them, both here and in the target.
  private func run(_ selection: StridedRegion, _ strides: [Int]) -> (axis: Int, count: Int) {
    var axis = selection.axes.count
    var count = 1
    while axis > 0 {
      let part = selection.axes[axis - 1]
      guard part.count == 1 || (part.step == 1 && strides[axis - 1] == count * itemSize) else { break }
      axis -= 1
      count *= part.count
      if part.count != description.shape[axis] { break }
    }
    return (axis, count)
  }

  /// The elements from the first to the last that is selected along the axes from `axis` on.
  private func span(_ selection: StridedRegion, from axis: Int) -> Int {
    zip(selection.axes, description.shape.strides).dropFirst(axis).reduce(1) {
      $0 + ($1.0.count - 1) * Int($1.0.step.magnitude) * $1.1
    }
  }

  /// Whether reading everything between the elements that are selected along the axes from `axis` on, in pieces, costs less
  /// than reading the runs among them one by one.
  private func isWorth(
    _ selection: StridedRegion, from axis: Int, instead run: (axis: Int, count: Int)
  ) -> Bool {
    let runs = selection.axes[axis..<run.axis].reduce(1) { $0.saturatingMultiply($1.count) }
    let span = span(selection, from: axis)
    let piece = min(span, mostCovered)
    let all = leastReads(ofStretch: piece).saturatingMultiply((span - 1) / piece + 1)
    return all <= runs.saturatingMultiply(leastReads(ofStretch: run.count))
  }

  /// Calls `body` for each position of the axes before `axis`: with the place, in C order, of what is selected there at the
  /// first position of the others.
  private func forEachStretch(
    of selection: StridedRegion, from axis: Int, _ body: (_ first: Int, _ position: [Int]) throws -> Void
  ) throws {
    let own = description.shape.strides
    let start = zip(selection.axes, own).reduce(0) { $0 + $1.0.start * $1.1 }
    try Region(selection.axes[..<axis].map { 0..<$0.count }).forEachIndex { index in
      let first = index.indices.reduce(start) { $0 + index[$1] * selection.axes[$1].step * own[$1] }
      try body(first, index)
    }
  }

  /// Reads everything between the elements that are selected along the axes from `axis` on, and copies these from there.
  private func readCovered(
    _ selection: StridedRegion, from axis: Int, _ first: Int, into target: UnsafeMutableRawPointer,
    _ strides: [Int], _ scratch: ReadScratch
  ) throws {
    let axes = selection.axes[axis...]
    let steps = zip(axes, description.shape.strides[axis...]).map { $0.step * $1 }
    // Where steps are negative, the first is not the one that lies first.
    let lower = zip(axes, steps).reduce(first) { $0 + min(0, ($1.0.count - 1) * $1.1) }
    let count = span(selection, from: axis)
    func copy(from elements: UnsafeRawPointer, _ offset: Int) {
      StridedCopy.copy(
        shape: axes.map(\.count), itemSize: itemSize, swapUnit: 1,
        from: elements + (first - offset) * itemSize,
        sourceStrides: steps.map { $0 * itemSize }, to: target, targetStrides: Array(strides[axis...]))
    }
    if let holder = holder(of: lower..<lower + count) {
      return try withElements(of: holder, scratch) { copy(from: $0, holder.first) }
    }
    try Buffer.withTemporary(count * itemSize) { memory in
      try readRun(lower..<lower + count, into: memory.baseAddress!, scratch)
      copy(from: UnsafeRawPointer(memory.baseAddress!), lower)
    }
  }

  /// Reads consecutive elements: out of the box that holds them, if they begin and end within what the base reads as one,
  /// or else the largest box that begins where they do, again and again.
  private func readRun(_ range: Range<Int>, into target: UnsafeMutableRawPointer, _ scratch: ReadScratch)
    throws
  {
    if let holder = holder(of: range) {
      return try withElements(of: holder, scratch) {
        target.copyMemory(
          from: $0 + (range.lowerBound - holder.first) * itemSize, byteCount: range.count * itemSize)
      }
    }
    var start = range.lowerBound
    while start < range.upperBound {
      let lower = position(start)
      // Grow over whole trailing axes while the start is at their beginning and the run covers them.
      var lengths = [Int](repeating: 1, count: baseShape.rank)
      var count = 1
      for axis in baseShape.indices.reversed() {
        let room = min(baseShape[axis] - lower[axis], (range.upperBound - start) / count)
        lengths[axis] = max(1, room)
        count *= lengths[axis]
        if lower[axis] != 0 || lengths[axis] != baseShape[axis] { break }
      }
      let dense = Shape.strides(of: lengths).map { $0 * itemSize }
      try base.read(
        StridedRegion(Region(lower: lower, lengths: lengths)),
        into: target + (start - range.lowerBound) * itemSize, strides: dense, scratch: scratch)
      start += count
    }
  }

  /// The box of whole trailing axes that holds consecutive elements, and its first; nil where they are such a box or a small
  /// part of it, it is too large, or reading the parts at its ends on their own costs nothing.
  private func holder(of range: Range<Int>) -> (region: Region, first: Int)? {
    let (first, last) = (position(range.lowerBound), position(range.upperBound - 1))
    guard let axis = baseShape.indices.first(where: { first[$0] != last[$0] }), cell[axis] > 1 else {
      return nil
    }
    var region = Region(baseShape)
    for outer in 0..<axis { (region.lower[outer], region.lengths[outer]) = (first[outer], 1) }
    (region.lower[axis], region.lengths[axis]) = (first[axis], last[axis] - first[axis] + 1)
    guard region.count > range.count, region.count <= min(2 * range.count, mostCovered) else { return nil }
    return (region, zip(region.lower, baseShape.strides).reduce(0) { $0 + $1.0 * $1.1 })
  }

  private func withElements(
    of holder: (region: Region, first: Int), _ scratch: ReadScratch, _ body: (UnsafeRawPointer) -> Void
  ) throws {
    try Buffer.withTemporary(holder.region.count * itemSize) { memory in
      let dense = Shape.strides(of: holder.region.lengths).map { $0 * itemSize }
      try base.read(
        StridedRegion(holder.region), into: memory.baseAddress!, strides: dense, scratch: scratch)
      body(UnsafeRawPointer(memory.baseAddress!))
    }
  }

  /// Where the base has an element of a place in C order.
  private func position(_ place: Int) -> [Int] {
    var rest = place
    return baseShape.strides.map { stride in
      defer { rest %= stride }
      return rest / stride
    }
  }

  package func finishReading() { base.finishReading() }
  package var storedBytesRead: Int { base.wholeStoredBytes }
  package var sourceNames: [String] { base.knownNames }
  package func storedBytes() throws -> Int { try base.storedBytes() }
  package func fingerprint() throws -> String { "\(try base.fingerprint()) as \(description.shape)" }
}
