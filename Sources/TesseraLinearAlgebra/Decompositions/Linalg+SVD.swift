import TesseraCore
public import TesseraEngine
public import TesseraStorage

extension Linalg {
  /// The singular value decomposition A = U diag(s) Vᴴ; s is real and descending.
  ///
  /// - Parameters:
  ///   - fullMatrices: whether U is M x M and Vᴴ N x N; otherwise they have min(M, N) columns and rows.
  ///   - hermitian: whether A may be taken for Hermitian, of which the lower triangle is read; faster.
  /// - Throws: `.unsolvable` "SVD did not converge", which is said of infinities and NaNs too.
  /// - Complexity: about 22 n³ operations for square matrices; memory for A twice, U, s, Vᴴ and about 4 min(M, N)²
  ///   numbers per thread.
  public static func svd(
    _ a: NDArray, fullMatrices: Bool = true, hermitian: Bool = false, options: TransferOptions = .init()
  ) throws -> (u: NDArray, s: NDArray, vh: NDArray) {
    let types = try LinalgTypes(a)
    let vectors = fullMatrices ? SingularVectors.full : .reduced
    func convert<T>(_ d: SingularValues<T>) throws -> (u: NDArray, s: NDArray, vh: NDArray) {
      (
        try d.u!.array(d.lead, as: types.result), try d.s.vectors(d.lead, as: types.real),
        try d.vh!.array(d.lead, as: types.result)
      )
    }
    return try types.isComplex
      ? convert(decompose(a, vectors, hermitian, types, options, Complex<Double>.self))
      : convert(decompose(a, vectors, hermitian, types, options, Double.self))
  }

  /// The singular values alone, descending along the last axis. Otherwise as `svd`.
  public static func svdvals(
    _ a: NDArray, hermitian: Bool = false, options: TransferOptions = .init()
  ) throws -> NDArray {
    let types = try LinalgTypes(a)
    func convert<T>(_ d: SingularValues<T>) throws -> NDArray { try d.s.vectors(d.lead, as: types.real) }
    return try types.isComplex
      ? convert(decompose(a, .none, hermitian, types, options, Complex<Double>.self))
      : convert(decompose(a, .none, hermitian, types, options, Double.self))
  }

  /// The decompositions of a stack in memory.
  struct SingularValues<T: LAPACKScalar> {
    var lead: [Int]
    var u: DenseMatrix<T>?
    /// One column per matrix.
    var s: DenseMatrix<T.Real>
    var vh: DenseMatrix<T>?
  }

  /// - Parameter extra: bytes that the caller takes beside the decompositions.
  static func decompose<T: LAPACKScalar>(
    _ a: NDArray, _ vectors: SingularVectors, _ hermitian: Bool, _ types: LinalgTypes,
    _ options: TransferOptions, extra: Int = 0, _: T.Type
  ) throws -> SingularValues<T> {
    if hermitian { return try decomposeHermitian(a, vectors, types, options, extra: extra, T.self) }
    let shape = try StackShape(a)
    let (m, n, k) = (shape.rows, shape.columns, shape.least)
    let (left, right) = vectors == .none ? (0, 0) : vectors == .full ? (m, n) : (k, k)
    let results = shape.bytes(types, m, left).saturatingAdd(shape.bytes(types, right, n))
    let work = T.gesddBytes(vectors, m, n).saturatingMultiply(MatrixWork.threads(shape.count, options))
    let held = results.saturatingAdd(work).saturatingAdd(shape.bytes(types, k)).saturatingAdd(extra)
      .saturatingAdd(types.conversionBytes([shape.elements(m, left), shape.elements(right, n)]))
    let matrices = try DenseMatrix<T>.load(a, held: held, options: options)
    let s = try DenseMatrix<T.Real>(rows: k, columns: 1, count: shape.count)
    let u = vectors == .none ? nil : try DenseMatrix<T>(rows: m, columns: left, count: shape.count)
    let vh = vectors == .none ? nil : try DenseMatrix<T>(rows: right, columns: n, count: shape.count)
    try MatrixWork.forEach(shape.count, options) { index in
      if k == 0 {
        if let u { T.setIdentity(m, left, u.pointer(index), m) }
        if let vh { T.setIdentity(right, n, vh.pointer(index), right) }
        return
      }
      let converged = try T.gesdd(
        vectors, m, n, matrices.pointer(index), m, s: s.pointer(index), u: u?.pointer(index), m,
        vt: vh?.pointer(index), right)
      guard converged else { throw MatrixWork.unsolvable("SVD did not converge") }
    }
    return SingularValues(lead: shape.lead, u: u, s: s, vh: vh)
  }

  /// By eigenvalues, whose magnitudes are the singular values.
  private static func decomposeHermitian<T: LAPACKScalar>(
    _ a: NDArray, _ vectors: SingularVectors, _ types: LinalgTypes, _ options: TransferOptions, extra: Int,
    _: T.Type
  ) throws -> SingularValues<T> {
    let shape = try StackShape(square: a)
    let n = shape.rows
    let held = extra.saturatingAdd(shape.bytes(types, vectors == .none ? 0 : 2, n, n))
    let (values, own) = try eigenSystem(
      a, upper: false, vectors: vectors != .none, types, options, extra: held, T.self)
    let s = try DenseMatrix<T.Real>(rows: n, columns: 1, count: shape.count)
    let u = vectors == .none ? nil : try DenseMatrix<T>(rows: n, columns: n, count: shape.count)
    let vh = vectors == .none ? nil : try DenseMatrix<T>(rows: n, columns: n, count: shape.count)
    try MatrixWork.forEach(shape.count, options) { index in
      let w = values.pointer(index)
      let order = (0..<n).sorted { (w[$0].magnitude, $0) > (w[$1].magnitude, $1) }
      for (place, column) in order.enumerated() {
        s.pointer(index)[place] = w[column].magnitude
        guard let u, let vh else { continue }
        let vector = own.pointer(index) + column * n
        let sign: T.Real = w[column].sign == .minus ? -1 : 1
        (u.pointer(index) + place * n).update(from: vector, count: n)
        for row in 0..<n { vh.pointer(index)[row * n + place] = vector[row].conjugate.scaled(by: sign) }
      }
    }
    return SingularValues(lead: shape.lead, u: u, s: s, vh: vh)
  }
}
