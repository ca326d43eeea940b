package import TesseraCore
import TesseraKernels
package import TesseraStorage

/// The elements of an array in C order under another shape.
///
/// A stretch of elements in C order is a few boxes of the base, which are read one after another.
package struct ReshapedDriver: ComputedDriver {
  package let description: ArrayDescription
  private let base: any ArrayDriver
  private let baseShape: Shape
  private let itemSize: Int

  package static func of(_ base: any ArrayDriver, _ shape: Shape) throws -> any ArrayDriver {
    if let memory = base as? MemoryDriver { return memory.reshaped(shape) }
    if let flat = (base as? FlatDriver)?.reshaped(shape) { return flat }
    return ReshapedDriver(base, shape, try base.description.supportedDType())
  }

  init(_ base: any ArrayDriver, _ shape: Shape, _ dtype: DType) {
    self.base = base
    baseShape = base.description.shape
    description = ArrayDescription(computed: shape, dtype: dtype)
    itemSize = dtype.itemSize
  }

  package var isSequential: Bool { base.isSequential }
  package var scratchBytes: Int { base.scratchBytes }

  /// As many elements as lie between the base's granules of rows, in whole trailing axes of this shape.
  package var granule: [Int] {
    let granule = base.granule
    let outer = baseShape.indices.first { baseShape[$0] > 1 } ?? 0
    let each =
      baseShape.indices.contains(outer)
      ? granule[outer].saturatingMultiply(baseShape.dimensions[(outer + 1)...].saturatingProduct()) : 1
    var rest = max(1, each)
    var own = [Int](repeating: 1, count: description.shape.rank)
    for axis in own.indices.reversed() {
      own[axis] = max(1, min(rest, description.shape[axis]))
      rest = max(1, rest / max(1, own[axis]))
    }
    return own
  }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    let own = description.shape.strides
    // The trailing axes that are taken whole form one stretch of the base with the axis before them.
    var axis = selection.axes.count
    var run = 1
    var dense = itemSize
    while axis > 0 {
      let part = selection.axes[axis - 1]
      guard part.step == 1 || part.count == 1, strides[axis - 1] == dense || part.count == 1 else { break }
      axis -= 1
      run *= part.count
      dense *= part.count
      if part.count != description.shape[axis] { break }
    }
    try Region(selection.axes[..<axis].map { 0..<$0.count }).forEachIndex { index in
      var first = 0
      var place = 0
      for (number, part) in selection.axes.enumerated() {
        let position = number < axis ? index[number] : 0
        first += (part.start + position * part.step) * own[number]
        place += position * strides[number]
      }
      try readRun(first..<first + run, into: target + place, scratch)
    }
  }

  /// Reads consecutive elements: the largest box that begins where they do, again and again.
  private func readRun(_ range: Range<Int>, into target: UnsafeMutableRawPointer, _ scratch: ReadScratch)
    throws
  {
    let baseStrides = baseShape.strides
    var start = range.lowerBound
    while start < range.upperBound {
      var lower: [Int] = []
      var rest = start
      for stride in baseStrides {
        lower.append(rest / stride)
        rest %= stride
      }
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

  package func finishReading() { base.finishReading() }
  package var storedBytesRead: Int { base.wholeStoredBytes }
  package var sourceNames: [String] { base.knownNames }
  package func storedBytes() throws -> Int { try base.storedBytes() }
  package func fingerprint() throws -> String { "\(try base.fingerprint()) as \(description.shape)" }
}
