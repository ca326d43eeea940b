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
      let routine = OpenBLAS.functions.pointee.dsyevr_
      let (order, least) = (try LAPACK.integer(n), try LAPACK.integer(n - count + 1))
      let leading = try LAPACK.leading(lda)
      var found: Int32 = 0
      var support = [Int32](repeating: 0, count: 2 * count)
      // As exact as the norm of the matrix allows.
      let tolerance = [0.0]
      func call(_ work: [Int32], _ integers: inout [Int32], _ count: [Int32], _ room: UnsafeMutableRawPointer)
        -> Int32
      {
        var info: Int32 = 0
        routine(
          "V", "I", "U", order, a, leading, nil, nil, least, order, tolerance, &found, w, vectors, order,
          &support, room, work, &integers, count, &info, 1, 1, 1)
        return info
      }
      var (size, integers) = (0.0, [Int32](repeating: 0, count: 1))
      try LAPACK.check(call([-1], &integers, [-1], &size), "syevr")
      let work = LAPACK.workCount(size)
      integers = [Int32](repeating: 0, count: Int(integers[0]))
      let integerCount = try LAPACK.integer(integers.count)
      let info = try Buffer.withTemporary(work.saturatingMultiply(MemoryLayout<Double>.stride)) {
        call(try LAPACK.integer(work), &integers, integerCount, $0.baseAddress!)
      }
      try LAPACK.check(info, "syevr")
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
