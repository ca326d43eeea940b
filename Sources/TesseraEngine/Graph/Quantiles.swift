package import TesseraCore
package import TesseraKernels
package import TesseraStorage

/// Quantiles along axes; the node has one more axis at the end, of the probabilities.
package struct Quantiles: Barrier {
  private let request: QuantileRequest
  private let operand: Node
  package let axes: Set<Int>
  package let dtype: DType

  /// - Throws: `.usage` for dtypes without quantiles.
  package init(_ request: QuantileRequest, of operand: Node, axes: Set<Int>) throws {
    self.request = request
    self.operand = operand
    self.axes = axes
    dtype = try request.resultDType(of: operand.dtype)
  }

  package var operands: [Node] { [operand] }
  package var iterationShape: Shape { operand.shape }
  package var key: String { "quantiles \(request) \(axes.sorted())" }
  package var field: String { "value" }

  package func makeSink(memory: Int, threads: Int) throws -> any BarrierSink {
    try QuantileSink(
      request, over: iterationShape, axes: axes, operand.dtype, memory: memory, threads: threads)
  }

  /// Lines up to this are sorted where they are read; longer ones are bracketed pass by pass.
  private static let mostLocalBytes = 1 << 20
  /// The same for lines across the rows of the array, of which a page of neighbours is read together.
  private static let mostLocalBytesAcross = 4 << 20
  private static let pageBytes = 4 << 10

  package var localAxes: Set<Int>? {
    let line = axes.reduce(operand.dtype.itemSize) { $0.saturatingMultiply(iterationShape[$1]) }
    guard let last = iterationShape.dimensions.last, !axes.contains(iterationShape.rank - 1) else {
      return line <= Quantiles.mostLocalBytes ? axes : nil
    }
    let neighbours = max(1, min(last, Quantiles.pageBytes / operand.dtype.itemSize))
    return line.saturatingMultiply(neighbours) <= Quantiles.mostLocalBytesAcross ? axes : nil
  }

  package var isLocalAsOutput: Bool { true }

  package func localDriver(_ results: [ObjectIdentifier: Source]) throws -> any ArrayDriver {
    let kept = iterationShape.indices.filter { !axes.contains($0) }
    let order = kept + axes.sorted()
    let lines = Node(
      .view(AccessMap(transposing: order), operand), shape: Shape(known: order.map { iterationShape[$0] }),
      dtype: operand.dtype)
    let program = try Lowering.program([lines], over: lines.shape, results: results)
    return try LocalDriver(
      LocalQuantiles(request: request, operand: operand.dtype), program, over: lines.shape,
      axes: Set(kept.count..<order.count))
  }
}
