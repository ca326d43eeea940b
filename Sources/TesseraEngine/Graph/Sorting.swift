package import TesseraCore
package import TesseraStorage

/// The elements along an axis in ascending order, or their positions; the node's last axis is that axis.
///
/// Each line is sorted when it is read, whole: it is no pass of its own.
package struct Sorting: Barrier {
  /// What the node has.
  package enum Result: String, Sendable {
    case elements, positions
  }

  private let result: Result
  private let operand: Node
  private let axis: Int

  package init(_ result: Result, of operand: Node, axis: Int) {
    self.result = result
    self.operand = operand
    self.axis = axis
  }

  package var dtype: DType { result == .elements ? operand.dtype : .int64 }
  /// The operand's axes with the one that is sorted moved to the end.
  package var shape: Shape { Shape(known: order.map { operand.shape[$0] }) }

  package var operands: [Node] { [operand] }
  package var iterationShape: Shape { operand.shape }
  package var key: String { "sorted \(result) \(axis)" }
  package var field: String { "value" }
  package var localAxes: Set<Int>? { [axis] }
  package var isLocalAsOutput: Bool { true }
  package var isStreamed: Bool { true }

  private var order: [Int] { operand.shape.indices.filter { $0 != axis } + [axis] }

  /// Lines that are sorted together, where one is not longer: with their keys they fit the least budget.
  private static let mostLocalBytes = 4 << 20

  /// What elements may take: positions of short ones take more than they do.
  private var mostBytes: Int {
    let most = Sorting.mostLocalBytes
    return result == .elements ? most : most / 8 * max(1, min(8, operand.dtype.itemSize))
  }

  package func localDriver(_ results: [ObjectIdentifier: Source]) throws -> any ArrayDriver {
    let lines = Node(.view(AccessMap(transposing: order), operand), shape: shape, dtype: operand.dtype)
    let program = try Lowering.program([lines], over: lines.shape, results: results)
    return try LocalDriver(
      LocalSort(result, operand: operand.dtype, columns: operand.shape[axis]), program, over: lines.shape,
      axes: [order.count - 1], mostBytes: mostBytes)
  }
}
