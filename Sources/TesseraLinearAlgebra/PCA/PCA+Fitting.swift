import TesseraCore
public import TesseraEngine
public import TesseraStorage

extension PCA {
  /// Finds the components of a matrix whose columns are features, and rows samples.
  ///
  /// - Parameter count: how many; 1 to the lesser length of x.
  /// - Throws: `.usage` unless x has two axes and is real, and for another count; `.unsolvable` for NaN and infinities;
  ///   `.memory` before anything is read.
  /// - Complexity: one pass with features x features sums of products for each thread, when the covariance matrix does,
  ///   two for float32 data that needs products in float64; a few more passes otherwise.
  public static func fit(
    _ x: NDArray, count: Int, solver: Solver = .automatic, options: TransferOptions = .init()
  ) throws -> PCA {
    try PCAFit(x, count: count, solver, options).run(options)
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
    /// The least mean square of which float32 has all digits that count: smaller products leave its range.
    private static let leastNarrowSquare = 1e-30
    /// Up to here products take no longer in float64.
    private static let fewColumns = 32

    /// Products in float32 of data that has no more digits, in half the time, then in float64.
    static func all(_ x: NDArray, stopsAtFirst: Bool) throws -> [Attempt] {
      let wide = Attempt(source: try GramSource(x, isCentred: true, isWide: true), isWide: true)
      if x.dtype.meanDType == .float64 || x.shape[1] <= fewColumns { return [wide] }
      let narrow = Attempt(source: try GramSource(x, isCentred: true, isWide: false), isWide: false)
      return stopsAtFirst ? [narrow] : [narrow, wide]
    }

    func suffices(_ leading: LeadingComponents, rows: Int) -> Bool {
      guard let least = leading.squares.last else { return false }
      if isWide { return leading.squares[0] <= 0 || least >= leastRatio * leading.squares[0] }
      return least >= leastRatio * leading.squares[0] && least >= Double(rows) * Attempt.leastNarrowSquare
    }

    func pass(_ options: TransferOptions) throws -> [Explanation.Pass] {
      try explain([source.products, source.means], options: options).passes
    }
  }

  /// The passes that are certain; a covariance matrix that is not exact enough takes more.
  func plan(_ options: TransferOptions) throws -> [Explanation.Pass] {
    if let certain = try covariancePasses(options).first { return certain }
    let means = try explain(x.astype(.float64).mean(axis: 0), options: options).passes
    return try means
      + Linalg.explainLeadingSVD(
        centred(NDArray.zeros([x.shape[1]])), count: count, solver: svdSolver, options: options
      ).passes
  }

  func run(_ options: TransferOptions) throws -> PCA {
    // Nothing is read where memory would not do for all of them.
    _ = try covariancePasses(options)
    let inner = covarianceOptions(options)
    var known: NDArray?
    for attempt in attempts {
      let (products, means) = try evaluate(attempt.source.products, attempt.source.means, options: inner)
      known = means
      let isLast = attempt.isWide || attempts.count == 1
      guard let leading = try LeadingComponents(products, count: count, mayOverflow: !isLast, options: inner)
      else { continue }
      if solver != .automatic || attempt.suffices(leading, rows: x.shape[0]) {
        return try pca(means, leading.components(), squares: leading.squares, total: leading.total)
      }
    }
    return try bySingularValues(known, options)
  }

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

  private func bySingularValues(_ known: NDArray?, _ options: TransferOptions) throws -> PCA {
    let wide = x.astype(.float64)
    // The sum of all squares shares the pass of the means.
    let (means, variances) = try evaluate(known ?? wide.mean(axis: 0), wide.var(axis: 0), options: options)
    let solver = x.shape[0] < x.shape[1] || known == nil ? svdSolver : .exact
    let svd = try Linalg.leadingSVD(centred(means), count: count, solver: solver, options: options)
    let values = try svd.s.elements(as: Double.self)
    let total = try variances.elements(as: Double.self).reduce(0, +) * Double(x.shape[0])
    return try pca(means, svd.vh, squares: values.map { $0 * $0 }, total: total)
  }

  /// - Parameters:
  ///   - squares: of the singular values.
  ///   - total: the sum of all of them.
  private func pca(_ means: NDArray, _ components: NDArray, squares: [Double], total: Double) throws -> PCA {
    let degrees = Double(x.shape[0] - 1)
    let dtype = x.dtype.meanDType
    func array(_ values: [Double]) throws -> NDArray { try NDArray(values).astype(dtype).evaluated() }
    let others = min(x.shape[0], x.shape[1]) - count
    let left = max(0, total - squares.reduce(0, +))
    return try PCA(
      mean: means.astype(dtype).evaluated(), components: components.astype(dtype).evaluated(),
      singularValues: array(squares.map { $0.squareRoot() }),
      explainedVariance: array(squares.map { $0 / degrees }),
      explainedVarianceRatio: array(squares.map { $0 / total }),
      noiseVariance: others > 0 ? left / degrees / Double(others) : 0, sampleCount: x.shape[0])
  }
}
