import TesseraCore

// QR factorizations.
extension LAPACKScalar {
  /// The factorization of an m x n matrix: R on and above the diagonal, Householder vectors below it.
  ///
  /// - Parameter tau: the vectors' min(m, n) factors.
  package static func geqrf(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, tau: UnsafeMutablePointer<Self>
  ) throws {
    if min(m, n) == 0 { return }
    let routine = try LAPACK.routines(dtype).geqrf
    _ = try LAPACK.withWork("geqrf", of: Self.self) { work, count, info in
      try routine(LAPACK.integer(m), LAPACK.integer(n), a, LAPACK.leading(lda), tau, work, count, &info)
    }
  }

  /// The first n columns of the Q of a factorization with k vectors, in the place of the vectors; k <= n <= m.
  ///
  /// LAPACK's `orgqr`; `ungqr` of complex numbers.
  package static func orgqr(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, tau: UnsafePointer<Self>
  ) throws {
    if min(m, n) == 0 { return }
    let routine = try LAPACK.routines(dtype).orgqr
    _ = try LAPACK.withWork("orgqr", of: Self.self) { work, count, info in
      try routine(
        LAPACK.integer(m), LAPACK.integer(n), LAPACK.integer(k), a, LAPACK.leading(lda), tau, work, count,
        &info)
    }
  }

  /// An m x n matrix C multiplied by the whole Q of a factorization with k vectors, from the left or the right:
  /// Q C, Qᴴ C, C Q or C Qᴴ.
  ///
  /// LAPACK's `ormqr`; `unmqr` of complex numbers.
  package static func ormqr(
    fromLeft: Bool = true, adjoint: Bool, _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Self>, _ lda: Int,
    tau: UnsafePointer<Self>, _ c: UnsafeMutablePointer<Self>, _ ldc: Int
  ) throws {
    if min(m, n) == 0 || k == 0 { return }
    let routine = try LAPACK.routines(dtype).ormqr
    let letter = adjoint ? (isComplex ? "C" : "T") : "N"
    _ = try LAPACK.withWork("ormqr", of: Self.self) { work, count, info in
      try routine(
        fromLeft ? "L" : "R", letter, LAPACK.integer(m), LAPACK.integer(n), LAPACK.integer(k), a,
        LAPACK.leading(lda), tau, c, LAPACK.leading(ldc), work, count, &info)
    }
  }
}
