package import TesseraCore
package import TesseraStorage

/// Lines of an array with elements of another one at positions that a third one has for each line.
///
/// What is asked for of the lines is read first. Then all of their positions are read in order, as many as fit their memory at a
/// time, and the values from the first to the last position that lies in what was asked for. So the last value of equal
/// positions stays.
package struct PutAlongDriver: ComputedDriver {
  package let description: ArrayDescription
  private let lines: any ArrayDriver
  private let positions: any ArrayDriver
  private let values: any ArrayDriver
  private let axis: Int
  private let itemSize: Int
  /// The last axis, along which elements are put.
  private let last: Int
  private let length: Int
  /// Positions of a line.
  private let count: Int

  /// What positions may take at a time.
  private static let mostBytes = 1 << 20
  /// What is read of lines together, if they are long: positions are read again for each part.
  private static let mostLineBytes = 2 << 20

  /// - Parameters:
  ///   - positions: int64, of the shape of `lines` but for the last axis.
  ///   - values: of the lines' dtype and the positions' shape.
  ///   - axis: the user's number of the axis, for errors.
  package init(
    _ lines: any ArrayDriver, _ positions: any ArrayDriver, _ values: any ArrayDriver, axis: Int, dtype: DType
  ) {
    self.lines = lines
    self.positions = positions
    self.values = values
    self.axis = axis
    itemSize = dtype.itemSize
    let shape = lines.description.shape
    last = shape.rank - 1
    length = shape[last]
    count = positions.description.shape[last]
    description = ArrayDescription(computed: shape, dtype: dtype)
  }

  /// That of the lines, with more of each line.
  package var granule: [Int] {
    var granule = lines.granule
    let bytes = max(1, granule.saturatingProduct(itemSize))
    let longer = granule[last].saturatingMultiply(max(1, PutAlongDriver.mostLineBytes / bytes))
    granule[last] = max(1, min(longer, length))
    return granule
  }

  package var isSequential: Bool {
    lines.isSequential || positions.isSequential || values.isSequential
  }
  package var readingCost: Double {
    max(lines.readingCost, positions.readingCost * Double(max(1, rereads)), values.readingCost)
  }

  /// How often each position is read: once for as much of its line as is read at a time.
  private var rereads: Int {
    let most = granule[last]
    return (length + most - 1) / most
  }

  /// Positions, and as many values.
  private var ownBytes: Int { PutAlongDriver.mostBytes / 8 * (8 + itemSize) }
  package var passingBytes: Int {
    max(lines.passingBytes, positions.passingBytes, values.passingBytes).saturatingAdd(ownBytes)
  }
  package var scratchBytes: Int {
    lines.scratchBytes.saturatingAdd(positions.scratchBytes).saturatingAdd(values.scratchBytes)
      .saturatingAdd(ownBytes)
  }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    try lines.read(selection, into: target, strides: strides, scratch: scratch)
    var whole = selection.axes
    whole[last] = .init(start: 0, step: 1, count: count)
    try put(StridedRegion(axes: whole), selection.axes[last], target, strides, scratch)
  }

  /// - Parameters:
  ///   - part: of the positions, and of the values.
  ///   - own: what is asked for of each line.
  private func put(
    _ part: StridedRegion, _ own: StridedRegion.Axis, _ target: UnsafeMutableRawPointer, _ strides: [Int],
    _ scratch: ReadScratch
  ) throws {
    if part.isEmpty { return }
    let bytes = part.counts.saturatingProduct(8)
    if bytes > PutAlongDriver.mostBytes, let longest = longest(part) {
      return try part.forEachHalf(longest) { half, place in
        let begin = longest == last ? target : target + place * strides[longest]
        try put(half, own, begin, strides, scratch)
      }
    }
    try scratch.interruption()
    try Buffer.withTemporary(bytes) { memory in
      let dense = Shape.strides(of: part.counts).map { $0 * 8 }
      try positions.read(part, into: memory.baseAddress!, strides: dense, scratch: scratch)
      let places = UnsafeMutableBufferPointer(
        start: memory.baseAddress!.assumingMemoryBound(to: Int64.self), count: bytes / 8)
      let wanted = try placed(places, part.counts[last], own)
      if wanted.isEmpty { return }
      var box = part.axes
      box[last].start += wanted.lowerBound
      box[last].count = wanted.count
      try put(places, StridedRegion(axes: box), wanted.lowerBound, part, target, strides, scratch)
    }
  }

  /// The axis to cut: that of the lines if there are several.
  private func longest(_ part: StridedRegion) -> Int? {
    let axes = part.axes.indices.filter { part.axes[$0].count > 1 }
    let others = axes.filter { $0 != last }
    return (others.isEmpty ? axes : others).max { part.axes[$0].count < part.axes[$1].count }
  }

  /// Makes of each position its place in what is asked for, -1 for none.
  ///
  /// - Returns: which positions of their lines have one, from the first to the last.
  private func placed(
    _ positions: UnsafeMutableBufferPointer<Int64>, _ count: Int, _ own: StridedRegion.Axis
  ) throws -> Range<Int> {
    var (first, end) = (count, 0)
    for number in positions.indices {
      let index = Int(positions[number])
      guard index < length, index >= -length else {
        throw TesseraError(.usage, "index \(index) is out of bounds for axis \(axis) with size \(length)")
      }
      let steps = ((index < 0 ? index + length : index) - own.start)
        .quotientAndRemainder(dividingBy: own.step)
      let isInside = steps.remainder == 0 && steps.quotient >= 0 && steps.quotient < own.count
      positions[number] = isInside ? Int64(steps.quotient) : -1
      if isInside { (first, end) = (min(first, number % count), max(end, number % count + 1)) }
    }
    return first..<max(first, end)
  }

  /// Reads a box of the values and copies each to its place.
  ///
  /// - Parameter skipped: positions of each line before the box.
  private func put(
    _ places: UnsafeMutableBufferPointer<Int64>, _ box: StridedRegion, _ skipped: Int, _ part: StridedRegion,
    _ target: UnsafeMutableRawPointer, _ strides: [Int], _ scratch: ReadScratch
  ) throws {
    try Buffer.withTemporary(box.counts.saturatingProduct(itemSize)) { memory in
      let dense = Shape.strides(of: box.counts).map { $0 * itemSize }
      try values.read(box, into: memory.baseAddress!, strides: dense, scratch: scratch)
      let (taken, all, step) = (box.counts[last], part.counts[last], strides[last])
      var line = 0
      Region(box.counts.dropLast().map { 0..<$0 }).forEachIndex { index in
        let begin = target + zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
        let own = UnsafeRawPointer(memory.baseAddress! + line * taken * itemSize)
        for number in 0..<taken {
          let place = Int(places[line * all + skipped + number])
          guard place >= 0 else { continue }
          (begin + place * step).copyMemory(from: own + number * itemSize, byteCount: itemSize)
        }
        line += 1
      }
    }
  }

  package func finishReading() {
    lines.finishReading()
    positions.finishReading()
    values.finishReading()
  }

  package var storedBytesRead: Int {
    lines.wholeStoredBytes.saturatingAdd(positions.wholeStoredBytes.saturatingMultiply(rereads))
      .saturatingAdd(values.wholeStoredBytes)
  }
  package var sourceNames: [String] { lines.knownNames + positions.knownNames + values.knownNames }
  package func storedBytes() throws -> Int { 0 }
  package func fingerprint() throws -> String {
    "put along \(axis) of \(try lines.fingerprint()) at \(try positions.fingerprint()): "
      + (try values.fingerprint())
  }
}
