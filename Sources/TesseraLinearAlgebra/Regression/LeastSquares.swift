import TesseraCore
public import TesseraEngine
public import TesseraStorage

/// A linear model of targets: y ≈ x @ coefficients + intercept, by least squares or ridge regression.
///
/// scikit-learn's `LinearRegression` and `Ridge`, with the intercept unpenalised. Found from the triangular factor of the
/// samples beside their targets, by orthogonal transformations alone: sums of products, which square the condition, are
/// never made. Where columns are dependent the coefficients are those of the least norm.
///
/// Results are in memory, of the dtype of x and y together (float64 of integers, float32 of shorter floats), and computed in
/// float64. For one target they have no axis of targets.
public struct LeastSquares: Sendable {
  /// Of shape (features,), or (features, targets).
  public let coefficients: NDArray
  /// Of shape (), or (targets,); zeros when none was fitted.
  public let intercept: NDArray
  /// The sums of the squared distances of targets and model, of shape (), or (targets,).
  public let residuals: NDArray
  /// How many columns of x are independent, beside a constant one when an intercept is fitted.
  public let rank: Int
  /// Of x, or of x less its means; float64, descending.
  public let singularValues: NDArray

  /// Fits a model.
  ///
  /// - Parameters:
  ///   - x: samples as rows, features as columns.
  ///   - y: one target, of shape (samples,) or (samples, 1), or several as columns.
  ///   - ridge: what is multiplied with the coefficients' squares and added to those of the distances.
  ///   - intercept: whether the model may have a constant term.
  /// - Throws: `.usage` for shapes that do not match, naming both, complex dtypes and a negative `ridge`; `.unsolvable` for
  ///   NaN and infinities; `.memory` before anything is read.
  /// - Complexity: one pass over x and y; memory for a square of features and targets per thread, and some of them for
  ///   LAPACK.
  public static func fit(
    _ x: NDArray, _ y: NDArray, ridge: Double = 0, intercept: Bool = true, options: TransferOptions = .init()
  ) throws -> LeastSquares {
    try LeastSquaresFit(x, y, ridge: ridge, intercept: intercept, options).run(options)
  }

  /// The targets that the model gives for samples; computed when its elements are needed.
  ///
  /// - Throws: `.usage` for another number of features, and complex dtypes.
  /// - Complexity: one pass over x.
  public func predict(_ x: NDArray) throws -> NDArray {
    guard x.ndim == 2, x.shape[1] == coefficients.shape[0], x.dtype.kind != .complex else {
      throw TesseraError(
        .usage, "samples of a linear model",
        expected: "a real array of shape (n, \(coefficients.shape[0]))", got: "shape \(x.shape) of \(x.dtype)"
      )
    }
    let columns = coefficients.ndim == 1 ? try coefficients.expandDims(axis: 1) : coefficients
    let targets = try matmul(x.astype(.float64), columns.astype(.float64))
    let wide = try (coefficients.ndim == 1 ? targets.squeeze(axis: 1) : targets) + intercept.astype(.float64)
    return wide.astype(DType.promoted(x.dtype.meanDType, coefficients.dtype))
  }
}
