package import TesseraCore

/// Text of an array as NumPy 2's `str(array)` gives it with default print options.
///
/// Arrays of more than 1000 elements show three elements at either end of each axis; only those need
/// to be loaded (`edges(of:)`). bfloat16, which NumPy itself does not have, follows the rules of float16 with its
/// own precision.
package struct ArrayPrinter {
  static let threshold = 1000
  static let edgeItems = 3
  static let lineWidth = 75
  /// Beyond this nobody reads on, and high ranks would have no bound: 6 elements along each of 22 axes.
  private static let mostShown = 1_000_000

  let shape: Shape
  let isSummarized: Bool
  private let dtype: DType
  private let edges: UnsafeRawBufferPointer

  /// A printer of the array of `shape` whose shown elements are in `edges`.
  ///
  /// - Parameter edges: The elements at `edges(of: shape)`, native-endian, in C order without gaps; all
  ///   elements of an array that is shown whole.
  package init(shape: Shape, dtype: DType, edges: UnsafeRawBufferPointer) {
    let shown = ArrayPrinter.shownLengths(of: shape).reduce(1, *)
    precondition(edges.count >= shown * dtype.itemSize, "fewer elements than are shown")
    self.shape = shape
    self.dtype = dtype
    self.edges = UnsafeRawBufferPointer(rebasing: edges[..<(shown * dtype.itemSize)])
    isSummarized = shape.count > ArrayPrinter.threshold
  }

  /// The index ranges of each axis that are shown: one, or two where the middle is left out.
  package static func edges(of shape: Shape) -> [[Range<Int>]] {
    shape.dimensions.map { length in
      guard shape.count > threshold, length > 2 * edgeItems else { return [0..<length] }
      return [0..<edgeItems, (length - edgeItems)..<length]
    }
  }

  /// How many positions of each axis are shown.
  package static func shownLengths(of shape: Shape) -> [Int] {
    edges(of: shape).map { ranges in ranges.reduce(0) { $0 + $1.count } }
  }

  /// - Throws: `.usage` when more elements would be shown than can sensibly be printed.
  package static func requirePrintable(_ shape: Shape) throws {
    let shown = shownLengths(of: shape).reduce(1, *)
    guard shown <= mostShown else {
      throw TesseraError(
        .usage, "too many elements to print, so write them", expected: "at most \(mostShown)",
        got: "\(shown)")
    }
  }

  /// The text of a whole array in memory, native-endian and in C order.
  package static func string(shape: Shape, dtype: DType, _ source: UnsafeRawPointer) -> String {
    guard shape.count > threshold else {
      let all = UnsafeRawBufferPointer(start: source, count: shape.count * dtype.itemSize)
      return ArrayPrinter(shape: shape, dtype: dtype, edges: all).string()
    }
    let bytes = gatherEdges(shape, dtype.itemSize, source)
    return bytes.withUnsafeBytes { ArrayPrinter(shape: shape, dtype: dtype, edges: $0).string() }
  }

  package func string() -> String {
    if shape.rank == 0 { return ElementWords.scalar(dtype, edges) }
    if shape.count == 0 { return "[]" }
    var layout = BracketLayout(self, words: ElementWords.words(dtype, edges))
    return layout.text()
  }

  private static func gatherEdges(_ shape: Shape, _ itemSize: Int, _ source: UnsafeRawPointer) -> [UInt8] {
    let strides = shape.strides.map { $0 * itemSize }
    var offsets = [0]
    for (axis, ranges) in edges(of: shape).enumerated() {
      let indices = ranges.flatMap { Array($0) }
      offsets = offsets.flatMap { offset in indices.map { offset + $0 * strides[axis] } }
    }
    return offsets.flatMap { UnsafeRawBufferPointer(start: source + $0, count: itemSize) }
  }
}
