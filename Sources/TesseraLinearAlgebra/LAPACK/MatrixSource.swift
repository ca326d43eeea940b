package import TesseraCore
package import TesseraEngine
import TesseraIO
package import TesseraStorage

/// An array that is to be read whole: planned before anything is read or allocated, then read block by block on all
/// threads.
package struct MatrixSource: Sendable {
  package let shape: Shape
  package let dtype: DType
  /// The passes that reading takes first, of which the last one is told of as if it were also what reads.
  package let passes: [Explanation.Pass]
  private let array: NDArray
  private let options: TransferOptions
  /// Of the elements as they are read, of which progress tells.
  private let progressBytes: Int

  /// - Parameters:
  ///   - dtype: what the elements become.
  ///   - held: bytes that the work which reads it takes beside reading: the memory it is read into, workspaces, results.
  ///   - requirements: of where it is read to; memory of that dtype when nil.
  /// - Throws: `.memory` when they do not fit into the budget together, naming the least that does for all of it.
  package init(
    _ array: NDArray, as dtype: DType, held: Int, options: TransferOptions,
    into requirements: SinkRequirements? = nil
  ) throws {
    self.array = array
    self.dtype = dtype
    shape = array.shape
    var options = options
    options.heldBytes = options.heldBytes.saturatingAdd(held)
    options.resume = false
    self.options = options
    if array.size == 0 {
      (passes, progressBytes) = ([], 0)
      // Nothing is read, but the rest of the work may be much.
      try MatrixSource.require(options)
      return
    }
    let sink = requirements ?? MatrixSink.requirements(array.shape, dtype: dtype)
    do {
      (passes, progressBytes) = try [array.node].namingSources {
        try options.planning { try MatrixSource.passes(of: array, sink, $0) }
      }
    } catch var error as TesseraError where error.kind == .memory {
      // What does not fit are not the blocks that it was planned for.
      error.what = MatrixSource.tooSmall
      throw error
    }
  }

  private static let these = "these matrices"
  private static let tooSmall = "memory budget is too small for \(these)"

  /// Reads the elements into column-major memory for all of them.
  package func read(into target: UnsafeMutableRawPointer) throws {
    try read(into: MatrixSink(shape, dtype: dtype, target: target))
  }

  /// Reads them into whatever takes blocks.
  package func read(into sink: any ArraySink) throws {
    if array.size == 0 { return }
    var evaluation = Evaluation([array.node], options: options, gathersOutputs: false)
    try evaluation.run()
    let (planned, plan) = try MatrixSource.plan(array, evaluation, sink.requirements, options)
    let driver = plan.prepared(planned)
    defer { driver.finishReading() }
    ResidentWindow.shared.limit = plan.window
    let progress = ProgressMeter(total: progressBytes, handler: options.progress)
    try Transfer(from: driver, to: sink, plan: plan, options: options).run(progress: progress)
  }

  /// Refuses work whose memory is more than the budget has for buffers.
  package static func require(_ options: TransferOptions) throws {
    let model = try MemoryModel(options)
    guard model.buffers == 0, options.heldBytes > 0 else { return }
    throw model.tooSmall(for: these, buffers: 0)
  }

  private static func passes(
    of array: NDArray, _ requirements: SinkRequirements, _ options: TransferOptions
  ) throws -> ([Explanation.Pass], Int) {
    var evaluation = Evaluation([array.node], options: options, gathersOutputs: false)
    var passes = try evaluation.plannedWithPlaceholders().map { $0.explanation() }
    let reading = try plan(array, evaluation, requirements, options).plan
    if let last = passes.indices.last {
      passes[last].predictedPeakBytes = max(passes[last].predictedPeakBytes, reading.predictedPeak)
    }
    return (passes, reading.bytesWritten)
  }

  private static func plan(
    _ array: NDArray, _ evaluation: Evaluation, _ requirements: SinkRequirements, _ options: TransferOptions
  ) throws -> (driver: any ArrayDriver, plan: TransferPlan) {
    let driver = try NodeSource.driver(of: array.node, results: evaluation.finished)
    var options = options
    options.heldBytes = options.heldBytes.saturatingAdd(evaluation.heldBytes)
    return (driver, try TransferPlan(from: driver, to: requirements, options: options))
  }
}

extension DenseMatrix {
  /// Matrices with the elements of an array of rank 2 or more.
  ///
  /// - Parameters:
  ///   - held: bytes that the work takes beside the matrices: workspaces, results.
  ///   - isCounted: whether the matrices are among what the options say is held.
  /// - Throws: `.memory` before anything is read, when all that does not fit the budget; as `evaluate`.
  package static func load(
    _ array: NDArray, held: Int = 0, isCounted: Bool = false, options: TransferOptions = .init()
  ) throws -> DenseMatrix {
    let source = try reading(array, held: held, isCounted: isCounted, options: options)
    let (rows, columns, count) = lengths(array)
    let matrix = try DenseMatrix(rows: rows, columns: columns, count: count)
    try source.read(into: matrix.elements.baseAddress!)
    return matrix
  }

  /// What `load` does, planned: nothing is read or allocated.
  ///
  /// - Throws: `.memory` where `load` would.
  package static func reading(
    _ array: NDArray, held: Int = 0, isCounted: Bool = false, options: TransferOptions
  ) throws -> MatrixSource {
    let (rows, columns, count) = lengths(array)
    let own = isCounted ? 0 : DenseMatrix.bytes(rows: rows, columns: columns, count: count)
    return try MatrixSource(array, as: Scalar.dtype, held: held.saturatingAdd(own), options: options)
  }

  private static func lengths(_ array: NDArray) -> (rows: Int, columns: Int, count: Int) {
    let lengths = array.shape.dimensions
    precondition(lengths.count >= 2, "a matrix has two axes")
    return (lengths[lengths.count - 2], lengths[lengths.count - 1], lengths.dropLast(2).reduce(1, *))
  }
}
