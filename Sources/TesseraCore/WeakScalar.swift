/// The kind of a scalar without a dtype of its own: a literal, or a Python number.
///
/// It takes the dtype of the array it meets, if that array's kind can hold it
/// ([NEP 50](https://numpy.org/neps/nep-0050-scalar-promotion.html)).
public enum WeakScalar: Sendable, Hashable, CaseIterable {
  case bool, integer, floating, complex

  /// The dtype of such a scalar where no array is near: bool, int64, float64 or complex128.
  public var defaultDType: DType {
    switch self {
    case .bool: .bool
    case .integer: .int64
    case .floating: .float64
    case .complex: .complex128
    }
  }
}
