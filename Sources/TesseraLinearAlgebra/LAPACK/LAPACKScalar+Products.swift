import TesseraCore

/// What is done to an operand of a product before it takes part.
package enum MatrixOperation: Sendable {
  case none, transpose, adjoint

  var letter: String {
    switch self {
    case .none: "N"
    case .transpose: "T"
    case .adjoint: "C"
    }
  }
}

// Products of matrices and with inverses of triangular ones.
extension LAPACKScalar {
  /// C = alpha op(A) op(B) + beta C, where op(A) is m x k and op(B) k x n.
  package static func gemm(
    _ a: UnsafePointer<Self>, _ lda: Int, _ opA: MatrixOperation, _ b: UnsafePointer<Self>,
    _ ldb: Int, _ opB: MatrixOperation, _ m: Int, _ n: Int, _ k: Int, alpha: Self = .oneValue,
    beta: Self = .zeroValue, _ c: UnsafeMutablePointer<Self>, _ ldc: Int
  ) throws {
    if m == 0 || n == 0 { return }
    var (alpha, beta) = (alpha, beta)
    try LAPACK.routines(dtype).gemm(
      opA.letter, opB.letter, LAPACK.integer(m), LAPACK.integer(n), LAPACK.integer(k), &alpha, a,
      LAPACK.leading(lda), b, LAPACK.leading(ldb), &beta, c, LAPACK.leading(ldc))
  }

  /// One triangle of C = alpha A Aᴴ + beta C, where A is n x k; of Aᴴ A with `adjoint`, where A is k x n.
  ///
  /// BLAS's `syrk`; `herk` of complex numbers.
  package static func syrk(
    upper: Bool, adjoint: Bool = false, _ n: Int, _ k: Int, alpha: Real = 1, _ a: UnsafePointer<Self>,
    _ lda: Int, beta: Real = 0, _ c: UnsafeMutablePointer<Self>, _ ldc: Int
  ) throws {
    if n == 0 { return }
    var (alpha, beta) = (alpha, beta)
    try LAPACK.routines(dtype).syrk(
      upper ? "U" : "L", adjoint ? (isComplex ? "C" : "T") : "N", LAPACK.integer(n), LAPACK.integer(k),
      &alpha,
      a, LAPACK.leading(lda), &beta, c, LAPACK.leading(ldc))
  }

  /// B = alpha op(T)⁻¹ B, or B op(T)⁻¹ from the right, in the place of the m x n matrix B; T is triangular.
  package static func trsm(
    fromLeft: Bool = true, upper: Bool, operation: MatrixOperation = .none, unit: Bool = false, _ m: Int,
    _ n: Int, alpha: Self = .oneValue, _ t: UnsafePointer<Self>, _ ldt: Int, _ b: UnsafeMutablePointer<Self>,
    _ ldb: Int
  ) throws {
    if m == 0 || n == 0 { return }
    var alpha = alpha
    try LAPACK.routines(dtype).trsm(
      fromLeft ? "L" : "R", upper ? "U" : "L", operation.letter, unit ? "U" : "N", LAPACK.integer(m),
      LAPACK.integer(n), &alpha, t, LAPACK.leading(ldt), b, LAPACK.leading(ldb))
  }
}
