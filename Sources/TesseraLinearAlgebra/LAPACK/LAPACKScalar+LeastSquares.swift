import TesseraCore

extension LAPACKScalar {
  /// The X of least norm that minimizes ‖A X - B‖, by the singular value decomposition of the m x n matrix A, which is
  /// overwritten (`gelsd`).
  ///
  /// - Parameters:
  ///   - b: max(m, n) x k: B in its first m rows becomes X in its first n; where m > n and A has full rank, the squares
  ///     of the others add up to the squared residuals.
  ///   - s: min(m, n) numbers, descending.
  ///   - rcond: singular values below this share of the greatest count as zero; negative for the precision.
  /// - Returns: the rank; nil when it does not converge, or has elements that are not finite.
  package static func gelsd(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int,
    _ b: UnsafeMutablePointer<Self>, _ ldb: Int, s: UnsafeMutablePointer<Real>, rcond: Real
  ) throws -> Int? {
    if min(m, n) == 0 { return 0 }
    guard areFinite(m, n, a, lda), areFinite(m, k, b, ldb) else { return nil }
    let routine = try LAPACK.routines(dtype).gelsd
    var rcond = rcond
    var rank: Int32 = 0
    var info: Int32 = 0
    func call(
      _ work: UnsafeMutableRawPointer, _ count: Int, _ real: UnsafeMutableRawPointer,
      _ integers: UnsafeMutablePointer<Int32>
    ) throws {
      try routine(
        LAPACK.integer(m), LAPACK.integer(n), LAPACK.integer(k), a, LAPACK.leading(lda), b,
        LAPACK.leading(ldb), s, &rcond, &rank, work, LAPACK.integer(count), real, integers, &info)
      try LAPACK.check(info, "gelsd")
    }
    var (work, real, integer) = (Self.zeroValue, Real(0), Int32(0))
    try call(&work, -1, &real, &integer)
    let (count, realCount) = (LAPACK.workCount(work), isComplex ? LAPACK.workCount(real) : 0)
    var integers = [Int32](repeating: 0, count: max(1, Int(integer)))
    try Buffer.withTemporary(count * MemoryLayout<Self>.stride) { work in
      try Buffer.withTemporary(realCount * MemoryLayout<Real>.stride) { real in
        try call(work.baseAddress!, count, real.baseAddress!, &integers)
      }
    }
    return info == 0 ? Int(rank) : nil
  }

  /// Bytes that `gelsd` takes beside its arguments.
  package static func gelsdBytes(_ m: Int, _ n: Int, _ k: Int) -> Int {
    let least = min(m, n)
    // LAPACK's bound with subproblems of 25, and the triangle of a tall or wide matrix.
    let own = least.saturatingMultiply(least.saturatingAdd(50 + 8 * 12)).saturatingAdd(
      least.saturatingAdd(32).saturatingMultiply(k)
    ).saturatingAdd(m.saturatingAdd(n).saturatingAdd(k).saturatingMultiply(64))
    return own.saturatingMultiply(2 * MemoryLayout<Self>.stride)
  }
}
