import TesseraCore
import TesseraKernels

/// Counts of an array's elements in a histogram's bins.
struct Histogram: Barrier {
  let edges: HistogramEdges
  /// The elements, and possibly float64 weights of the same shape.
  let operands: [Node]

  var iterationShape: Shape { operands[0].shape }
  var key: String { "histogram \(edges.values)" }
  var field: String { "value" }

  func makeSink(memory: Int, threads: Int) -> any BarrierSink {
    CountingSink(
      HistogramCounter(edges, isWeighted: operands.count > 1), operands[0].dtype,
      resultShape: Shape(known: [edges.bins]), isWeighted: operands.count > 1)
  }
}

/// How often each small integer occurs in an array.
struct BinCount: Barrier {
  let length: Int
  /// The integers, and possibly float64 weights of the same shape.
  let operands: [Node]

  var iterationShape: Shape { operands[0].shape }
  var key: String { "bincount \(length)" }
  var field: String { "value" }

  func makeSink(memory: Int, threads: Int) -> any BarrierSink {
    CountingSink(
      BinCounter(limit: max(0, length - 1), isWeighted: operands.count > 1), operands[0].dtype,
      resultShape: Shape(known: [length]), isWeighted: operands.count > 1)
  }
}
