/// A float on its own, as NumPy's scalars print: all the digits that tell it from its neighbours.
enum ScalarText {
  /// With a digit after the point: `1.0`.
  static func real(_ value: BinaryFloat) -> String {
    text(value, plus: false, wholeFraction: ".0")
  }

  /// `2j` for a real part of (positive) zero, else `(1+2j)`.
  static func complex(_ real: BinaryFloat, _ imaginary: BinaryFloat) -> String {
    if real.isZero, !real.isNegative { return text(imaginary, plus: false, wholeFraction: "") + "j" }
    let first = text(real, plus: false, wholeFraction: "")
    return "(" + first + text(imaginary, plus: true, wholeFraction: "") + "j)"
  }

  private static func text(_ value: BinaryFloat, plus: Bool, wholeFraction: String) -> String {
    guard value.isFinite else { return FloatColumn.special(value, plus: plus) }
    let magnitude = value.magnitude
    let isPositional = value.isZero || (magnitude >= 0.0001 && magnitude < cutoff(value.format))
    let text =
      isPositional
      ? FloatText.positional(value, precision: nil, plus: plus)
      : FloatText.scientific(value, precision: nil, plus: plus)
    let fraction = text.fraction.isEmpty ? (isPositional ? wholeFraction : "") : "." + text.fraction
    return text.whole + fraction + text.exponentText(width: 2)
  }

  /// Where the digits before the point would no longer all be significant.
  private static func cutoff(_ format: FloatFormat) -> Double {
    format.fractionBits == FloatFormat.float64.fractionBits
      ? 1e16 : (0..<format.decimalDigits).reduce(1) { power, _ in power * 10 }
  }
}
