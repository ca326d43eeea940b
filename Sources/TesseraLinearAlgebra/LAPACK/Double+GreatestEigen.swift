import TesseraCore

#if BLAS
  import COpenBLAS
#endif

// Some of the eigenvalues and eigenvectors of a symmetric matrix.
extension Double {
  /// The greatest eigenvalues of a symmetric n x n matrix, ascending, and orthonormal eigenvectors of them.
  ///
  /// LAPACK's `syevr`, which finds some of the eigenvalues by bisection and their vectors by inverse iteration.
  ///
  /// - Parameters:
  ///   - count: how many; 1 to n.
  ///   - a: of which the upper triangle is read; it is overwritten.
  ///   - w: n numbers, of which the first `count` are the eigenvalues.
  ///   - vectors: n x count.
  /// - Returns: whether it converged; false for elements that are not finite.
  static func syevr(
    greatest count: Int, _ n: Int, _ a: UnsafeMutablePointer<Double>, _ lda: Int,
    w: UnsafeMutablePointer<Double>, vectors: UnsafeMutablePointer<Double>
  ) throws -> Bool {
    guard isTriangleFinite(upper: true, n, a, lda) else { return false }
    #if BLAS
      try OpenBLAS.require()
      let (order, least) = (try LAPACK.integer(n), try LAPACK.integer(n - count + 1))
      let leading = try LAPACK.leading(lda)
      let integerCount = try LAPACK.integer(n.saturatingMultiply(10))
      var integers = [Int32](repeating: 0, count: 10 * n)
      var support = [Int32](repeating: 0, count: 2 * count)
      var found: Int32 = 0
      let info = try LAPACK.withWork("syevr", of: Double.self) { work, workCount, info in
        // A tolerance of 0 stands for what the norm of the matrix allows.
        OpenBLAS.functions.pointee.dsyevr_(
          "V", "I", "U", order, a, leading, nil, nil, least, order, [0.0], &found, w, vectors, order,
          &support,
          work, workCount, &integers, integerCount, &info, 1, 1, 1)
      }
      return info == 0 && Int(found) == count
    #else
      try OpenBLAS.require()
      return false
    #endif
  }

  /// Bytes that `syevr` takes beside its arguments.
  static func syevrBytes(greatest count: Int, _ n: Int) -> Int {
    n.saturatingMultiply(80).saturatingAdd(count).saturatingMultiply(MemoryLayout<Double>.stride)
  }
}
