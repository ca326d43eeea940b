/// One float as text, in two parts around its decimal point so that columns can be aligned on it.
struct FloatText {
  /// Sign and digits before the point.
  var whole: String
  /// Digits after the point, without trailing zeros unless they were asked for.
  var fraction: String
  /// The power of ten; nil in positional notation.
  var exponent: Int?

  /// Positional notation with at most `precision` digits after the point.
  static func positional(_ value: BinaryFloat, precision: Int?, plus: Bool) -> FloatText {
    let decimal = DecimalDigits(value, limit: precision.map { .fraction($0) } ?? .none)
    let digits = decimal.digits.map { Character(UnicodeScalar(UInt8(ascii: "0") + $0)) }
    let wholeCount = decimal.exponent + 1
    var whole = "0"
    var fraction = ""
    if wholeCount > 0 {
      whole = String(digits.prefix(wholeCount))
      whole += String(repeating: "0", count: max(0, wholeCount - digits.count))
      fraction = String(digits.dropFirst(wholeCount))
    } else {
      fraction = String(repeating: "0", count: -wholeCount) + String(digits)
    }
    return FloatText(whole: sign(value, plus) + whole, fraction: withoutTrailingZeros(fraction))
  }

  /// Scientific notation with the fewest digits, at most `precision` after the point.
  static func scientific(_ value: BinaryFloat, precision: Int?, plus: Bool) -> FloatText {
    let limit = precision.map { DecimalDigits.Limit.afterFirst(atMost: $0, atLeast: 0) } ?? .none
    var text = scientific(value, limit, plus)
    text.fraction = withoutTrailingZeros(text.fraction)
    return text
  }

  /// Scientific notation with exactly so many digits after the point.
  static func scientific(_ value: BinaryFloat, digits: Int, plus: Bool) -> FloatText {
    var text = scientific(value, .afterFirst(atMost: digits, atLeast: digits), plus)
    text.fraction += String(repeating: "0", count: digits - text.fraction.utf8.count)
    return text
  }

  private static func scientific(
    _ value: BinaryFloat, _ limit: DecimalDigits.Limit, _ plus: Bool
  ) -> FloatText {
    let decimal = DecimalDigits(value, limit: limit)
    let digits = decimal.digits.map { Character(UnicodeScalar(UInt8(ascii: "0") + $0)) }
    return FloatText(
      whole: sign(value, plus) + String(digits[0]), fraction: String(digits.dropFirst()),
      exponent: decimal.exponent)
  }

  private static func sign(_ value: BinaryFloat, _ plus: Bool) -> String {
    value.isNegative ? "-" : plus ? "+" : ""
  }

  private static func withoutTrailingZeros(_ digits: String) -> String {
    guard let last = digits.lastIndex(where: { $0 != "0" }) else { return "" }
    return String(digits[...last])
  }

  /// Digits of the exponent, without its sign.
  var exponentWidth: Int { max(2, exponent.map { String(abs($0)).utf8.count } ?? 0) }

  /// `e+05`, padded with zeros to `width` digits; empty in positional notation.
  func exponentText(width: Int) -> String {
    guard let exponent else { return "" }
    let digits = String(abs(exponent))
    let zeros = String(repeating: "0", count: max(0, max(2, width) - digits.utf8.count))
    return (exponent < 0 ? "e-" : "e+") + zeros + digits
  }
}
