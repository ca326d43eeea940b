import TesseraCore
public import TesseraEngine
public import TesseraStorage

extension PCA {
  /// Finds the components of a matrix whose columns are features, and rows samples.
  ///
  /// - Parameter count: how many; 1 to the lesser length of x.
  /// - Throws: `.usage` unless x has two axes and is real, and for another count; `.unsolvable` for NaN and infinities,
  ///   for numbers whose sums or deviations are beyond the range of their dtype (of float64 some 1e304), and by
  ///   `covariance` also when eigenvalues do not converge; `.memory` before anything is read.
  /// - Complexity: one pass with features x features sums of products for each thread, when the covariance matrix does,
  ///   two for float32 data that needs products in float64; a few more passes otherwise.
  public static func fit(
    _ x: NDArray, count: Int, solver: Solver = .automatic, options: TransferOptions = .init()
  ) throws -> PCA {
    try PCAFit(x, count: count, solver, options).run(options)
  }

  /// Of the attributes: float16 could not hold the variances of its own numbers.
  static func dtype(of x: NDArray) -> DType {
    let dtype = x.dtype.meanDType
    return dtype == .float16 || dtype == .bfloat16 ? .float32 : dtype
  }
}

/// A fit before it is computed.
struct PCAFit {
  private let x: NDArray
  private let count: Int
  private let solver: PCA.Solver
  private let attempts: [Attempt]

  private static let mostCovarianceColumns = 4096

  init(_ x: NDArray, count: Int, _ solver: PCA.Solver, _ options: TransferOptions) throws {
    try OpenBLAS.require()
    guard x.ndim == 2, x.dtype.kind != .complex else {
      throw TesseraError(
        .usage, "pca", expected: "a real array of 2 dimensions", got: "shape \(x.shape) of \(x.dtype)")
    }
    let most = min(x.shape[0], x.shape[1])
    guard most > 0, (1...most).contains(count) else {
      throw TesseraError(
        .usage, "number of components of shape \(x.shape)",
        expected: most > 0 ? "1 to \(most)" : "a matrix that is not empty", got: "\(count)")
    }
    self.x = x
    self.count = count
    let usesCovariance =
      switch solver {
      case .automatic: x.shape[1] <= PCAFit.mostCovarianceColumns && x.shape[1] <= 4 * x.shape[0]
      case .covariance: true
      case .singularValues: false
      }
    self.solver = solver
    attempts = usesCovariance ? try Attempt.all(x, stopsAtFirst: solver == .covariance) : []
  }

  /// A covariance matrix, and what it is good for.
  private struct Attempt {
    let source: GramSource
    let isWide: Bool

    /// Variances below this part of the greatest are lost in the rounding of sums of products: the next digits would be
    /// wrong in the fourth place, or for float64 in the fifth.
    private var leastRatio: Double { isWide ? 1e-10 : 1e-3 }
    /// A mean variance of the other directions that is less than this part of the greatest is lost in the rounding of
    /// products in float32, from the total of which it is what is left.
    private static let leastNarrowRest = 1e-4
    /// The least mean square of which float64 has all digits that count: smaller products leave its range.
    static let leastSquare = 1e-280
    /// Up to here products take no longer in float64.
    private static let fewColumns = 32

    /// Products in float32 of data that has no more digits, in half the time, then in float64.
    static func all(_ x: NDArray, stopsAtFirst: Bool) throws -> [Attempt] {
      let wide = Attempt(source: try GramSource(x, isCentred: true, isWide: true), isWide: true)
      if x.dtype.meanDType == .float64 || x.shape[1] <= fewColumns { return [wide] }
      let narrow = Attempt(source: try GramSource(x, isCentred: true, isWide: false), isWide: false)
      return stopsAtFirst ? [narrow] : [narrow, wide]
    }

    /// - Parameter others: how many directions there are beside those that are wanted.
    func suffices(_ leading: LeadingComponents, rows: Int, others: Int) -> Bool {
      guard Attempt.areInRange(leading, rows: rows), let least = leading.squares.last else { return false }
      let greatest = leading.squares[0]
      let rest = leading.total - leading.squares.reduce(0, +)
      return least >= leastRatio * greatest
        && (isWide || others == 0 || rest >= Double(others) * Attempt.leastNarrowRest * greatest)
    }

    /// Whether squares are within the range of float64.
    static func areInRange(_ leading: LeadingComponents, rows: Int) -> Bool {
      leading.squares[0] >= Double(rows) * leastSquare
    }

    func pass(_ options: TransferOptions) throws -> [Explanation.Pass] {
      try explain([source.products, source.means, source.isConstant], options: options).passes
    }
  }

  /// The passes that are certain; a covariance matrix that is not exact enough takes more.
  func plan(_ options: TransferOptions) throws -> [Explanation.Pass] { try options.planning(passes) }

  private func passes(_ options: TransferOptions) throws -> [Explanation.Pass] {
    if let certain = try covariancePasses(options).first { return certain }
    let means = try explain(try columnStatistics, options: options).passes
    return try means
      + Linalg.explainLeadingSVD(
        centred(NDArray.zeros([x.shape[1]])), count: count, solver: svdSolver, options: options
      ).passes
  }

  func run(_ options: TransferOptions) throws -> PCA {
    // Nothing is read where memory would not do for all of them.
    _ = try plan(options)
    let inner = covarianceOptions(options)
    var known: NDArray?
    for attempt in attempts {
      let source = attempt.source
      let (products, means, isConstant) = try evaluate(
        source.products, source.means, source.isConstant, options: inner)
      if try isConstant.item(as: Bool.self) { return try constant(means) }
      known = means
      guard let leading = try leadingComponents(products, inner) else { continue }
      if suffices(leading, attempt) {
        return try pca(
          means, leading.components(), values: leading.squares.map { $0.squareRoot() },
          squares: leading.squares, total: leading.total)
      }
    }
    if let known { try checkRange(known) }
    return try bySingularValues(known, options)
  }

  /// - Returns: nil for products that leave the range, and where something else is left to try if nothing converges.
  private func leadingComponents(_ products: NDArray, _ options: TransferOptions) throws -> LeadingComponents?
  {
    do {
      return try LeadingComponents(products, count: count, options: options)
    } catch let error as TesseraError where error.kind == .unsolvable && solver != .covariance {
      return nil
    }
  }

  private func suffices(_ leading: LeadingComponents, _ attempt: Attempt) -> Bool {
    let rows = x.shape[0]
    return solver == .covariance
      ? Attempt.areInRange(leading, rows: rows)
      : attempt.suffices(leading, rows: rows, others: others)
  }

  /// Columns without any variance: one direction is as good as another.
  private func constant(_ means: NDArray) throws -> PCA {
    let none = [Double](repeating: 0, count: count)
    return try pca(means, NDArray.eye(count, x.shape[1]), values: none, squares: none, total: 0)
  }

  /// Why there is no covariance matrix in the end: because of numbers that are not finite, or, where nothing else may be
  /// tried, because the squares of finite ones leave the range.
  private func checkRange(_ means: NDArray) throws {
    try requireFinite(means)
    guard solver != .covariance else {
      throw TesseraError(
        .unsolvable, "no components by covariance: squares leave the range of float64",
        expected: "the solver automatic or singularValues, or scaled columns")
    }
  }

  /// Means come from sums, and from deviations in the dtype that is multiplied.
  private func requireFinite(_ means: NDArray) throws {
    guard try means.elements(as: Double.self).allSatisfy(\.isFinite) else {
      throw TesseraError(
        .unsolvable,
        "no components: NaN or infinity in the input, or sums or deviations beyond the range of \(x.dtype)")
    }
  }

  /// Directions beside those that are wanted.
  private var others: Int { min(x.shape[0], x.shape[1]) - count }

  private func covariancePasses(_ options: TransferOptions) throws -> [[Explanation.Pass]] {
    let inner = covarianceOptions(options)
    return try attempts.map { try $0.pass(inner) }
  }

  /// Products and means are in memory, and a copy of the products that is decomposed.
  private func covarianceOptions(_ options: TransferOptions) -> TransferOptions {
    let columns = x.shape[1]
    var options = options
    options.heldBytes = options.heldBytes.saturatingAdd(
      LeadingComponents.bytes(columns: columns, count: count))
    return options
  }

  private var svdSolver: SVDSolver { if case .singularValues(let own) = solver { own } else { .automatic } }

  private func centred(_ means: NDArray) throws -> NDArray { try x.astype(.float64) - means }

  /// What one pass tells of the columns: means, the sum of all squares, and whether they are constant.
  private var columnStatistics: [NDArray] {
    get throws {
      let wide = x.astype(.float64)
      return try [wide.mean(axis: 0), wide.var(axis: 0), wide.min(axis: 0), wide.max(axis: 0)]
    }
  }

  private func bySingularValues(_ known: NDArray?, _ options: TransferOptions) throws -> PCA {
    let wide = x.astype(.float64)
    let statistics = try evaluate(columnStatistics, options: options)
    let (means, variances) = (known ?? statistics[0], statistics[1])
    try requireFinite(means)
    let (least, greatest) = (statistics[2], statistics[3])
    if try least.elements(as: Double.self) == greatest.elements(as: Double.self) {
      return try constant(means)
    }
    let solver = x.shape[0] < x.shape[1] || known == nil ? svdSolver : .exact
    let svd = try Linalg.leadingSVD(centred(means), count: count, solver: solver, options: options)
    let values = try svd.s.elements(as: Double.self)
    var total = try sum(variances)
    var unit = 1.0
    if let greatest = values.first, greatest > 0, greatest.isFinite, !isInRange(total) {
      // Squares in the unit of the greatest stay within the range, at the cost of a pass.
      unit = greatest
      total = try sum((wide / unit).var(axis: 0).evaluated(options: options))
    }
    return try pca(
      means, svd.vh, values: values, squares: values.map { ($0 / unit) * ($0 / unit) }, total: total,
      unit: unit)
  }

  /// The sum of squares of which these are the columns' means.
  private func sum(_ variances: NDArray) throws -> Double {
    try variances.elements(as: Double.self).reduce(0, +) * Double(x.shape[0])
  }

  private func isInRange(_ total: Double) -> Bool {
    total.isFinite && total >= Double(x.shape[0]) * Attempt.leastSquare
  }

  /// - Parameters:
  ///   - values: the singular values.
  ///   - squares: of these, in the square of `unit`.
  ///   - total: the sum of all of them, likewise.
  private func pca(
    _ means: NDArray, _ components: NDArray, values: [Double], squares: [Double], total: Double,
    unit: Double = 1
  ) throws -> PCA {
    let degrees = Double(x.shape[0] - 1)
    let dtype = PCA.dtype(of: x)
    func array(_ values: [Double]) throws -> NDArray { try NDArray(values).astype(dtype).evaluated() }
    let left = max(0, total - squares.reduce(0, +))
    return try PCA(
      mean: means.astype(dtype).evaluated(), components: components.astype(dtype).evaluated(),
      singularValues: array(values),
      explainedVariance: array(squares.map { $0 / degrees * unit * unit }),
      explainedVarianceRatio: array(squares.map { $0 / total }),
      noiseVariance: others > 0 ? left / degrees / Double(others) * unit * unit : 0, sampleCount: x.shape[0])
  }
}
