package import TesseraCore

/// An expression that is computed once and kept in memory for what reads it again and again.
package struct Kept: Barrier {
  package let operands: [Node]

  package init(_ operand: Node) { operands = [operand] }

  package var iterationShape: Shape { operands[0].shape }
  package var key: String { "kept" }
  package var field: String { "value" }

  package func makeSink(memory: Int, threads: Int) -> any BarrierSink {
    MemorySink(shape: operands[0].shape, dtype: operands[0].dtype)
  }
}
