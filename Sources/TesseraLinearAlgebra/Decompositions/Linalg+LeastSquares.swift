import TesseraCore
public import TesseraEngine
public import TesseraStorage

extension Linalg {
  /// What `lstsq` gives.
  public struct LeastSquares: Sendable {
    /// `(N,)` or `(N, K)`: the solution of least norm.
    public var solution: NDArray
    /// The sums of squared residuals `(K,)` (`(1,)` for a vector); empty unless M > N and the rank is N.
    public var residuals: NDArray
    /// The rank of A.
    public var rank: Int
    /// The singular values of A, descending.
    public var singularValues: NDArray
  }

  /// The X of least norm that minimizes ‖A X - B‖, by the singular value decomposition, in memory.
  ///
  /// - Parameters:
  ///   - a: one matrix `(M, N)`.
  ///   - b: a vector `(M,)` or a matrix `(M, K)`.
  ///   - rcond: singular values below this share of the greatest count as zero; nil for max(M, N) times float64's
  ///     precision, -1 for the precision itself.
  /// - Throws: `.unsolvable` "SVD did not converge in Linear Least Squares", which is said of infinities and NaNs too.
  /// - Complexity: about 4 m n² + 8 n³ operations for tall matrices; memory for both and a workspace.
  public static func lstsq(
    _ a: NDArray, _ b: NDArray, rcond: Double? = nil, options: TransferOptions = .init()
  ) throws -> LeastSquares {
    let types = try LinalgTypes(a, b)
    let right = b.ndim == 1 ? try b.expandDims(axis: 1) : b
    for array in [a, right] where array.ndim != 2 {
      throw TesseraError(
        .usage, "\(array.ndim)-dimensional array given. Array must be two-dimensional", got: "\(array.shape)")
    }
    guard a.shape[0] == right.shape[0] else {
      throw TesseraError(.usage, "Incompatible dimensions", got: "\(a.shape) and \(b.shape)")
    }
    return try types.isComplex
      ? lstsq(a, right, b.ndim == 1, rcond, types, options, Complex<Double>.self)
      : lstsq(a, right, b.ndim == 1, rcond, types, options, Double.self)
  }

  private static func lstsq<T: LAPACKScalar>(
    _ a: NDArray, _ b: NDArray, _ isVector: Bool, _ rcond: Double?, _ types: LinalgTypes,
    _ options: TransferOptions, _: T.Type
  ) throws -> LeastSquares where T.Real == Double {
    let (m, n, k) = (a.shape[0], a.shape[1], b.shape[1])
    let most = max(m, n)
    let held = DenseMatrix<T>.bytes(rows: m, columns: n)
      .saturatingAdd(DenseMatrix<T>.bytes(rows: most, columns: k).saturatingMultiply(3))
      .saturatingAdd(T.gelsdBytes(m, n, k))
    let sources = (
      a: try MatrixSource(a, as: T.dtype, held: held, options: options),
      b: try MatrixSource(b, as: T.dtype, held: held, options: options)
    )
    let matrix = try DenseMatrix<T>(rows: m, columns: n)
    let given = try DenseMatrix<T>(rows: m, columns: k)
    try sources.a.read(into: matrix.elements.baseAddress!)
    try sources.b.read(into: given.elements.baseAddress!)
    // LAPACK does not take no columns at all.
    let padded = try DenseMatrix<T>(rows: most, columns: max(k, 1))
    padded.elements.update(repeating: .zeroValue)
    T.copyMatrix(m, k, given.pointer(), m, to: padded.pointer(), most)
    let s = try DenseMatrix<Double>(rows: min(m, n), columns: 1)
    let share = rcond ?? Double(most) * Double.ulpOfOne
    let rank = try T.gelsd(
      m, n, padded.columns, matrix.pointer(), m, padded.pointer(), most, s: s.pointer(), rcond: share)
    guard let rank else { throw MatrixWork.unsolvable("SVD did not converge in Linear Least Squares") }
    // Their memory was lent until here.
    withExtendedLifetime((matrix, given)) {}
    let x = try DenseMatrix<T>(rows: n, columns: k)
    if m == 0 || n == 0 { padded.elements.update(repeating: .zeroValue) }
    T.copyMatrix(n, k, padded.pointer(), most, to: x.pointer(), n)
    let isOverdetermined = rank == n && m > n
    let residuals = isOverdetermined ? squares(n == 0 ? given : padded, k, from: n) : []
    return LeastSquares(
      solution: try isVector ? x.vectors([], as: types.result) : x.array([], as: types.result),
      residuals: try NDArray(residuals).astype(types.real).evaluated(), rank: rank,
      singularValues: try s.vectors([], as: types.real))
  }

  /// The sums of squares of the first columns from a row on.
  private static func squares<T: LAPACKScalar>(
    _ matrix: DenseMatrix<T>, _ columns: Int, from row: Int
  ) -> [Double] where T.Real == Double {
    (0..<columns).map { column in
      (row..<matrix.rows).reduce(0) { sum, row in
        let value = matrix[row, column]
        return sum + value.realPart * value.realPart + value.imaginaryPart * value.imaginaryPart
      }
    }
  }
}
