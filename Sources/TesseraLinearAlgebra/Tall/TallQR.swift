import TesseraCore
import TesseraEngine
import TesseraStorage

/// The triangular factor of a tall matrix by TSQR: blocks of rows are decomposed by themselves, and their triangles with one
/// another, in the order of the rows (Demmel, Grigori, Hoemmen, Langou 2012, https://doi.org/10.1137/080731992).
///
/// Only orthogonal transformations are applied, so R has small errors in each column, whatever the condition.
struct TallQR<Scalar: LAPACKScalar>: Barrier {
  private let form: TallQRForm<Scalar>
  let operands: [Node]

  /// - Parameters:
  ///   - x: of two axes.
  ///   - projection: what is multiplied from the right first; kept in memory by the caller.
  init(_ x: NDArray, projection: DenseMatrix<Scalar>? = nil) {
    form = TallQRForm(columns: x.shape[1], projection: projection)
    operands = [x.astype(Scalar.dtype).node]
  }

  var iterationShape: Shape { operands[0].shape }
  var key: String { "tall QR \(form.projection.map { "\(ObjectIdentifier($0))" } ?? "")" }
  var field: String { "r" }

  func makeSink(memory: Int, threads: Int) throws -> any BarrierSink { try TallQRSink(form) }

  /// R, of shape (columns, columns) of what is decomposed.
  var factor: NDArray {
    NDArray(.barrier(self), shape: Shape(known: [form.width, form.width]), dtype: Scalar.dtype)
  }
}
