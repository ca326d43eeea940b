package import TesseraCore
package import TesseraStorage

/// All windows of an array: its axes, each with a position for every window along it, then an axis for what is in a window.
///
/// Elements are in several windows, which no `AccessMap` says: it has one axis of the iteration for an axis of the base.
package struct Windows: Barrier {
  private let operand: Node
  private let lengths: [Int]
  /// The operand's axis that each window lies along.
  private let axes: [Int]
  package let shape: Shape

  /// - Parameters:
  ///   - lengths: of the windows, 1 or more, within the axes.
  ///   - axes: one for each of them; the same one several times for windows of windows.
  ///   - shape: what is left of the operand's axes, and the lengths.
  package init(of operand: Node, _ lengths: [Int], axes: [Int], shape: Shape) {
    self.operand = operand
    self.lengths = lengths
    self.axes = axes
    self.shape = shape
  }

  package var operands: [Node] { [operand] }
  package var iterationShape: Shape { shape }
  package var key: String { "windows \(lengths) \(axes)" }
  package var field: String { "value" }
  package var localAxes: Set<Int>? { [] }
  package var isLocalAsOutput: Bool { true }
  package var isStreamed: Bool { true }

  package func localDriver(_ results: [ObjectIdentifier: Source]) throws -> any ArrayDriver {
    WindowDriver(
      try NodeSource.driver(of: operand, results: results), lengths, axes: axes, shape, operand.dtype)
  }
}
