import Tessera
import TesseraCore
import TesseraKernels
import TesseraStorage

/// An array as NumPy prints it; of large ones only the edges that are shown are read.
enum ArrayText {
  /// Beyond this nobody reads on, and high ranks would have no bound: 6 elements along each of 22 axes.
  private static let mostShown = 1_000_000

  /// How many elements are shown.
  static func shownCount(_ shape: Shape) -> Int { lengths(ArrayPrinter.edges(of: shape)).reduce(1, *) }

  /// - Throws: `.usage` when more would be shown than can sensibly be printed; as `StoredArray.read`.
  static func text(_ array: StoredArray) throws -> String {
    let shape = array.shape
    let edges = ArrayPrinter.edges(of: shape)
    let shown = shownCount(shape)
    guard shown <= mostShown else {
      throw TesseraError(
        .usage, "too many elements to print (-o DST writes them)", expected: "at most \(mostShown)",
        got: "\(shown)")
    }
    let buffer = Buffer(count: shown * array.dtype.itemSize)
    if shown > 0 { try load(edges, of: array, into: buffer) }
    return withExtendedLifetime(buffer) {
      let bytes = UnsafeRawBufferPointer(rebasing: buffer.bytes[..<(shown * array.dtype.itemSize)])
      return ArrayPrinter(shape: shape, dtype: array.dtype, edges: bytes).string()
    }
  }

  private static func lengths(_ edges: [[Range<Int>]]) -> [Int] {
    edges.map { $0.reduce(0) { $0 + $1.count } }
  }

  /// Reads every combination of edges to its place among the shown elements.
  private static func load(_ edges: [[Range<Int>]], of array: StoredArray, into buffer: Buffer) throws {
    let strides = Shape.strides(of: lengths(edges)).map { $0 * array.dtype.itemSize }
    var boxes: [(ranges: [Range<Int>], offset: Int)] = [([], 0)]
    for (axis, ranges) in edges.enumerated() {
      boxes = boxes.flatMap { box in
        var position = 0
        return ranges.map { range in
          defer { position += range.count }
          return (box.ranges + [range], box.offset + position * strides[axis])
        }
      }
    }
    let target = UnsafeMutableRawPointer(buffer.bytes.baseAddress!)
    try array.withScratch { scratch in
      for box in boxes {
        try array.driver.read(
          StridedRegion(Region(box.ranges)), into: target + box.offset, strides: strides, scratch: scratch)
      }
    }
  }
}
