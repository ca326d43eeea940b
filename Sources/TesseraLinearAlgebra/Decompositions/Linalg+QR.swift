import TesseraCore
public import TesseraEngine
public import TesseraStorage

extension Linalg {
  /// How many columns the Q of a QR factorization has, of matrices of M rows and N columns.
  public enum QRMode: Sendable {
    /// min(M, N) of them.
    case reduced
    /// M of them: Q is square.
    case complete
  }

  /// The factorization A = Q R by Householder reflections: Q has orthonormal columns, R is upper triangular.
  ///
  /// NaNs and infinities spread; nothing is thrown for them.
  ///
  /// - Complexity: 2 m n² operations for R of tall matrices, as many again for Q; memory for A, Q and R.
  public static func qr(
    _ a: NDArray, mode: QRMode = .reduced, options: TransferOptions = .init()
  ) throws -> (q: NDArray, r: NDArray) {
    let types = try LinalgTypes(a)
    return try types.isComplex
      ? qr(a, mode, types, options, Complex<Double>.self) : qr(a, mode, types, options, Double.self)
  }

  /// R alone, of min(M, N) rows: NumPy's `qr(mode="r")`.
  public static func qrR(_ a: NDArray, options: TransferOptions = .init()) throws -> NDArray {
    let types = try LinalgTypes(a)
    return try types.isComplex
      ? qrR(a, types, options, Complex<Double>.self) : qrR(a, types, options, Double.self)
  }

  private static func qr<T: LAPACKScalar>(
    _ a: NDArray, _ mode: QRMode, _ types: LinalgTypes, _ options: TransferOptions, _: T.Type
  ) throws -> (q: NDArray, r: NDArray) {
    let shape = try StackShape(a)
    let (m, n, k) = (shape.rows, shape.columns, shape.least)
    let columns = mode == .complete ? m : k
    let results = shape.bytes(types, m, columns).saturatingAdd(shape.bytes(types, columns, n))
    let matrices = try DenseMatrix<T>.load(
      a,
      held: results.saturatingAdd(
        types.conversionBytes([shape.elements(m, columns), shape.elements(columns, n)])
      ).saturatingAdd(workBytes(shape, options, T.self)), options: options)
    let q = try DenseMatrix<T>(rows: m, columns: columns, count: shape.count)
    let r = try DenseMatrix<T>(rows: columns, columns: n, count: shape.count)
    try MatrixWork.forEach(shape.count, options) { index in
      let (matrix, orthogonal) = (matrices.pointer(index), q.pointer(index))
      var tau = [T](repeating: .zeroValue, count: k)
      try T.geqrf(m, n, matrix, m, tau: &tau)
      T.copyMatrix(m, k, matrix, m, to: orthogonal, m)
      if k == 0 { T.setIdentity(m, columns, orthogonal, m) }
      if k > 0 { try T.orgqr(m, columns, k, orthogonal, m, tau: tau) }
      copyTriangle(columns, n, matrix, m, to: r.pointer(index))
    }
    return (try q.array(shape.lead, as: types.result), try r.array(shape.lead, as: types.result))
  }

  private static func qrR<T: LAPACKScalar>(
    _ a: NDArray, _ types: LinalgTypes, _ options: TransferOptions, _: T.Type
  ) throws -> NDArray {
    let shape = try StackShape(a)
    let (m, n, k) = (shape.rows, shape.columns, shape.least)
    let matrices = try DenseMatrix<T>.load(
      a,
      held: shape.bytes(types, k, n).saturatingAdd(types.conversionBytes([shape.elements(k, n)]))
        .saturatingAdd(workBytes(shape, options, T.self)), options: options)
    let r = try DenseMatrix<T>(rows: k, columns: n, count: shape.count)
    try MatrixWork.forEach(shape.count, options) { index in
      let matrix = matrices.pointer(index)
      var tau = [T](repeating: .zeroValue, count: k)
      try T.geqrf(m, n, matrix, m, tau: &tau)
      copyTriangle(k, n, matrix, m, to: r.pointer(index))
    }
    return try r.array(shape.lead, as: types.result)
  }

  /// The upper triangle of the first k rows, with zeros below it.
  private static func copyTriangle<T: LAPACKScalar>(
    _ k: Int, _ n: Int, _ a: UnsafePointer<T>, _ lda: Int, to r: UnsafeMutablePointer<T>
  ) {
    T.copyMatrix(k, n, a, lda, to: r, k)
    T.clearTriangle(upper: false, k, n, r, k)
  }

  /// LAPACK's blocks of up to 64 columns, in each thread.
  private static func workBytes<T: LAPACKScalar>(
    _ shape: StackShape, _ options: TransferOptions, _: T.Type
  ) -> Int {
    [max(shape.rows, shape.columns), 72, MatrixWork.threads(shape.count, options)].saturatingProduct(
      MemoryLayout<T>.stride)
  }
}
