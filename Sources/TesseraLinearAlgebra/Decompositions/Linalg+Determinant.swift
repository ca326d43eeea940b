import TesseraCore
public import TesseraEngine
public import TesseraStorage

extension Linalg {
  /// The determinants of square matrices; 1 for those of no elements.
  ///
  /// The product of the pivots of an LU factorization, without overflow on the way to a result that has none.
  ///
  /// - Parameter temporaryFolder: where a matrix that is larger than the budget goes, as for `solve`.
  /// - Complexity: 2 n³ / 3 operations; memory for the matrices, or what the budget has of a single one.
  public static func det(
    _ a: NDArray, options: TransferOptions = .init(), temporaryFolder: String? = nil
  ) throws -> NDArray {
    try det(a, options: options, temporaryFolder: temporaryFolder, sizes: nil)
  }

  package static func det(
    _ a: NDArray, options: TransferOptions = .init(), temporaryFolder: String? = nil, sizes: TileSizes?
  ) throws -> NDArray {
    let types = try LinalgTypes(a)
    let tiled = TiledOptions(transfer: options, folder: temporaryFolder, sizes: sizes)
    func compute<T: LAPACKScalar>(_: T.Type) throws -> NDArray {
      let products: [ScaledProduct<T>] = try determinants(a, tiled)
      return try column(products.map(\.value), a, types.result)
    }
    return try types.isComplex ? compute(Complex<Double>.self) : compute(Double.self)
  }

  /// The signs of determinants (numbers of magnitude 1 of complex matrices, or 0) and the logarithms of their
  /// magnitudes (-inf for 0), where the determinants themselves might overflow. Both are NaN of a determinant that is.
  ///
  /// - Complexity: as `det`.
  public static func slogdet(
    _ a: NDArray, options: TransferOptions = .init(), temporaryFolder: String? = nil
  ) throws -> (sign: NDArray, logabsdet: NDArray) {
    try slogdet(a, options: options, temporaryFolder: temporaryFolder, sizes: nil)
  }

  package static func slogdet(
    _ a: NDArray, options: TransferOptions = .init(), temporaryFolder: String? = nil, sizes: TileSizes?
  ) throws -> (sign: NDArray, logabsdet: NDArray) {
    let types = try LinalgTypes(a)
    let tiled = TiledOptions(transfer: options, folder: temporaryFolder, sizes: sizes)
    func compute<T: LAPACKScalar>(_: T.Type) throws -> (sign: NDArray, logabsdet: NDArray) {
      let products: [ScaledProduct<T>] = try determinants(a, tiled)
      let fractions = try column(products.map { Double($0.fraction.modulus) }, a, .float64)
      let exponents = try column(products.map { Double($0.exponent) }, a, .float64)
      let logarithms = try log(fractions) + exponents * ScaledProduct<T>.logarithmOfTwo
      return (
        try column(products.map(\.sign), a, types.result),
        try logarithms.astype(types.real).evaluated(options: options)
      )
    }
    return try types.isComplex ? compute(Complex<Double>.self) : compute(Double.self)
  }

  private static func column<T: LAPACKScalar>(
    _ values: [T], _ a: NDArray, _ dtype: DType
  ) throws -> NDArray {
    try NDArray(values, shape: Array(a.shape.dimensions.dropLast(2))).astype(dtype).evaluated()
  }

  private static func determinants<T: LAPACKScalar>(
    _ a: NDArray, _ tiled: TiledOptions
  ) throws -> [ScaledProduct<T>] {
    let shape = try StackShape(square: a)
    if let sizes = tiled.sizes(for: a) { return [try determinantTiled(a, tiled, sizes, T.self)] }
    let options = tiled.transfer
    let n = shape.rows
    let matrices = try DenseMatrix<T>.load(
      a, held: shape.elements(2 * MemoryLayout<ScaledProduct<T>>.stride), options: options)
    var products = [ScaledProduct<T>](repeating: .init(), count: shape.count)
    try products.withUnsafeMutableBufferPointer { products in
      nonisolated(unsafe) let products = products
      try MatrixWork.forEach(shape.count, options) { index in
        let matrix = matrices.pointer(index)
        var pivots = [Int32](repeating: 0, count: n)
        let info = try T.getrf(n, n, matrix, n, pivots: &pivots)
        let diagonal = (0..<n).map { matrix[$0 * (n + 1)] }
        // As in NumPy, a pivot that is zero decides, whatever else there is.
        products[index] = info == 0 ? ScaledProduct(diagonal: diagonal, pivots: pivots) : .zero
      }
    }
    return products
  }
}
