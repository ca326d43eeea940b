import TesseraCore
public import TesseraEngine
public import TesseraStorage

extension Linalg {
  /// The Cholesky factor: lower triangular L with A = L Lᴴ, or upper triangular U with A = Uᴴ U.
  ///
  /// Only the triangle that is asked for is read, and of a complex diagonal the real part; that A is Hermitian is not
  /// checked. NaNs give NaNs.
  ///
  /// - Parameter temporaryFolder: where a single matrix that is larger than the budget goes, as for `solve`.
  /// - Throws: `.unsolvable` "Matrix is not positive definite".
  /// - Complexity: n³ / 3 operations; memory for the matrices, or what the budget has of a single one.
  public static func cholesky(
    _ a: NDArray, upper: Bool = false, options: TransferOptions = .init(), temporaryFolder: String? = nil
  ) throws -> NDArray {
    try cholesky(a, upper: upper, options: options, temporaryFolder: temporaryFolder, sizes: nil)
  }

  package static func cholesky(
    _ a: NDArray, upper: Bool = false, options: TransferOptions = .init(), temporaryFolder: String? = nil,
    sizes: TileSizes?
  ) throws -> NDArray {
    let types = try LinalgTypes(a)
    let tiled = TiledOptions(transfer: options, folder: temporaryFolder, sizes: sizes)
    return try types.isComplex
      ? cholesky(a, upper, types, tiled, Complex<Double>.self)
      : cholesky(a, upper, types, tiled, Double.self)
  }

  private static func cholesky<T: LAPACKScalar>(
    _ a: NDArray, _ upper: Bool, _ types: LinalgTypes, _ tiled: TiledOptions, _: T.Type
  ) throws -> NDArray {
    let shape = try StackShape(square: a)
    if let sizes = tiled.sizes(for: a) {
      // Uᴴ is the lower factor of the matrix whose lower triangle is the upper one's adjoint.
      func adjoint(_ x: NDArray) throws -> NDArray {
        try T.isComplex ? conjugate(x.transposed()) : x.transposed()
      }
      let matrix = try a.onlyMatrix()
      let lower = try choleskyTiled(upper ? adjoint(matrix) : matrix, types, tiled, sizes, T.self)
      return try (upper ? adjoint(lower) : lower).stacked(axes: shape.lead.count)
    }
    let options = tiled.transfer
    let n = shape.rows
    let matrices = try DenseMatrix<T>.load(
      a, held: types.conversionBytes([shape.elements(n, n)]), options: options)
    try MatrixWork.forEach(matrices.count, options) { index in
      let matrix = matrices.pointer(index)
      guard try T.potrf(upper: upper, n, matrix, n) == 0 else {
        throw MatrixWork.unsolvable("Matrix is not positive definite")
      }
      T.clearTriangle(upper: !upper, n, n, matrix, n)
    }
    return try matrices.array(shape.lead, as: types.result)
  }
}

extension LAPACKScalar {
  /// Zeros above the diagonal of an m x n matrix, or below it.
  package static func clearTriangle(
    upper: Bool, _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int
  ) {
    for column in 0..<n {
      let rows = upper ? 0..<min(column, m) : min(column + 1, m)..<m
      (a + column * lda + rows.lowerBound).update(repeating: .zeroValue, count: rows.count)
    }
  }

  /// The identity, or its first columns and rows.
  package static func setIdentity(_ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int) {
    for column in 0..<n {
      (a + column * lda).update(repeating: .zeroValue, count: m)
      if column < m { a[column * lda + column] = .oneValue }
    }
  }
}
