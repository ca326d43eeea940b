/// How NumPy aligns the floats of one array: notation, width before and after the point.
///
/// The rules are those of `numpy.printoptions` at its defaults (`floatmode='maxprec'`, `precision=8`) in
/// NumPy 2.3 and later: https://numpy.org/doc/stable/reference/generated/numpy.set_printoptions.html
struct FloatColumn {
  private static let precision = 8

  private let isScientific: Bool
  /// Whether positive numbers carry a sign, as imaginary parts do.
  private let plus: Bool
  private var before = 0
  private var after = 0
  private var fractionDigits = 0
  private var exponentDigits = 0

  init(_ values: [BinaryFloat], plus: Bool = false) {
    self.plus = plus
    let finite = values.filter(\.isFinite)
    isScientific = FloatColumn.needsExponents(finite)
    for value in finite { widen(for: value) }
    if isScientific { after = exponentDigits + 2 + fractionDigits }
    if finite.count < values.count { widenForSpecials(values) }
  }

  private static func needsExponents(_ finite: [BinaryFloat]) -> Bool {
    let sizes = finite.lazy.filter { !$0.isZero }.map(\.magnitude)
    guard let format = finite.first?.format, let largest = sizes.max(), let smallest = sizes.min() else {
      return false
    }
    return largest >= cutoff(format) || smallest < format.rounded(0.0001)
      || format.rounded(largest / smallest) > 1000
  }

  /// Where digits before the point would no longer all be significant, 10^8 at most.
  private static func cutoff(_ format: FloatFormat) -> Double {
    (0..<min(8, format.decimalDigits)).reduce(1) { power, _ in power * 10 }
  }

  private mutating func widen(for value: BinaryFloat) {
    let text =
      isScientific
      ? FloatText.scientific(value, precision: FloatColumn.precision, plus: plus)
      : FloatText.positional(value, precision: FloatColumn.precision, plus: plus)
    before = max(before, text.whole.utf8.count)
    fractionDigits = max(fractionDigits, text.fraction.utf8.count)
    exponentDigits = max(exponentDigits, text.exponentWidth)
    after = fractionDigits
  }

  private mutating func widenForSpecials(_ values: [BinaryFloat]) {
    let hasSign = plus || values.contains { $0.isInfinite && $0.isNegative }
    before = max(before, 3 - (after + 1), 3 + (hasSign ? 1 : 0) - (after + 1))
  }

  /// The value, padded to the width that all of the column share.
  func text(_ value: BinaryFloat) -> String {
    guard value.isFinite else { return padded(FloatColumn.special(value, plus: plus), before + after + 1) }
    guard isScientific else {
      let text = FloatText.positional(value, precision: FloatColumn.precision, plus: plus)
      let spaces = String(repeating: " ", count: max(0, after - text.fraction.utf8.count))
      return padded(text.whole, before) + "." + text.fraction + spaces
    }
    let text = FloatText.scientific(value, digits: fractionDigits, plus: plus)
    return padded(text.whole, before) + "." + text.fraction + text.exponentText(width: exponentDigits)
  }

  /// NaN and the infinities; a NaN has no sign but the one asked for.
  static func special(_ value: BinaryFloat, plus: Bool) -> String {
    if value.isNaN { return plus ? "+nan" : "nan" }
    return (value.isNegative ? "-" : plus ? "+" : "") + "inf"
  }

  private func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.utf8.count)) + text
  }
}
