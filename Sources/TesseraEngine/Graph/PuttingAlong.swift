package import TesseraCore
package import TesseraStorage

/// Lines along the last axis with other elements at positions of their own.
package struct PuttingAlong: Barrier {
  private let lines: Node
  private let positions: Node
  private let values: Node
  /// The user's number of the axis, for errors.
  private let axis: Int

  /// - Parameters:
  ///   - positions: int64, of the shape of the lines but for the last axis.
  ///   - values: of the lines' dtype and the positions' shape.
  package init(_ lines: Node, _ positions: Node, _ values: Node, axis: Int) {
    self.lines = lines
    self.positions = positions
    self.values = values
    self.axis = axis
  }

  package var operands: [Node] { [lines, positions, values] }
  package var iterationShape: Shape { lines.shape }
  package var key: String { "put along \(axis)" }
  package var field: String { "value" }
  package var localAxes: Set<Int>? { [] }
  package var isLocalAsOutput: Bool { true }
  package var isStreamed: Bool { true }

  package func localDriver(_ results: [ObjectIdentifier: Source]) throws -> any ArrayDriver {
    PutAlongDriver(
      try NodeSource.driver(of: lines, results: results),
      try NodeSource.driver(of: positions, results: results),
      try NodeSource.driver(of: values, results: results), axis: axis, dtype: lines.dtype)
  }
}
