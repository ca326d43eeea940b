package import TesseraCore
package import TesseraEngine
package import TesseraStorage

extension LeastSquares {
  /// The fit to stored samples and targets, written to an archive as coefficients, intercept, residuals and rank.
  ///
  /// - Parameter dtype: of what is written but the rank; the data's own when nil.
  package static func fitting(
    _ x: NDArray, _ y: NDArray, ridge: Double, to archive: String, dtype: DType? = nil,
    options: TransferOptions
  ) throws -> Fitting {
    let fit = try LeastSquaresFit(x, y, ridge: ridge, intercept: true, options)
    let results = { @Sendable (model: LeastSquares) -> Fitting.Results in
      func converted(_ array: NDArray) -> NDArray { dtype.map { array.astype($0) } ?? array }
      return Fitting.Results(
        members: [
          ("coefficients", converted(model.coefficients)), ("intercept", converted(model.intercept)),
          ("residuals", converted(model.residuals)), ("rank", NDArray(Int64(model.rank))),
        ])
    }
    return try Fitting(
      of: [x, y], to: archive, computing: fit.plan, planned: results(placeholder(x, y)), options: options
    ) { options in try results(fit.run(options)) }
  }

  /// Stands for a fit that is yet to be made.
  private static func placeholder(_ x: NDArray, _ y: NDArray) throws -> LeastSquares {
    let targets = y.ndim == 1 || y.shape[1] == 1 ? [] : [y.shape[1]]
    let values = try NDArray.zeros(targets)
    return LeastSquares(
      coefficients: try .zeros([x.shape[1]] + targets), intercept: values, residuals: values, rank: 0,
      singularValues: values)
  }
}
