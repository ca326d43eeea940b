import TesseraCore
import TesseraEngine
import TesseraStorage

/// The rows of a tall matrix times a small one in memory: computed where it is read, from whole rows, each of which is
/// read once.
struct RowProduct<Scalar: LAPACKScalar>: Barrier {
  /// As many rows as the tall matrix has columns.
  private let matrix: DenseMatrix<Scalar>
  let operands: [Node]

  init(_ x: NDArray, _ matrix: DenseMatrix<Scalar>) {
    precondition(x.ndim == 2 && x.shape[1] == matrix.rows, "the shapes of a product")
    self.matrix = matrix
    operands = [x.astype(Scalar.dtype).node]
  }

  var iterationShape: Shape { operands[0].shape }
  var key: String { "row product \(ObjectIdentifier(matrix))" }
  var field: String { "value" }
  var localAxes: Set<Int>? { [1] }
  var isLocalAsOutput: Bool { true }

  /// Of shape (rows, columns of the small matrix).
  var product: NDArray {
    NDArray(
      .barrier(self), shape: Shape(known: [iterationShape[0], matrix.columns]), dtype: Scalar.dtype)
  }

  func makeSink(memory: Int, threads: Int) throws -> any BarrierSink {
    preconditionFailure("computed where it is read")
  }

  func localDriver(_ results: [ObjectIdentifier: Source]) throws -> any ArrayDriver {
    try OpenBLAS.require()
    let program = try Lowering.program(operands, over: iterationShape, results: results)
    return try LocalDriver(RowProductKernel(matrix: matrix), program, over: iterationShape, axes: [1])
  }
}

/// Some rows times the matrix.
private struct RowProductKernel<Scalar: LAPACKScalar>: LocalKernel {
  let matrix: DenseMatrix<Scalar>

  var dtype: DType { Scalar.dtype }
  var width: Int? { matrix.columns }
  var name: String { "rows times \(ObjectIdentifier(matrix))" }

  func scratchBytes(positions: Int, each: Int) -> Int {
    positions.saturatingMultiply(each).saturatingMultiply(MemoryLayout<Scalar>.stride)
  }

  func compute(
    _ evaluator: BlockEvaluator, _ region: Region, _ grid: KeptGrid, positions: Int,
    scratch: UnsafeMutableRawBufferPointer, into values: UnsafeMutableRawPointer
  ) throws {
    let itemSize = MemoryLayout<Scalar>.stride
    let rows = scratch.baseAddress!
    try evaluator.forEachTile { tile in
      (rows + tile.offset * itemSize).copyMemory(
        from: evaluator.pointer(toRoot: 0), byteCount: tile.count * itemSize)
    }
    // In column-major terms the rows of both lie as columns.
    try Scalar.gemm(
      matrix.pointer(), matrix.rows, .transpose, rows.assumingMemoryBound(to: Scalar.self), matrix.rows,
      .none,
      matrix.columns, positions, matrix.rows, values.assumingMemoryBound(to: Scalar.self), matrix.columns)
  }
}
