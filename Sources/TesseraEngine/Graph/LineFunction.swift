import TesseraCore
import TesseraStorage

/// A user's own function of a line, of as many elements as there are along an axis.
struct LineFunction: Sendable {
  /// Elements of a line.
  let length: Int
  /// Elements of a result; nil for one without an axis of its own.
  let count: Int?
  /// Of the results.
  let dtype: DType
  /// Takes the bytes of a line, and writes those of its result.
  let run: @Sendable (UnsafeRawBufferPointer, UnsafeMutableRawPointer) throws -> Void
}

/// The results of a function for each line along the operand's last axis, which they take the place of.
struct Application: Barrier {
  private let function: LineFunction
  private let operand: Node

  /// - Parameter operand: with lines of the function's length, or of one element that is not looked at where that is 0.
  init(_ function: LineFunction, of operand: Node) {
    self.function = function
    self.operand = operand
  }

  var operands: [Node] { [operand] }
  var iterationShape: Shape { operand.shape }
  /// Asked of what shares a pass, which this does not.
  var key: String { "applied" }
  var field: String { "value" }
  var localAxes: Set<Int>? { [operand.shape.rank - 1] }
  var isLocalAsOutput: Bool { true }
  var isStreamed: Bool { true }

  /// Lines that are computed together, where one is not longer, and their results.
  private static let mostLocalBytes = 4 << 20

  /// What elements may take, so that results do not take more than that.
  private var mostBytes: Int {
    let line = max(1, operand.shape[operand.shape.rank - 1] * operand.dtype.itemSize)
    let result = max(1, (function.count ?? 1).saturatingMultiply(function.dtype.itemSize))
    let lines = max(1, Application.mostLocalBytes / max(line, result))
    return lines.saturatingMultiply(line)
  }

  func localDriver(_ results: [ObjectIdentifier: Source]) throws -> any ArrayDriver {
    let program = try Lowering.program([operand], over: operand.shape, results: results)
    return try LocalDriver(
      LocalApply(function, operand: operand.dtype), program, over: operand.shape,
      axes: [operand.shape.rank - 1], mostBytes: mostBytes)
  }
}
