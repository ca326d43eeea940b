import TesseraCore
import TesseraStorage

/// A pass whose sink was made before, by who takes what it gathered when the pass is over: for results whose shape the
/// elements decide.
struct Gathering: Barrier {
  let operands: [Node]
  let sink: any BarrierSink

  init(_ operand: Node, _ sink: any BarrierSink) {
    operands = [operand]
    self.sink = sink
  }

  var iterationShape: Shape { operands[0].shape }
  var key: String { "gathering \(ObjectIdentifier(sink))" }
  var field: String { "value" }

  func makeSink(memory: Int, threads: Int) -> any BarrierSink { sink }

  /// Of the graph; it has no elements.
  private var node: Node { Node(.barrier(self), shape: Shape(known: [0]), dtype: operands[0].dtype) }

  /// Refuses a budget that is too small, without running the pass.
  func check(_ options: TransferOptions) throws { _ = try Evaluation([node], options: options).plan() }

  /// Runs the pass.
  func run(_ options: TransferOptions) throws {
    var evaluation = Evaluation([node], options: options)
    try evaluation.run()
  }
}
