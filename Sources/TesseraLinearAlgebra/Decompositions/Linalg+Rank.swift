import TesseraCore
public import TesseraEngine
public import TesseraStorage

extension Linalg {
  /// The Moore-Penrose pseudo-inverses, `(…, N, M)`, by singular value decompositions.
  ///
  /// - Parameters:
  ///   - rcond: singular values up to this share of a matrix's greatest count as zero; 1e-15 where `rtol` is nil too.
  ///   - rtol: the same, by the name of the array API standard.
  ///   - hermitian: whether the matrices may be taken for Hermitian.
  /// - Throws: `.usage` for both shares; as `svd`.
  /// - Complexity: as `svd`.
  public static func pinv(
    _ a: NDArray, rcond: Double? = nil, rtol: Double? = nil, hermitian: Bool = false,
    options: TransferOptions = .init()
  ) throws -> NDArray {
    guard rcond == nil || rtol == nil else {
      throw TesseraError(.usage, "`rtol` and `rcond` can't be both set.")
    }
    let share = rcond ?? rtol ?? 1e-15
    let types = try LinalgTypes(a)
    return try types.isComplex
      ? pinv(a, share, hermitian, types, options, Complex<Double>.self)
      : pinv(a, share, hermitian, types, options, Double.self)
  }

  private static func pinv<T: LAPACKScalar>(
    _ a: NDArray, _ rcond: Double, _ hermitian: Bool, _ types: LinalgTypes, _ options: TransferOptions,
    _: T.Type
  ) throws -> NDArray {
    let shape = try StackShape(a)
    let (m, n, k) = (shape.rows, shape.columns, shape.least)
    // As in NumPy, the inverse of a matrix of no elements has the dtype of the matrix.
    if k == 0 { return try .zeros(shape.lead + [n, m], dtype: a.dtype) }
    let extra = shape.bytes(types, n, m).saturatingAdd(types.conversionBytes([shape.elements(n, m)]))
    let d = try decompose(a, .reduced, hermitian, types, options, extra: extra, T.self)
    guard let u = d.u, let vh = d.vh else { preconditionFailure("vectors were asked for") }
    let inverse = try DenseMatrix<T>(rows: n, columns: m, count: shape.count)
    try MatrixWork.forEach(shape.count, options) { index in
      let s = d.s.pointer(index)
      let cutoff = T.Real(rcond) * (0..<k).reduce(0) { max($0, s[$1]) }
      // U becomes U diag(1 / s).
      for column in 0..<k {
        let factor: T.Real = s[column] > cutoff ? 1 / s[column] : 0
        let vector = u.pointer(index) + column * m
        for row in 0..<m { vector[row] = vector[row].scaled(by: factor) }
      }
      try T.gemm(
        vh.pointer(index), k, .adjoint, u.pointer(index), m, .adjoint, n, m, k, inverse.pointer(index), n)
    }
    return try inverse.array(shape.lead, as: types.result)
  }

  /// The ranks of matrices, int64: how many singular values are greater than a bound. Of a vector or a scalar, whether
  /// it is not zero.
  ///
  /// - Parameters:
  ///   - tol: the bound; nil for the greatest singular value times `rtol`.
  ///   - rtol: nil for max(M, N) times the precision of the singular values' dtype.
  ///   - hermitian: whether the matrices may be taken for Hermitian.
  /// - Throws: `.usage` for both bounds; as `svd`.
  public static func matrixRank(
    _ a: NDArray, tol: Double? = nil, rtol: Double? = nil, hermitian: Bool = false,
    options: TransferOptions = .init()
  ) throws -> NDArray {
    guard tol == nil || rtol == nil else {
      throw TesseraError(.usage, "`tol` and `rtol` can't be both set.")
    }
    if a.ndim < 2 { return try a.any().astype(.int64).evaluated(options: options) }
    let s = try svdvals(a, hermitian: hermitian, options: options)
    let precision = s.dtype == .float32 ? Double(Float.ulpOfOne) : Double.ulpOfOne
    let share = rtol ?? Double(max(a.shape[a.ndim - 2], a.shape[a.ndim - 1])) * precision
    let bound = try tol.map { NDArray($0) } ?? s.max(axis: -1, keepdims: true, initial: 0.0) * share
    return try (s .> bound).countNonzero(axis: -1).evaluated(options: options)
  }

  /// The condition numbers of matrices: ‖A‖ ‖A⁻¹‖ in a norm; of order 2 (nil) and -2 by singular values, and for
  /// matrices that need not be square. Infinite for singular matrices.
  ///
  /// - Throws: `.usage` for matrices of no elements and orders that are no matrix norms; as `svd`.
  public static func cond(
    _ a: NDArray, p: NormOrder? = nil, options: TransferOptions = .init()
  ) throws -> NDArray {
    let shape = try StackShape(a)
    guard shape.rows > 0, shape.columns > 0 else {
      throw TesseraError(.usage, "cond is not defined on empty arrays")
    }
    let condition = try rawCondition(a, p, shape, options)
    // NaN of a matrix that has none is that of zero over zero, or of an inverse that does not exist.
    let isExplained = try isnan(a).any(axis: [-2, -1])
    let isSingular = try logicalAnd(isnan(condition), logicalNot(isExplained))
    return try `where`(isSingular, Double.infinity, condition).astype(condition.dtype).evaluated(
      options: options)
  }

  private static func rawCondition(
    _ a: NDArray, _ p: NormOrder?, _ shape: StackShape, _ options: TransferOptions
  ) throws -> NDArray {
    if p == nil || p == 2 || p == -2 {
      let s = try svdvals(a, options: options)
      let (greatest, least) = (try s[ellipsis, 0], try s[ellipsis, -1])
      return try (p == -2 ? least / greatest : greatest / least)
    }
    let types = try LinalgTypes(a)
    _ = try StackShape(square: a)
    func inverse<T: LAPACKScalar>(_: T.Type) throws -> NDArray {
      let matrices: DenseMatrix<T> = try inverses(a, types, options) { _ in }
      return try matrices.array(shape.lead)
    }
    let inverted = try types.isComplex ? inverse(Complex<Double>.self) : inverse(Double.self)
    let product =
      try norm(a, ord: p, axis: [-2, -1], options: options)
      * norm(inverted, ord: p, axis: [-2, -1], options: options)
    return product.astype(types.real)
  }
}
