import TesseraCore

// Singular value decompositions.
extension LAPACKScalar {
  /// The singular value decomposition A = U diag(s) Vᴴ of an m x n matrix, which is overwritten; s is descending.
  ///
  /// By divide and conquer (`gesdd`), and by QR iteration (`gesvd`) should that not converge. Elements that are not
  /// finite are not given to LAPACK, which may not come back from them.
  ///
  /// - Parameters:
  ///   - s: min(m, n) numbers.
  ///   - u: m x min(m, n), or m x m of `.full`; not used for `.none`.
  ///   - vt: min(m, n) x n, or n x n; not used for `.none`.
  /// - Returns: whether it converged; false for elements that are not finite.
  package static func gesdd(
    _ vectors: SingularVectors, _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int,
    s: UnsafeMutablePointer<Real>, u: UnsafeMutablePointer<Self>?, _ ldu: Int,
    vt: UnsafeMutablePointer<Self>?, _ ldvt: Int
  ) throws -> Bool {
    if min(m, n) == 0 { return true }
    guard areFinite(m, n, a, lda) else { return false }
    let bytes = m * n * MemoryLayout<Self>.stride
    return try Buffer.withTemporary(bytes) { copy in
      // What failed has overwritten the matrix.
      let kept = copy.bindMemory(to: Self.self).baseAddress!
      copyMatrix(m, n, a, lda, to: kept, m)
      if try divideAndConquer(vectors, m, n, a, lda, s, u, ldu, vt, ldvt) { return true }
      return try iterate(vectors, m, n, kept, s, u, ldu, vt, ldvt)
    }
  }

  /// Bytes that `gesdd` takes beside its arguments.
  package static func gesddBytes(_ vectors: SingularVectors, _ m: Int, _ n: Int) -> Int {
    let (least, most) = (min(m, n), max(m, n))
    // LAPACK's bounds: 4 least² + 7 least, beside blocks of up to 64 columns; complex numbers have real ones as well.
    let square = least.saturatingMultiply(least)
    let own = square.saturatingMultiply(vectors == .none ? 1 : 4).saturatingAdd(most.saturatingMultiply(72))
    let real =
      isComplex
      ? square.saturatingMultiply(5).saturatingAdd(most.saturatingMultiply(least).saturatingMultiply(2)) : 0
    return m.saturatingMultiply(n).saturatingAdd(own).saturatingMultiply(MemoryLayout<Self>.stride)
      .saturatingAdd(real.saturatingMultiply(MemoryLayout<Real>.stride))
  }

  private static func divideAndConquer(
    _ vectors: SingularVectors, _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int,
    _ s: UnsafeMutablePointer<Real>, _ u: UnsafeMutablePointer<Self>?, _ ldu: Int,
    _ vt: UnsafeMutablePointer<Self>?, _ ldvt: Int
  ) throws -> Bool {
    let routine = try LAPACK.routines(dtype).gesdd
    let (least, most) = (min(m, n), max(m, n))
    let realCount =
      !isComplex
      ? 0
      : vectors == .none
        ? 7 * least : max(5 * least * least + 5 * least, 2 * most * least + 2 * least * least + least)
    var integers = [Int32](repeating: 0, count: 8 * least)
    let info = try Buffer.withTemporary(realCount * MemoryLayout<Real>.stride) { real in
      try LAPACK.withWork("gesdd", of: Self.self) { work, count, info in
        try routine(
          vectors.letter, LAPACK.integer(m), LAPACK.integer(n), a, LAPACK.leading(lda), s, u,
          LAPACK.leading(ldu), vt, LAPACK.leading(ldvt), work, count, real.baseAddress, &integers, &info)
      }
    }
    return info == 0
  }

  private static func iterate(
    _ vectors: SingularVectors, _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Self>,
    _ s: UnsafeMutablePointer<Real>, _ u: UnsafeMutablePointer<Self>?, _ ldu: Int,
    _ vt: UnsafeMutablePointer<Self>?, _ ldvt: Int
  ) throws -> Bool {
    let routine = try LAPACK.routines(dtype).gesvd
    let realCount = isComplex ? 5 * min(m, n) : 0
    let info = try Buffer.withTemporary(realCount * MemoryLayout<Real>.stride) { real in
      try LAPACK.withWork("gesvd", of: Self.self) { work, count, info in
        try routine(
          vectors.letter, vectors.letter, LAPACK.integer(m), LAPACK.integer(n), a, LAPACK.leading(m), s, u,
          LAPACK.leading(ldu), vt, LAPACK.leading(ldvt), work, count, real.baseAddress, &info)
      }
    }
    return info == 0
  }
}

extension LAPACKScalar {
  /// Whether an m x n matrix has neither infinities nor NaNs.
  package static func areFinite(_ m: Int, _ n: Int, _ a: UnsafePointer<Self>, _ lda: Int) -> Bool {
    (0..<n).allSatisfy { column in (0..<m).allSatisfy { a[column * lda + $0].hasFiniteParts } }
  }

  /// Copies an m x n matrix to memory apart from it.
  package static func copyMatrix(
    _ m: Int, _ n: Int, _ a: UnsafePointer<Self>, _ lda: Int, to b: UnsafeMutablePointer<Self>, _ ldb: Int
  ) {
    for column in 0..<n { (b + column * ldb).update(from: a + column * lda, count: m) }
  }
}
