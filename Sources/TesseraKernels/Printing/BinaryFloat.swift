import TesseraCore

/// The layout of a binary floating-point format (IEEE 754 or bfloat16) and what printing asks about it.
struct FloatFormat {
  let fractionBits: Int
  let exponentBits: Int
  /// Decimal digits that every value of the format keeps, NumPy's `finfo.precision`.
  let decimalDigits: Int

  static let float16 = FloatFormat(fractionBits: 10, exponentBits: 5, decimalDigits: 3)
  static let bfloat16 = FloatFormat(fractionBits: 7, exponentBits: 8, decimalDigits: 2)
  static let float32 = FloatFormat(fractionBits: 23, exponentBits: 8, decimalDigits: 6)
  static let float64 = FloatFormat(fractionBits: 52, exponentBits: 11, decimalDigits: 15)

  var byteCount: Int { (1 + exponentBits + fractionBits) / 8 }
  var exponentMask: Int { 1 << exponentBits - 1 }

  /// `value` rounded to the format, as a double.
  func rounded(_ value: Double) -> Double {
    switch (exponentBits, fractionBits) {
    case (5, _): Double(Float16(value))
    case (8, 7): Double(BFloat16(Float(value)).float)
    case (8, _): Double(Float(value))
    default: value
    }
  }
}

/// A floating-point value taken apart: sign, and significand x 2^exponent, infinity or NaN.
struct BinaryFloat {
  let format: FloatFormat
  let isNegative: Bool
  /// With the implicit bit; 0 for zero.
  let significand: UInt64
  let exponent: Int
  let isInfinite: Bool
  let isNaN: Bool
  /// Whether the neighbour below is nearer than the one above, as it is for powers of two.
  let isLowerNeighbourNearer: Bool

  var isFinite: Bool { !isInfinite && !isNaN }
  var isZero: Bool { isFinite && significand == 0 }

  init(bits: UInt64, format: FloatFormat) {
    let fraction = bits & (1 << UInt64(format.fractionBits) - 1)
    let biased = Int(bits >> UInt64(format.fractionBits)) & format.exponentMask
    let isSpecial = biased == format.exponentMask
    self.format = format
    isNegative = bits >> UInt64(format.fractionBits + format.exponentBits) & 1 == 1
    isNaN = isSpecial && fraction != 0
    isInfinite = isSpecial && fraction == 0
    significand = biased == 0 ? fraction : fraction | 1 << UInt64(format.fractionBits)
    exponent = max(biased, 1) - (format.exponentMask / 2) - format.fractionBits
    isLowerNeighbourNearer = fraction == 0 && biased > 1
  }

  /// The value without its sign; exact, since every format fits a double.
  var magnitude: Double {
    if isNaN { return .nan }
    if isInfinite { return .infinity }
    return Double(sign: .plus, exponent: exponent, significand: Double(significand))
  }
}
