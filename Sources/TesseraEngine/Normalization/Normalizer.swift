public import TesseraCore

/// What brings features to a common scale: fitted to one array or several, applied to any with the same features.
///
/// The methods are scikit-learn's `StandardScaler`, `MinMaxScaler`, `MaxAbsScaler`, `RobustScaler` and `normalize`, with
/// their answers. A feature is what lies along `axis`; an array of shape `(n, k)` has k of them along axis 0.
/// All but `l2` and `l1` compute z = (x - center) / scale:
///
/// | method | center | scale |
/// |---|---|---|
/// | zscore | mean | standard deviation of the population |
/// | minmax | minimum | maximum - minimum |
/// | maxabs | 0 | greatest magnitude |
/// | robust | median | third quartile - first quartile |
///
/// A constant feature, or one that rounding alone keeps from it, has scale 1: the rounding of the data's dtype for minmax
/// and maxabs, that of float64 for standard deviations and quartiles, which are computed in it. NaNs are left out in
/// fitting and stay where they are; a feature of nothing but NaN stays so. `l2` and `l1` divide each row (what lies along
/// the axis, the last one by default) by its norm; they have nothing to fit, and a row with a NaN becomes NaN.
///
/// Floating dtypes are kept, integers and bools give float64. Parameters are computed in float64.
public struct Normalizer: Sendable {
  /// How features or rows are scaled.
  public enum Method: String, Sendable, Hashable, CaseIterable {
    case zscore, minmax, maxabs, robust, l2, l1

    /// Whether each row is scaled by itself, so that there is nothing to fit.
    public var scalesRows: Bool { self == .l2 || self == .l1 }
  }

  /// How it scales.
  public let method: Method
  /// The axis that statistics were taken along, or rows lie along; counted from the end when negative, which is how
  /// the default of `l2` and `l1` is the last of any array.
  public let axis: Int
  /// Per feature.
  package let statistics: NormalizerStatistics
  /// The dtype of the arrays it was fitted to; the one of the lowest precision, of several.
  package let dtype: DType
  /// The shape of the arrays it was fitted to, without the axis; `()` for methods that fit nothing.
  public let featureShape: Shape
  package let centers: [Double]
  package let scales: [Double]

  /// `l2` or `l1`.
  ///
  /// - Parameter axis: what rows lie along.
  /// - Throws: `.usage` for a method that has to be fitted.
  public init(_ method: Method, axis: Int = -1) throws {
    guard method.scalesRows else {
      throw TesseraError(
        .usage, "\(method.rawValue) has to be fitted",
        expected: "Normalizer.fit(x, method: .\(method.rawValue))")
    }
    self.init(method, axis: axis, .none, dtype: .float64, featureShape: Shape(known: []))
  }

  package init(
    _ method: Method, axis: Int, _ statistics: NormalizerStatistics, dtype: DType, featureShape: Shape
  ) {
    self.method = method
    self.axis = axis
    self.statistics = statistics
    self.dtype = dtype
    self.featureShape = featureShape
    (centers, scales) = statistics.parameters(dtype)
  }

  /// What is subtracted, of shape `featureShape` and dtype float64; nil for `l2` and `l1`.
  public var center: NDArray? { parameter(centers) }
  /// What is divided by, as `center`.
  public var scale: NDArray? { parameter(scales) }

  private func parameter(_ values: [Double]) -> NDArray? {
    method.scalesRows ? nil : try? NDArray(values, shape: featureShape.dimensions)
  }
}
