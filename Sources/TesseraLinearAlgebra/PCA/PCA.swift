import TesseraCore
public import TesseraEngine

/// Principal components of a matrix's rows: the directions in which they vary most; scikit-learn's `PCA`.
///
/// Attributes have scikit-learn's definitions, and are arrays in memory of the data's dtype (float64 of integers, float32 of
/// shorter floats):
///
/// | attribute | shape | is |
/// |---|---|---|
/// | `mean` | (features,) | of each column |
/// | `components` | (k, features) | orthonormal directions, the greatest variance first |
/// | `singularValues` | (k,) | of the centred matrix |
/// | `explainedVariance` | (k,) | the squares of these, divided by samples - 1 |
/// | `explainedVarianceRatio` | (k,) | its part of the variances of all columns |
///
/// In each component the element of the greatest magnitude is positive. Data of float32, or shorter, with more than 32 columns
/// is multiplied in float32 and added up in float64 where that leaves variances, and that of the noise, three digits or more;
/// `x.astype(.float64)` is multiplied in float64.
public struct PCA: Sendable {
  public let mean: NDArray
  public let components: NDArray
  public let singularValues: NDArray
  public let explainedVariance: NDArray
  public let explainedVarianceRatio: NDArray
  /// The mean variance of the directions that are left out; nil for a file that does not tell.
  public let noiseVariance: Double?
  /// Rows it was fitted to; nil for a file that does not tell.
  public let sampleCount: Int?

  /// How many components there are.
  public var count: Int { components.shape[0] }
  /// How many columns it takes.
  public var featureCount: Int { components.shape[1] }

  /// How components are found.
  public enum Solver: Sendable, Hashable {
    /// `covariance` up to 4096 columns, where it is exact enough for the components that are asked for; otherwise the singular
    /// values of the centred matrix, as `Linalg.leadingSVD` finds them.
    case automatic
    /// The eigenvectors of the covariance matrix, from one pass: its products in float32 for data of that precision. Refuses
    /// numbers whose squares leave the range of float64.
    case covariance
    /// The singular values of the centred matrix: a pass for the means, and those of the solver.
    case singularValues(SVDSolver = .automatic)
  }
}
