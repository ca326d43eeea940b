/// Which norm: NumPy's `ord`.
///
/// Of vectors the order p of (Σ|x|^p)^(1/p), with the greatest magnitude for infinity, the least for -infinity and the
/// number of elements that are not zero for 0. Of matrices: the greatest (least, of -1) sum of magnitudes of a column
/// for 1, of a row for infinity; the greatest (least, of -2) singular value for 2; Frobenius and nuclear.
public enum NormOrder: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
  case order(Double)
  /// The root of the sum of squares of all elements.
  case frobenius
  /// The sum of the singular values.
  case nuclear

  public static var infinity: NormOrder { .order(.infinity) }
  public static var negativeInfinity: NormOrder { .order(-.infinity) }

  public init(integerLiteral value: Int) { self = .order(Double(value)) }
  public init(floatLiteral value: Double) { self = .order(value) }
}
