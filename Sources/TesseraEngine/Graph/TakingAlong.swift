package import TesseraCore
package import TesseraStorage

/// For each line along the last axis, the elements at positions of its own.
package struct TakingAlong: Barrier {
  private let lines: Node
  private let positions: Node
  /// The user's number of the axis, for errors.
  private let axis: Int

  /// Both have the same shape but for their last axes.
  package init(_ lines: Node, _ positions: Node, axis: Int) {
    self.lines = lines
    self.positions = positions
    self.axis = axis
  }

  package var operands: [Node] { [lines, positions] }
  package var iterationShape: Shape { positions.shape }
  package var key: String { "taken along \(axis)" }
  package var field: String { "value" }
  package var localAxes: Set<Int>? { [] }
  package var isLocalAsOutput: Bool { true }
  package var isStreamed: Bool { true }

  package func localDriver(_ results: [ObjectIdentifier: Source]) throws -> any ArrayDriver {
    TakenAlongDriver(
      try NodeSource.driver(of: lines, results: results),
      try NodeSource.driver(of: positions, results: results), axis: axis, dtype: lines.dtype)
  }
}
