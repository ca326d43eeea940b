import TesseraCore
import TesseraEngine
import TesseraStorage

/// The leading singular values and right vectors of a tall matrix (columns are few), from passes over its rows.
struct TallSVD<Scalar: LAPACKScalar> {
  private let a: NDArray
  private let shape: TallSVDShape
  private let options: TransferOptions

  /// Descending.
  typealias Values = (s: [Double], v: DenseMatrix<Scalar>)

  /// - Parameters:
  ///   - a: at least as many rows as columns.
  ///   - options: with what is held in memory beside the passes, the matrices that are read among it.
  init(_ a: NDArray, _ shape: TallSVDShape, options: TransferOptions) {
    self.a = a
    self.shape = shape
    self.options = options
  }

  /// The passes, without running them.
  func plan() throws -> [Explanation.Pass] {
    guard let basis = shape.basis else { return try plan(TallQR<Scalar>(a).factor) }
    _ = try plan(randomNumbers())
    // Plans depend on lengths alone.
    let empty = try DenseMatrix<Scalar>(rows: shape.columns, columns: basis)
    let steps = try (0..<shape.iterations).flatMap { _ in try plan(NormalProduct(a, empty).product) }
    return try steps + plan(TallQR(a, projection: empty).factor)
  }

  private func plan(_ array: NDArray) throws -> [Explanation.Pass] {
    try DenseMatrix<Scalar>.reading(array, isCounted: true, options: options).passes
  }

  private func load(_ array: NDArray) throws -> DenseMatrix<Scalar> {
    try DenseMatrix<Scalar>.load(array, isCounted: true, options: options)
  }

  /// All values that were asked for, and as columns of a matrix their right vectors.
  ///
  /// - Throws: `.unsolvable` for elements that are not finite, and where nothing converges.
  func run() throws -> Values {
    guard shape.basis != nil else { return try decompose(TallQR<Scalar>(a).factor, basis: nil) }
    let basis = try subspace()
    return try decompose(TallQR(a, projection: basis).factor, basis: basis)
  }

  private func subspace() throws -> DenseMatrix<Scalar> {
    var basis = try load(randomNumbers()).orthonormalized()
    for _ in 0..<shape.iterations {
      basis = try load(NormalProduct(a, basis).product)
      try basis.orthonormalize()
    }
    return basis
  }

  /// What the basis is made of.
  private func randomNumbers() throws -> NDArray {
    let lengths = [shape.columns, shape.basis!]
    let real = try NDArray.normal(lengths, seed: shape.seed)
    guard Scalar.isComplex else { return real }
    let imaginary = try NDArray.normal(lengths, seed: shape.seed &+ 1)
    return try real.astype(.complex128) + imaginary.astype(.complex128) * Complex<Double>(0, 1)
  }

  /// Of A (Q) = Q' R the singular values are those of R, and the right vectors Q times R's.
  private func decompose(_ factor: NDArray, basis: DenseMatrix<Scalar>?) throws -> Values {
    let r = try load(factor)
    let (s, vh) = try r.singularValues()
    let v = try DenseMatrix<Scalar>(rows: shape.columns, columns: shape.count)
    for column in 0..<shape.count where basis == nil {
      for row in 0..<shape.columns { v[row, column] = vh[column, row].conjugate }
    }
    if let basis {
      try Scalar.gemm(
        basis.pointer(), basis.rows, .none, vh.pointer(), vh.rows, .adjoint, basis.rows, shape.count,
        basis.columns, v.pointer(), v.rows)
    }
    return (Array(s.prefix(shape.count)), v)
  }
}

extension DenseMatrix {
  /// The singular values, descending, and the right vectors Vᴴ of a square matrix, which is overwritten.
  ///
  /// - Throws: `.unsolvable` for elements that are not finite, and where nothing converges.
  func singularValues() throws -> (s: [Double], vh: DenseMatrix) {
    let all = try svd()
    return (all.s, all.vh)
  }

  /// The singular value decomposition of a square matrix, which is overwritten.
  ///
  /// - Throws: `.unsolvable` for elements that are not finite, and where nothing converges.
  func svd() throws -> (u: DenseMatrix, s: [Double], vh: DenseMatrix) {
    precondition(rows == columns, "a square matrix")
    guard Scalar.areFinite(rows, rows, pointer(), rows) else { throw MatrixWork.notFinite("no SVD") }
    let (u, vh) = (try DenseMatrix(rows: rows, columns: rows), try DenseMatrix(rows: rows, columns: rows))
    let s = try DenseMatrix<Scalar.Real>(rows: rows, columns: 1)
    let converged = try Scalar.gesdd(
      .reduced, rows, rows, pointer(), rows, s: s.pointer(), u: u.pointer(), rows, vt: vh.pointer(), rows)
    guard converged else { throw MatrixWork.unsolvable("SVD did not converge") }
    return (u, s.elements.map { Double($0) }, vh)
  }

  /// Replaces the columns by an orthonormal basis of the space they span, and of more where they are dependent.
  ///
  /// - Returns: the triangular factor's diagonal.
  @discardableResult
  func orthonormalize() throws -> [Scalar] {
    precondition(rows >= columns, "at least as many rows as columns")
    let tau = try DenseMatrix(rows: max(1, columns), columns: 1)
    try Scalar.geqrf(rows, columns, pointer(), rows, tau: tau.pointer())
    let diagonal = (0..<columns).map { self[$0, $0] }
    try Scalar.orgqr(rows, columns, columns, pointer(), rows, tau: tau.pointer())
    return diagonal
  }

  func orthonormalized() throws -> DenseMatrix {
    try orthonormalize()
    return self
  }
}
