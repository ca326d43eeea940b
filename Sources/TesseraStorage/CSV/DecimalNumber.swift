/// Decimal numbers to the nearest `Double`, ties to even.
///
/// Syntax: `[+-] (digits [. [digits]] | . digits) [(e | E) [+-] digits]`.
enum DecimalNumber {
  /// Exact doubles: 10^22 is the last power of ten that is one.
  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
  ]

  /// 5^27 is the last power of five below 2^64.
  private static let powersOfFive: [UInt64] = (0...27).map { (0..<$0).reduce(1) { power, _ in power * 5 } }

  /// Reads the number at `position` and moves past it; nil, and no move, when there is none.
  @inline(__always)
  static func scan(_ bytes: UnsafePointer<UInt8>, _ position: inout Int, _ end: Int) -> Double? {
    var next = position
    var isNegative = false
    if next < end, bytes[next] == UInt8(ascii: "-") || bytes[next] == UInt8(ascii: "+") {
      isNegative = bytes[next] == UInt8(ascii: "-")
      next &+= 1
    }
    let start = next
    var mantissa: UInt64 = 0
    scanDigits(bytes, &next, end, into: &mantissa)
    var digits = next &- start
    var exponent = 0
    if next < end, bytes[next] == UInt8(ascii: ".") {
      next &+= 1
      let point = next
      scanDigits(bytes, &next, end, into: &mantissa)
      exponent = point &- next
      digits &-= exponent
    }
    guard digits > 0 else { return nil }
    if next < end, bytes[next] | 0x20 == UInt8(ascii: "e") {
      guard let power = scanExponent(bytes, &next, end) else { return nil }
      exponent &+= power
    }
    let text = UnsafeBufferPointer(start: bytes + start, count: next &- start)
    position = next
    // 19 digits fit 64 bits, whatever they are.
    let value = digits <= 19 || !hasMoreThan19(text) ? nearest(mantissa, exponent, text) : slow(text)
    return isNegative ? -value : value
  }

  @inline(__always)
  private static func scanDigits(
    _ bytes: UnsafePointer<UInt8>, _ next: inout Int, _ end: Int, into mantissa: inout UInt64
  ) {
    while next < end {
      let digit = bytes[next] &- UInt8(ascii: "0")
      guard digit < 10 else { return }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      next &+= 1
    }
  }

  /// The number after `e`; nil when there is none. Held below a million, far beyond any `Double`.
  @inline(__always)
  private static func scanExponent(_ bytes: UnsafePointer<UInt8>, _ next: inout Int, _ end: Int) -> Int? {
    next &+= 1
    var isNegative = false
    if next < end, bytes[next] == UInt8(ascii: "-") || bytes[next] == UInt8(ascii: "+") {
      isNegative = bytes[next] == UInt8(ascii: "-")
      next &+= 1
    }
    let start = next
    var power = 0
    while next < end, bytes[next] &- UInt8(ascii: "0") < 10 {
      power = min(power &* 10 &+ Int(bytes[next] &- UInt8(ascii: "0")), 1_000_000)
      next &+= 1
    }
    guard next > start else { return nil }
    return isNegative ? -power : power
  }

  /// `mantissa` times ten to the `exponent`, which `text` spells.
  @inline(__always)
  private static func nearest(_ mantissa: UInt64, _ exponent: Int, _ text: UnsafeBufferPointer<UInt8>)
    -> Double
  {
    // Both operands are exact, so that the one operation rounds correctly.
    if mantissa <= 1 << 53 {
      if exponent == 0 { return Double(mantissa) }
      if exponent > 0, exponent <= 22 { return Double(mantissa) * powersOfTen[exponent] }
      if exponent < 0, exponent >= -22 { return Double(mantissa) / powersOfTen[-exponent] }
    }
    guard mantissa != 0 else { return 0 }
    return (-27...27).contains(exponent) ? exact(mantissa, exponent) : slow(text)
  }

  /// The same in 128-bit integers, for the 17 to 19 digits that lossless writers use.
  private static func exact(_ mantissa: UInt64, _ exponent: Int) -> Double {
    let power = powersOfFive[abs(exponent)]
    if exponent >= 0 {
      let (high, low) = mantissa.multipliedFullWidth(by: power)
      return Double(UInt128(high) << 64 | UInt128(low))
        * Double(sign: .plus, exponent: exponent, significand: 1)
    }
    // With the dividend in 2^62..<2^63 (times 2^64) and the divisor in 2^63..<2^64, the quotient has 62 bits
    // or more: enough that a remainder only counts as a bit below all others.
    let (up, down) = (mantissa.leadingZeroBitCount - 1, power.leadingZeroBitCount)
    let dividend = up < 0 ? mantissa >> 1 : mantissa << UInt64(up)
    let lost = up < 0 ? mantissa << 63 : 0
    let (quotient, remainder) = (power << UInt64(down)).dividingFullWidth((dividend, lost))
    let sticky = quotient | (remainder == 0 ? 0 : 1)
    // No result is subnormal: it is at least 10^-27.
    return Double(sticky) * Double(sign: .plus, exponent: exponent - 64 - up + down, significand: 1)
  }

  /// Whether the digits before the exponent, leading zeros left out, are more than 19.
  private static func hasMoreThan19(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let digits = text.prefix { $0 | 0x20 != UInt8(ascii: "e") }.filter { $0 != UInt8(ascii: ".") }
    return digits.drop { $0 == UInt8(ascii: "0") }.count > 19
  }

  /// The standard library's conversion, for what is left: many digits, extreme exponents.
  private static func slow(_ text: UnsafeBufferPointer<UInt8>) -> Double {
    Double(String(decoding: text, as: UTF8.self)) ?? .nan
  }
}
