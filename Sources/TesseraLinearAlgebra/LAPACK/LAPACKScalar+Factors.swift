import TesseraCore

// Cholesky and LU factorizations, and triangular systems.
extension LAPACKScalar {
  /// The Cholesky factor of a symmetric or Hermitian n x n matrix in the triangle that is read; the other is left alone.
  ///
  /// - Returns: 0, or the order of the first leading minor that is not positive.
  package static func potrf(
    upper: Bool, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int
  ) throws -> Int {
    if n == 0 { return 0 }
    var info: Int32 = 0
    try LAPACK.routines(dtype).potrf(upper ? "U" : "L", LAPACK.integer(n), a, LAPACK.leading(lda), &info)
    try LAPACK.check(info, "potrf")
    return Int(info)
  }

  /// Solves A X = B, n x k, in B's place, from the factor that `potrf` gave.
  package static func potrs(
    upper: Bool, _ n: Int, _ k: Int, _ a: UnsafePointer<Self>, _ lda: Int, _ b: UnsafeMutablePointer<Self>,
    _ ldb: Int
  ) throws {
    if n == 0 || k == 0 { return }
    var info: Int32 = 0
    try LAPACK.routines(dtype).potrs(
      upper ? "U" : "L", LAPACK.integer(n), LAPACK.integer(k), a, LAPACK.leading(lda), b, LAPACK.leading(ldb),
      &info)
    try LAPACK.check(info, "potrs")
  }

  /// The factorization P A = L U of an m x n matrix with partial pivoting, in its place.
  ///
  /// - Parameter pivots: min(m, n) numbers: row i was swapped with row `pivots[i] - 1`, one after another.
  /// - Returns: 0, or the position from 1 of the first diagonal element of U that is exactly zero.
  package static func getrf(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, pivots: UnsafeMutablePointer<Int32>
  ) throws -> Int {
    if min(m, n) == 0 { return 0 }
    var info: Int32 = 0
    try LAPACK.routines(dtype).getrf(
      LAPACK.integer(m), LAPACK.integer(n), a, LAPACK.leading(lda), pivots, &info)
    try LAPACK.check(info, "getrf")
    return Int(info)
  }

  /// Solves A X = B, n x k, in B's place, from what `getrf` gave.
  package static func getrs(
    _ n: Int, _ k: Int, _ a: UnsafePointer<Self>, _ lda: Int, pivots: UnsafePointer<Int32>,
    _ b: UnsafeMutablePointer<Self>, _ ldb: Int
  ) throws {
    if n == 0 || k == 0 { return }
    var info: Int32 = 0
    try LAPACK.routines(dtype).getrs(
      "N", LAPACK.integer(n), LAPACK.integer(k), a, LAPACK.leading(lda), pivots, b, LAPACK.leading(ldb), &info
    )
    try LAPACK.check(info, "getrs")
  }

  /// The inverse of an n x n matrix in the place of what `getrf` gave.
  ///
  /// - Returns: 0, or the position from 1 of a diagonal element of U that is exactly zero.
  package static func getri(
    _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, pivots: UnsafePointer<Int32>
  ) throws -> Int {
    if n == 0 { return 0 }
    let routine = try LAPACK.routines(dtype).getri
    return Int(
      try LAPACK.withWork("getri", of: Self.self) { work, count, info in
        try routine(LAPACK.integer(n), a, LAPACK.leading(lda), pivots, work, count, &info)
      })
  }

  /// Solves T X = B or Tᴴ X = B, n x k, in B's place; T is triangular.
  ///
  /// - Returns: 0, or the position from 1 of the first diagonal element that is exactly zero.
  package static func trtrs(
    upper: Bool, adjoint: Bool = false, unit: Bool = false, _ n: Int, _ k: Int, _ a: UnsafePointer<Self>,
    _ lda: Int, _ b: UnsafeMutablePointer<Self>, _ ldb: Int
  ) throws -> Int {
    if n == 0 || k == 0 { return 0 }
    var info: Int32 = 0
    try LAPACK.routines(dtype).trtrs(
      upper ? "U" : "L", adjoint ? "C" : "N", unit ? "U" : "N", LAPACK.integer(n), LAPACK.integer(k), a,
      LAPACK.leading(lda), b, LAPACK.leading(ldb), &info)
    try LAPACK.check(info, "trtrs")
    return Int(info)
  }

  /// Swaps row i of a matrix of n columns with row `pivots[i] - 1` for each i of `rows` in ascending order.
  package static func laswp(
    _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, rows: Range<Int>, pivots: UnsafePointer<Int32>
  ) throws {
    if n == 0 || rows.isEmpty { return }
    try LAPACK.routines(dtype).laswp(
      LAPACK.integer(n), a, LAPACK.leading(lda), LAPACK.integer(rows.lowerBound + 1),
      LAPACK.integer(rows.upperBound), pivots, [1])
  }
}
