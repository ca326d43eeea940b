/// Decimal digits of a finite float: enough to tell it from its neighbours, within limits.
///
/// Exact big-number generation after Steele & White, "How to print floating-point numbers accurately"
/// (PLDI 1990, https://doi.org/10.1145/93542.93559); NumPy prints with the same method, which decides the
/// cases where shortest digits meet a limit of precision.
struct DecimalDigits {
  /// Digits 0...9, the first of which is not 0 unless the value is.
  private(set) var digits: [UInt8] = []
  /// The power of ten of the first digit.
  private(set) var exponent = 0

  /// Where digits may stop, counted from the decimal point or from the first digit.
  enum Limit {
    case none
    /// At most so many digits after the decimal point.
    case fraction(Int)
    /// At most so many digits after the first, and at least so many.
    case afterFirst(atMost: Int, atLeast: Int)
  }

  init(_ value: BinaryFloat, limit: Limit) {
    guard !value.isZero else {
      digits = [0]
      return
    }
    var generator = DigitGenerator(value)
    exponent = generator.exponent
    let (last, first) = DecimalDigits.powers(limit, exponent)
    var power = exponent
    while true {
      digits.append(generator.nextDigit())
      if power <= last || (power <= first && generator.isUnique) { break }
      generator.scaleUp()
      power -= 1
    }
    if generator.roundsUp(digits.last ?? 0) { carry() }
  }

  /// The power of ten of the last digit allowed, and of the first digit at which it is allowed to stop.
  private static func powers(_ limit: Limit, _ exponent: Int) -> (Int, Int) {
    switch limit {
    case .none: (Int.min, Int.max)
    case .fraction(let most): (-most, Int.max)
    case .afterFirst(let most, let least): (exponent - most, exponent - least)
    }
  }

  /// Adds one to the last digit.
  private mutating func carry() {
    var place = digits.count - 1
    while place >= 0, digits[place] == 9 {
      digits[place] = 0
      place -= 1
    }
    if place >= 0 {
      digits[place] += 1
    } else {
      digits.insert(1, at: 0)
      digits.removeLast()
      exponent += 1
    }
  }
}

/// The value as remainder / scale, with half the distances to its neighbours on the same scale.
private struct DigitGenerator {
  private var remainder: BigNatural
  private var scale: BigNatural
  private var marginBelow: BigNatural
  private var marginAbove: BigNatural
  /// Ties on the edge of the interval read back as the value when its significand is even.
  private let isEven: Bool
  private(set) var exponent: Int

  init(_ value: BinaryFloat) {
    let nearer = value.isLowerNeighbourNearer
    remainder = BigNatural(value.significand << (nearer ? 2 : 1))
    scale = BigNatural(nearer ? 4 : 2)
    marginBelow = BigNatural(1)
    marginAbove = BigNatural(nearer ? 2 : 1)
    isEven = value.significand % 2 == 0
    // 2^(bits - 1) <= value: the power of ten is this or one more.
    let bits = 64 - value.significand.leadingZeroBitCount + value.exponent
    exponent = Int((Double(bits - 1) * 0.301029995663981195).rounded(.down))
    if value.exponent > 0 {
      remainder.shiftLeft(value.exponent)
      marginBelow.shiftLeft(value.exponent)
      marginAbove.shiftLeft(value.exponent)
    } else {
      scale.shiftLeft(-value.exponent)
    }
    applyExponent()
  }

  private mutating func applyExponent() {
    if exponent > 0 {
      scale.multiply(byPowerOfTen: exponent)
    } else {
      remainder.multiply(byPowerOfTen: -exponent)
      marginBelow.multiply(byPowerOfTen: -exponent)
      marginAbove.multiply(byPowerOfTen: -exponent)
    }
    var next = scale
    next.multiply(by: 10)
    if remainder >= next {
      scale = next
      exponent += 1
    }
  }

  mutating func nextDigit() -> UInt8 {
    var digit: UInt8 = 0
    while remainder >= scale {
      remainder.subtract(scale)
      digit += 1
    }
    return digit
  }

  mutating func scaleUp() {
    remainder.multiply(by: 10)
    marginBelow.multiply(by: 10)
    marginAbove.multiply(by: 10)
  }

  private var isDownUnique: Bool { isEven ? remainder <= marginBelow : remainder < marginBelow }

  private var isUpUnique: Bool {
    let above = remainder + marginAbove
    return isEven ? above >= scale : above > scale
  }

  /// Whether the digits so far, or with one more in the last place, name no other float.
  var isUnique: Bool { isDownUnique || isUpUnique }

  func roundsUp(_ digit: UInt8) -> Bool {
    let down = isDownUnique
    guard down == isUpUnique else { return !down }
    let twice = remainder + remainder
    return twice == scale ? digit % 2 == 1 : twice > scale
  }
}
