/// The distinct elements of an array, or its distinct parts along an axis, and what was asked for of them.
public struct Unique: Sendable {
  /// In ascending order; elements along one axis.
  public let values: NDArray
  /// For each of the values, where it is first, in C order or along the axis; int64.
  public let index: NDArray?
  /// For each element of the array, in its shape, or each position along the axis, the place of its value; int64. Lazy.
  public let inverse: NDArray?
  /// For each of the values, how often it occurs; int64.
  public let counts: NDArray?

  /// What is computed beside the values.
  public struct Parts: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Where each is first.
    public static let index = Parts(rawValue: 1)
    /// Which of the values each element is.
    public static let inverse = Parts(rawValue: 2)
    /// How often each occurs.
    public static let counts = Parts(rawValue: 4)
  }
}
