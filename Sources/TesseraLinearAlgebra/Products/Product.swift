package import TesseraCore
package import TesseraEngine
package import TesseraStorage

/// The products of two stacks of matrices; a node of the graph whose elements are computed where they are read, box by
/// box, by a `ProductDriver`.
package struct Product: Barrier {
  /// A, of shape (…, m, k), and B, of shape (…, k, n), of one dtype; what is before the matrices broadcasts.
  package let operands: [Node]
  package let geometry: ProductGeometry
  private let dtype: DType

  /// The node of a product whose shapes were checked.
  ///
  /// - Parameter stack: the shape of the result before the matrices' own axes.
  static func node(_ a: Node, _ b: Node, stack: [Int], tiles: ProductTiles) throws -> NDArray {
    let (m, k, n) = (a.shape[a.shape.rank - 2], a.shape[a.shape.rank - 1], b.shape[b.shape.rank - 1])
    let slabLength = stack.isEmpty ? tiles.slabLength(m, n, k) : nil
    let geometry = ProductGeometry(m: m, n: n, k: k, stack: stack, tiles: tiles, slabLength: slabLength)
    let product = Product(operands: [a, b], geometry: geometry, dtype: a.dtype)
    let all = NDArray(.barrier(product), shape: try Shape(geometry.dimensions), dtype: a.dtype)
    guard slabLength != nil else { return all }
    return a.dtype == .bool ? try all.any(axis: 0) : try all.sum(axis: 0, dtype: a.dtype)
  }

  package var iterationShape: Shape { Shape(known: geometry.dimensions) }
  package var key: String { "product \(geometry)" }
  package var field: String { "value" }
  package var localAxes: Set<Int>? { [] }
  package var isLocalAsOutput: Bool { true }
  package var isStreamed: Bool { true }

  package func localDriver(_ results: [ObjectIdentifier: Source]) throws -> any ArrayDriver {
    try ProductDriver(
      geometry, left: ProductOperand(operands[0], results: results),
      right: ProductOperand(operands[1], results: results), dtype: dtype)
  }
}
