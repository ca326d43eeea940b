import TesseraCore
import TesseraEngine
import TesseraStorage

/// A fit before it is computed.
///
/// R of [1, x - x₀, y - y₀] has all that is needed: its first row the means, the next ones the factor of the centred
/// samples beside what their basis sees of the targets, and the last ones what it does not see. The first sample x₀, y₀ is
/// subtracted so that digits that all samples share are gone before anything is rounded.
struct LeastSquaresFit {
  private let factor: NDArray
  private let first: (x: NDArray, y: NDArray)?
  private let rows: Int
  private let features: Int
  private let targets: Int
  private let ridge: Double
  private let dtype: DType

  init(
    _ x: NDArray, _ y: NDArray, ridge: Double, intercept: Bool, _ options: TransferOptions
  ) throws {
    try OpenBLAS.require()
    try LeastSquaresFit.check(x, y, ridge)
    let wide = x.astype(.float64)
    let columns = try y.ndim == 1 ? y.astype(.float64).expandDims(axis: 1) : y.astype(.float64)
    (rows, features, targets) = (x.shape[0], x.shape[1], columns.shape[1])
    self.ridge = ridge
    // As of principal components: float16 could not hold the squares of its own numbers.
    dtype = DType.promoted(PCA.dtype(of: x), PCA.dtype(of: y))
    guard intercept else {
      first = nil
      factor = try TallQR<Double>(concatenate([wide, columns], axis: 1)).factor
      return
    }
    let start = (x: try wide[0..<1], y: try columns[0..<1])
    first = start
    factor = try TallQR<Double>(
      concatenate([NDArray.ones([rows, 1]), wide - start.x, columns - start.y], axis: 1)
    ).factor
  }

  private static func check(_ x: NDArray, _ y: NDArray, _ ridge: Double) throws {
    guard x.ndim == 2, (1...2).contains(y.ndim), x.shape[0] == y.shape[0] else {
      throw TesseraError(
        .usage, "shapes of samples and targets", expected: "(n, features) and (n,) or (n, targets)",
        got: "\(x.shape) and \(y.shape)")
    }
    guard x.dtype.kind != .complex, y.dtype.kind != .complex else {
      throw TesseraError(
        .usage, "dtypes of samples and targets", expected: "real ones", got: "\(x.dtype) and \(y.dtype)")
    }
    guard x.shape[0] > 0, x.shape[1] > 0, y.size > 0 else {
      throw TesseraError(
        .usage, "samples and targets", expected: "one or more of each", got: "\(x.shape) and \(y.shape)")
    }
    guard ridge >= 0, ridge.isFinite else {
      throw TesseraError(.usage, "ridge", expected: "a number of 0 or more", got: "\(ridge)")
    }
  }

  /// The triangle, and the decomposition of its part.
  private func inner(_ options: TransferOptions) -> TransferOptions {
    var options = options
    let width = features + targets + 1
    options.heldBytes = options.heldBytes
      .saturatingAdd(DenseMatrix<Double>.bytes(rows: width, columns: width))
      .saturatingAdd(DenseMatrix<Double>.bytes(rows: features, columns: features).saturatingMultiply(3))
      .saturatingAdd(Double.gesddBytes(.reduced, features, features))
    return options
  }

  func plan(_ options: TransferOptions) throws -> [Explanation.Pass] {
    try DenseMatrix<Double>.reading(factor, isCounted: true, options: inner(options)).passes
  }

  func run(_ options: TransferOptions) throws -> LeastSquares {
    let r = try DenseMatrix<Double>.load(factor, isCounted: true, options: inner(options))
    let means = try means(r, options)
    let offset = first == nil ? 0 : 1
    let triangle = try DenseMatrix<Double>(rows: features, columns: features)
    let seen = try DenseMatrix<Double>(rows: features, columns: targets)
    for row in 0..<features {
      for column in 0..<features { triangle[row, column] = r[offset + row, offset + column] }
      for target in 0..<targets { seen[row, target] = r[offset + row, offset + features + target] }
    }
    guard Double.areFinite(r.rows, r.columns, r.pointer(), r.rows) else {
      throw MatrixWork.notFinite("no fit")
    }
    let solution = try RidgeSolution(triangle, seen, ridge: ridge, tolerance: tolerance)
    let unseen = (0..<targets).map { target in
      (0...target).reduce(0) { sum, row in
        let value = r[offset + features + row, offset + features + target]
        return sum + value * value
      }
    }
    return try result(solution, unseen, means)
  }

  /// Singular values below this part of the greatest are taken for rounding: of the computation, and of float32 data.
  private var tolerance: Double {
    let computed = Double(max(rows, features)) * .ulpOfOne
    return dtype == .float64 ? computed : max(computed, 8 * Double(Float.ulpOfOne))
  }

  /// The means of samples and targets; nil without an intercept.
  private func means(
    _ r: DenseMatrix<Double>, _ options: TransferOptions
  ) throws -> (x: [Double], y: [Double])? {
    guard let first else { return nil }
    let (x, y) = try evaluate(first.x, first.y, options: options)
    func mean(_ first: [Double], at column: Int) -> [Double] {
      first.enumerated().map { $0.element + r[0, column + $0.offset] / r[0, 0] }
    }
    return (
      mean(try x.elements(as: Double.self), at: 1), mean(try y.elements(as: Double.self), at: 1 + features)
    )
  }

  private func result(
    _ solution: RidgeSolution, _ unseen: [Double], _ means: (x: [Double], y: [Double])?
  ) throws -> LeastSquares {
    let coefficients = solution.coefficients
    let constants = (0..<targets).map { target in
      guard let means else { return 0.0 }
      return (0..<features).reduce(means.y[target]) { $0 - means.x[$1] * coefficients[$1, target] }
    }
    func shaped(_ values: [Double]) throws -> NDArray {
      try NDArray(values, shape: targets == 1 ? [] : [targets]).astype(dtype).evaluated()
    }
    let matrix = try coefficients.array(as: dtype)
    return try LeastSquares(
      coefficients: (targets == 1 ? matrix.squeeze(axis: 1) : matrix).evaluated(),
      intercept: shaped(constants), residuals: shaped(zip(unseen, solution.residuals).map(+)),
      rank: solution.rank, singularValues: NDArray(solution.singularValues))
  }
}
