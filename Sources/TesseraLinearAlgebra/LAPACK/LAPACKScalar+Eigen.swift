package import TesseraCore

// Eigenvalues and eigenvectors.
extension LAPACKScalar {
  /// The eigenvalues of a symmetric or Hermitian n x n matrix, ascending, of which the one triangle is read; with
  /// `vectors` orthonormal eigenvectors take the matrix's place.
  ///
  /// LAPACK's `syevd`, by divide and conquer; `heevd` of complex numbers.
  ///
  /// - Parameter w: n numbers.
  /// - Returns: whether it converged; false for elements that are not finite.
  package static func syevd(
    vectors: Bool, upper: Bool, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int,
    w: UnsafeMutablePointer<Real>
  ) throws -> Bool {
    if n == 0 { return true }
    guard isTriangleFinite(upper: upper, n, a, lda) else { return false }
    let routine = try LAPACK.routines(dtype).syevd
    var (work, real, integer) = (Self.zeroValue, Real(0), Int32(0))
    var info: Int32 = 0
    func call(
      _ work: UnsafeMutableRawPointer, _ count: Int, _ real: UnsafeMutableRawPointer, _ realCount: Int,
      _ integers: UnsafeMutablePointer<Int32>, _ integerCount: Int
    ) throws {
      try routine(
        vectors ? "V" : "N", upper ? "U" : "L", LAPACK.integer(n), a, LAPACK.leading(lda), w, work,
        LAPACK.integer(count), real, LAPACK.integer(realCount), integers, LAPACK.integer(integerCount), &info)
      try LAPACK.check(info, "syevd")
    }
    try call(&work, -1, &real, -1, &integer, -1)
    let (count, realCount) = (LAPACK.workCount(work), isComplex ? LAPACK.workCount(real) : 0)
    var integers = [Int32](repeating: 0, count: max(1, Int(integer)))
    let integerCount = integers.count
    try Buffer.withTemporary(count * MemoryLayout<Self>.stride) { work in
      try Buffer.withTemporary(realCount * MemoryLayout<Real>.stride) { real in
        try call(work.baseAddress!, count, real.baseAddress!, realCount, &integers, integerCount)
      }
    }
    return info == 0
  }

  /// Bytes that `syevd` takes beside its arguments.
  package static func syevdBytes(vectors: Bool, _ n: Int) -> Int {
    let square = vectors ? n.saturatingMultiply(n).saturatingMultiply(isComplex ? 1 : 2) : 0
    let real = isComplex && vectors ? n.saturatingMultiply(n).saturatingMultiply(2) : 0
    return square.saturatingAdd(n.saturatingMultiply(72)).saturatingMultiply(MemoryLayout<Self>.stride)
      .saturatingAdd(
        real.saturatingAdd(n.saturatingMultiply(10)).saturatingMultiply(MemoryLayout<Real>.stride))
  }

  /// The eigenvalues of an n x n matrix, which is overwritten, and with `vectors` the right eigenvectors, each of
  /// length 1.
  ///
  /// - Parameters:
  ///   - w: n numbers.
  ///   - vectors: n x n; nil for values alone.
  /// - Returns: whether it converged; false for elements that are not finite.
  package static func geev(
    _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, w: UnsafeMutablePointer<Complex<Real>>,
    vectors: UnsafeMutablePointer<Complex<Real>>?
  ) throws -> Bool {
    if n == 0 { return true }
    guard areFinite(n, n, a, lda) else { return false }
    let size = MemoryLayout<Self>.stride
    // Real routines give pairs of real numbers, complex ones values and vectors as they are.
    return try Buffer.withTemporary((vectors == nil ? 0 : n * n) * size) { own in
      try Buffer.withTemporary(2 * n * MemoryLayout<Complex<Real>>.stride) { values in
        let routine = try LAPACK.routines(dtype).geev
        let (own, values) = (own.baseAddress!, values.baseAddress!)
        let info = try LAPACK.withWork("geev", of: Self.self) { work, count, info in
          try routine(
            "N", vectors == nil ? "N" : "V", LAPACK.integer(n), a, LAPACK.leading(lda), values,
            values + n * size, nil, [1], own, LAPACK.leading(n), work, count,
            values + n * MemoryLayout<Complex<Real>>.stride, &info)
        }
        guard info == 0 else { return false }
        unpack(n, values, own, w, vectors)
        return true
      }
    }
  }

  private static func unpack(
    _ n: Int, _ values: UnsafeMutableRawPointer, _ own: UnsafeMutableRawPointer,
    _ w: UnsafeMutablePointer<Complex<Real>>, _ vectors: UnsafeMutablePointer<Complex<Real>>?
  ) {
    if isComplex {
      w.update(from: values.assumingMemoryBound(to: Complex<Real>.self), count: n)
      vectors?.update(from: own.assumingMemoryBound(to: Complex<Real>.self), count: n * n)
      return
    }
    let parts = values.assumingMemoryBound(to: Real.self)
    for index in 0..<n { w[index] = Complex(parts[index], parts[n + index]) }
    guard let vectors else { return }
    let columns = own.assumingMemoryBound(to: Real.self)
    var column = 0
    while column < n {
      let isPair = w[column].imaginary != 0 && column + 1 < n
      for row in 0..<n {
        let real = columns[column * n + row]
        let imaginary = isPair ? columns[(column + 1) * n + row] : 0
        vectors[column * n + row] = Complex(real, imaginary)
        if isPair { vectors[(column + 1) * n + row] = Complex(real, -imaginary) }
      }
      column += isPair ? 2 : 1
    }
  }

  static func isTriangleFinite(
    upper: Bool, _ n: Int, _ a: UnsafePointer<Self>, _ lda: Int
  ) -> Bool {
    (0..<n).allSatisfy { column in
      (upper ? 0..<column + 1 : column..<n).allSatisfy { a[column * lda + $0].hasFiniteParts }
    }
  }
}
