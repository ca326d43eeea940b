import TesseraCore
public import TesseraEngine
public import TesseraStorage

extension Linalg {
  /// The X with A X = B, by LU factorization with partial pivoting.
  ///
  /// - Parameters:
  ///   - a: square matrices, `(…, M, M)`.
  ///   - b: exactly one vector `(M,)`, or matrices `(…, M, K)`; the leading axes of both broadcast.
  ///   - temporaryFolder: where a single matrix that is larger than the budget goes while it is worked on, and results that
  ///     are, for as long as they are in use; nil for `TMPDIR`, or `/tmp`.
  /// - Throws: `.unsolvable` "Singular matrix", when a pivot is exactly zero; `.system(ENOSPC)` without room for temporary
  ///   files.
  /// - Complexity: 2 M³ / 3 + 2 M² K operations; memory for both, or what the budget has of a single system.
  public static func solve(
    _ a: NDArray, _ b: NDArray, options: TransferOptions = .init(), temporaryFolder: String? = nil
  ) throws -> NDArray {
    try solve(a, b, options: options, temporaryFolder: temporaryFolder, sizes: nil)
  }

  package static func solve(
    _ a: NDArray, _ b: NDArray, options: TransferOptions = .init(), temporaryFolder: String? = nil,
    sizes: TileSizes?
  ) throws -> NDArray {
    let types = try LinalgTypes(a, b)
    let system = try LinearSystem(a, b)
    let tiled = TiledOptions(transfer: options, folder: temporaryFolder, sizes: sizes)
    return try types.isComplex
      ? solve(system, types, tiled, Complex<Double>.self) : solve(system, types, tiled, Double.self)
  }

  private static func solve<T: LAPACKScalar>(
    _ system: LinearSystem, _ types: LinalgTypes, _ tiled: TiledOptions, _: T.Type
  ) throws -> NDArray {
    if let sizes = tiled.sizes(for: system.a) { return try solveTiled(system, types, tiled, sizes, T.self) }
    let options = tiled.transfer
    let (n, k, count) = (system.size, system.columns, system.lead.reduce(1, *))
    let bytes = (
      a: DenseMatrix<T>.bytes(rows: n, columns: n, count: count),
      b: DenseMatrix<T>.bytes(rows: n, columns: k, count: count)
    )
    let held = bytes.a.saturatingAdd(bytes.b).saturatingAdd(
      types.conversionBytes([[n, k, count].saturatingProduct()]))
    let sources = (
      a: try MatrixSource(system.a, as: T.dtype, held: held, options: options),
      b: try MatrixSource(system.b, as: T.dtype, held: held, options: options)
    )
    let matrices = try DenseMatrix<T>(rows: n, columns: n, count: count)
    let results = try DenseMatrix<T>(rows: n, columns: k, count: count)
    try sources.a.read(into: matrices.elements.baseAddress!)
    try sources.b.read(into: results.elements.baseAddress!)
    try MatrixWork.forEach(count, options) { index in
      let pivots = try factor(matrices, index)
      try T.getrs(n, k, matrices.pointer(index), n, pivots: pivots, results.pointer(index), n)
    }
    return try system.isVector
      ? results.vectors(system.lead, as: types.result) : results.array(system.lead, as: types.result)
  }

  private static func factor<T: LAPACKScalar>(_ matrices: DenseMatrix<T>, _ index: Int) throws -> [Int32] {
    let n = matrices.rows
    var pivots = [Int32](repeating: 0, count: n)
    guard try T.getrf(n, n, matrices.pointer(index), n, pivots: &pivots) == 0 else {
      throw MatrixWork.unsolvable("Singular matrix")
    }
    return pivots
  }

  /// The inverses of square matrices.
  ///
  /// - Throws: `.unsolvable` "Singular matrix", when a pivot is exactly zero.
  /// - Parameter temporaryFolder: as for `solve`.
  /// - Complexity: 2 n³ operations, 8 n³ / 3 for a single matrix of more than 1024 rows; memory for the matrices, or what
  ///   the budget has of a single one.
  public static func inv(
    _ a: NDArray, options: TransferOptions = .init(), temporaryFolder: String? = nil
  ) throws -> NDArray {
    try inv(a, options: options, temporaryFolder: temporaryFolder, sizes: nil)
  }

  package static func inv(
    _ a: NDArray, options: TransferOptions = .init(), temporaryFolder: String? = nil, sizes: TileSizes?
  ) throws -> NDArray {
    let types = try LinalgTypes(a)
    let tiled = TiledOptions(transfer: options, folder: temporaryFolder, sizes: sizes)
    return try types.isComplex
      ? inv(a, types, tiled, Complex<Double>.self) : inv(a, types, tiled, Double.self)
  }

  private static func inv<T: LAPACKScalar>(
    _ a: NDArray, _ types: LinalgTypes, _ tiled: TiledOptions, _: T.Type
  ) throws -> NDArray {
    _ = try StackShape(square: a)
    if let sizes = tiled.sizes(for: a) { return try invertTiled(a, types, tiled, sizes, T.self) }
    let matrices: DenseMatrix<T> = try inverses(a, types, tiled.transfer) { throw $0 }
    return try matrices.array(Array(a.shape.dimensions.dropLast(2)), as: types.result)
  }

  /// - Parameter singular: called with the error of a singular matrix; when it does not throw, the inverse is all NaN.
  static func inverses<T: LAPACKScalar>(
    _ a: NDArray, _ types: LinalgTypes, _ options: TransferOptions,
    singular: @Sendable (TesseraError) throws -> Void
  ) throws -> DenseMatrix<T> {
    let shape = try StackShape(square: a)
    let n = shape.rows
    let work = [n, 72, MatrixWork.threads(shape.count, options)].saturatingProduct(MemoryLayout<T>.stride)
    let matrices = try DenseMatrix<T>.load(
      a, held: work.saturatingAdd(types.conversionBytes([shape.elements(n, n)])), options: options)
    try MatrixWork.forEach(shape.count, options) { index in
      do {
        let pivots = try factor(matrices, index)
        guard try T.getri(n, matrices.pointer(index), n, pivots: pivots) == 0 else {
          throw MatrixWork.unsolvable("Singular matrix")
        }
      } catch let error as TesseraError where error.kind == .unsolvable {
        try singular(error)
        matrices.pointer(index).update(repeating: T(real: .nan, imaginary: .nan), count: n * n)
      }
    }
    return matrices
  }
}

/// The operands of `solve`, checked and broadcast.
struct LinearSystem {
  let a: NDArray
  /// Of matrices; those of one column for a vector.
  let b: NDArray
  let lead: [Int]
  let size: Int
  let columns: Int
  let isVector: Bool

  /// - Throws: `.usage` for shapes that do not fit one another.
  init(_ a: NDArray, _ b: NDArray) throws {
    let shape = try StackShape(square: a)
    isVector = b.ndim == 1
    guard b.ndim > 0 else {
      throw TesseraError(
        .usage, "solve: Input operand 1 does not have enough dimensions",
        expected: "one vector (M,) or matrices (…, M, K)", got: "()")
    }
    let right = isVector ? try b.expandDims(axis: -1) : b
    let other = try StackShape(right)
    guard other.rows == shape.rows else {
      throw TesseraError(
        .usage, "solve: operands could not be matched: shapes \(a.shape) \(b.shape)",
        expected: "\(shape.rows) rows of the second", got: "\(other.rows)")
    }
    lead = try LinearSystem.lead(a, b, shape.lead, other.lead)
    size = shape.rows
    columns = other.columns
    self.a = try a.broadcast(to: lead + [size, size])
    self.b = try right.broadcast(to: lead + [size, columns])
  }

  private static func lead(
    _ a: NDArray, _ b: NDArray, _ first: [Int], _ second: [Int]
  ) throws -> [Int] {
    do {
      return try NDArray.broadcastShape(Shape(first), Shape(second)).dimensions
    } catch let error as TesseraError where error.kind == .usage {
      throw TesseraError(
        .usage, "solve: stacks of matrices could not be broadcast together with shapes \(a.shape) \(b.shape)")
    }
  }
}
