/// How the leading singular values and vectors of a large matrix are found.
public enum SVDSolver: Sendable, Hashable {
  /// `exact` for matrices with up to 1024 columns (or rows), and where a quarter of all values or more are wanted; otherwise
  /// `randomized` with its defaults.
  case automatic
  /// The triangular factor by TSQR, and its singular values: one pass, with errors of rounding relative to the greatest.
  case exact
  /// Subspace iteration from random vectors (Halko, Martinsson, Tropp 2011, https://doi.org/10.1137/090771806): one pass for
  /// each iteration, and one for the values. Errors shrink with each, the faster the more the values that are wanted
  /// exceed those beyond the oversampling.
  case randomized(
    oversampling: Int = SVDSolver.oversampling, iterations: Int = SVDSolver.iterations, seed: UInt128 = 0)

  /// Vectors beyond those that are wanted.
  public static let oversampling = 10
  /// As scikit-learn's for few components.
  public static let iterations = 7
}
