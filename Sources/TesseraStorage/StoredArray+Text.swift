import TesseraCore
import TesseraKernels

extension StoredArray {
  /// The elements as NumPy prints them, `str(array)` with its default options.
  ///
  /// Of more than 1000 elements three at either end of each axis are shown, and only those are read.
  ///
  /// - Throws: `.usage` where that is more than a million elements, as it can be of eight axes or more; as `read`.
  public func text() throws -> String {
    try ArrayPrinter.requirePrintable(shape)
    let size = ArrayPrinter.shownLengths(of: shape).reduce(dtype.itemSize, *)
    let buffer = Buffer(count: size)
    if size > 0 { try loadEdges(into: buffer) }
    return withExtendedLifetime(buffer) {
      let bytes = UnsafeRawBufferPointer(rebasing: buffer.bytes[..<size])
      return ArrayPrinter(shape: shape, dtype: dtype, edges: bytes).string()
    }
  }

  /// Reads every combination of edges to its place among the shown elements.
  private func loadEdges(into buffer: Buffer) throws {
    let strides = Shape.strides(of: ArrayPrinter.shownLengths(of: shape)).map { $0 * dtype.itemSize }
    var boxes: [(ranges: [Range<Int>], offset: Int)] = [([], 0)]
    for (axis, ranges) in ArrayPrinter.edges(of: shape).enumerated() {
      boxes = boxes.flatMap { box in
        var position = 0
        return ranges.map { range in
          defer { position += range.count }
          return (box.ranges + [range], box.offset + position * strides[axis])
        }
      }
    }
    let target = UnsafeMutableRawPointer(buffer.bytes.baseAddress!)
    try withScratch { scratch in
      for box in boxes {
        try driver.read(
          StridedRegion(Region(box.ranges)), into: target + box.offset, strides: strides, scratch: scratch)
      }
    }
  }
}
