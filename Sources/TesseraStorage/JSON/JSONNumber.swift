/// A JSON number that keeps the text it was written as, so that nothing is lost on a round trip.
///
/// 64-bit integers and floats with more digits than a `Double` holds both pass through unchanged. Two numbers
/// are equal when their texts are: `1` is not `1.0`, which metadata readers tell apart as well.
public struct JSONNumber: Sendable, Hashable {
  /// The number as JSON spells it, or one of `NaN`, `Infinity`, `-Infinity`.
  public let text: String

  /// For text that the parser or an initializer has already found to be a number.
  init(known text: String) { self.text = text }

  public init(_ value: some BinaryInteger) { text = String(value) }

  /// The shortest text that reads back as the same `Double`.
  public init(_ value: Double) {
    if value.isNaN {
      text = "NaN"
    } else if value.isInfinite {
      text = value < 0 ? "-Infinity" : "Infinity"
    } else {
      text = value.description
    }
  }

  /// The value when it is written as an integer (`3`, not `3.0` or `3e0`) that fits.
  public var int: Int? { Int(text) }

  /// As `int`, for the upper half of unsigned 64-bit numbers too.
  public var uint64: UInt64? { UInt64(text) }

  /// The nearest `Double`; infinite when the number is beyond its range.
  public var double: Double {
    switch text {
    case "NaN": .nan
    case "Infinity": .infinity
    case "-Infinity": -.infinity
    default: Double(text) ?? .nan
    }
  }
}
