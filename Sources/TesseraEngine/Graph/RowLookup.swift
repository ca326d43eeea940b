import TesseraCore
import TesseraStorage

/// For each row, positions along the operand's first axis, its place among distinct rows.
struct RowLookup: Barrier {
  private let rows: DistinctRows
  private let operand: Node

  init(_ operand: Node, in rows: DistinctRows) {
    self.operand = operand
    self.rows = rows
  }

  var operands: [Node] { [operand] }
  var iterationShape: Shape { operand.shape }
  var key: String { "places among \(ObjectIdentifier(rows))" }
  var field: String { "value" }
  var localAxes: Set<Int>? { Set(1..<operand.shape.rank) }
  var isLocalAsOutput: Bool { true }
  var isStreamed: Bool { true }
  var heldBytes: Int { rows.bytes }

  /// Rows that are looked up together, where one is not longer.
  private static let mostLocalBytes = 4 << 20

  func localDriver(_ results: [ObjectIdentifier: Source]) throws -> any ArrayDriver {
    let program = try Lowering.program([operand], over: operand.shape, results: results)
    return try LocalDriver(
      LocalRowLookup(rows), program, over: operand.shape, axes: Set(1..<operand.shape.rank),
      mostBytes: RowLookup.mostLocalBytes)
  }
}
