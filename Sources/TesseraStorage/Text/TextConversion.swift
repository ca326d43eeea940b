import Glibc
import TesseraCore

/// How a number is written: one conversion of Python's `%` operator, such as `%.18e`, with text around it.
///
/// Digits are the C library's, which rounds correctly; signs and padding are put here, as Python differs in both: NaN has no
/// minus, and zeros are put before it and before infinities too.
package struct TextConversion: Sendable {
  private let prefix: [UInt8]
  private let suffix: [UInt8]
  private var isLeft = false
  private var hasZeros = false
  private var isAlternate = false
  /// Before a number without a minus.
  private var plus: UInt8?
  private var width = 0
  private var precision: Int?
  private let letter: UInt8
  /// For the C library, of a number without sign and padding.
  private let body: String

  private static let letters = "d, i, e, E, f, F, g, G"
  /// Beyond it a number is no text that anybody reads.
  private static let most = 1000

  /// - Throws: `.usage` for anything but one conversion to one of those letters.
  package init(_ text: String) throws {
    let bytes = Array(text.utf8)
    let percent = UInt8(ascii: "%")
    guard let start = bytes.firstIndex(of: percent), bytes.lastIndex(of: percent) == start, !bytes.contains(0)
    else { throw TextConversion.refusal(text, "one conversion, such as %.18e") }
    var next = start + 1
    flags: while next < bytes.count {
      switch bytes[next] {
      case UInt8(ascii: "-"): isLeft = true
      case UInt8(ascii: "0"): hasZeros = true
      case UInt8(ascii: "#"): isAlternate = true
      case UInt8(ascii: "+"): plus = UInt8(ascii: "+")
      case UInt8(ascii: " "): plus = plus ?? UInt8(ascii: " ")
      default: break flags
      }
      next += 1
    }
    width = TextConversion.number(bytes, &next) ?? 0
    if next < bytes.count, bytes[next] == UInt8(ascii: ".") {
      next += 1
      precision = TextConversion.number(bytes, &next) ?? 0
    }
    guard next < bytes.count, "dieEfFgG".utf8.contains(bytes[next]) else {
      throw TextConversion.refusal(text, "a conversion to one of \(TextConversion.letters)")
    }
    guard width <= TextConversion.most, precision ?? 0 <= TextConversion.most else {
      throw TextConversion.refusal(text, "a width and a precision of at most \(TextConversion.most)")
    }
    letter = bytes[next] == UInt8(ascii: "i") ? UInt8(ascii: "d") : bytes[next]
    (prefix, suffix) = (Array(bytes[..<start]), Array(bytes[(next + 1)...]))
    body =
      letter == UInt8(ascii: "d")
      ? "%.0f"
      : "%\(isAlternate ? "#" : "").\(precision ?? 6)\(String(decoding: [letter], as: UTF8.self))"
  }

  private static func refusal(_ text: String, _ expected: String) -> TesseraError {
    TesseraError(
      .usage, "format of numbers", expected: expected, got: "'\(TesseraError.printable(text))'")
  }

  /// nil where there are no digits; held within what is refused anyway.
  private static func number(_ bytes: [UInt8], _ next: inout Int) -> Int? {
    var value: Int?
    while next < bytes.count, bytes[next] &- UInt8(ascii: "0") < 10 {
      value = min((value ?? 0) * 10 + Int(bytes[next] - UInt8(ascii: "0")), most + 1)
      next += 1
    }
    return value
  }

  private var isInteger: Bool { letter == UInt8(ascii: "d") }

  /// Bytes that a real number of a dtype takes at most.
  func longest(_ dtype: DType) -> Int {
    prefix.count + suffix.count + max(width, longestBody(dtype) + 1)
  }

  /// Bytes of its digits, point and exponent at most; the zero that ends it for the C library is counted.
  func longestBody(_ dtype: DType) -> Int {
    // The greatest numbers: 1.8e308, 3.4e38, 65504, and 2^64 of integers.
    let digits =
      switch dtype {
      case .float64, .complex128: 309
      case .float32, .complex64, .bfloat16: 39
      default: 20
      }
    switch letter {
    case UInt8(ascii: "d"): return max(digits, precision ?? 1) + 1
    case UInt8(ascii: "f"), UInt8(ascii: "F"): return digits + 1 + (precision ?? 6) + 1
    // At most four zeros behind the point, or an exponent of five characters; "inf" and "nan" are shorter.
    default: return 1 + 1 + max(precision ?? 6, 1) + 5 + 1
    }
  }

  // MARK: Writing

  /// Writes a number, with the text around it.
  ///
  /// - Parameters:
  ///   - target: with room for `longest`.
  ///   - work: with room for `longestBody`.
  /// - Returns: the bytes written.
  /// - Throws: `.usage` for NaN and infinities that are to be whole numbers.
  func write(
    _ value: Double, into target: UnsafeMutableRawBufferPointer, work: UnsafeMutableRawBufferPointer
  ) throws -> Int {
    var value = value
    if isInteger {
      guard value.isFinite else {
        throw TesseraError(.usage, "format of numbers", expected: "finite numbers for %d", got: "\(value)")
      }
      value.round(.towardZero)
      if value.magnitude < 0x1p63 {
        return writeDigits(UInt64(value.magnitude), isNegative: value < 0, into: target, work: work)
      }
    }
    let isNegative = value.sign == .minus && !value.isNaN
    let magnitude = value.isNaN ? Double.nan : value.magnitude
    let count = withVaList([magnitude]) {
      vsnprintf(work.baseAddress?.assumingMemoryBound(to: CChar.self), work.count, body, $0)
    }
    precondition(count > 0 && count < work.count, "there is room for every number")
    return compose(isNegative, work, Int(count), into: target)
  }

  /// The same of a whole number.
  func write(
    _ magnitude: UInt64, isNegative: Bool, into target: UnsafeMutableRawBufferPointer,
    work: UnsafeMutableRawBufferPointer
  ) throws -> Int {
    guard isInteger else {
      let value = Double(magnitude)
      return try write(isNegative ? -value : value, into: target, work: work)
    }
    return writeDigits(magnitude, isNegative: isNegative, into: target, work: work)
  }

  private func writeDigits(
    _ magnitude: UInt64, isNegative: Bool, into target: UnsafeMutableRawBufferPointer,
    work: UnsafeMutableRawBufferPointer
  ) -> Int {
    var (rest, count) = (magnitude, 0)
    // From the last digit on.
    while rest > 0 || count == 0 {
      work[count] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
      count += 1
    }
    var digits = UnsafeMutableRawBufferPointer(rebasing: work[..<count])
    digits.reverse()
    return compose(isNegative, work, count, into: target)
  }

  /// Puts sign, padding and the text around to the digits in `body`.
  private func compose(
    _ isNegative: Bool, _ body: UnsafeMutableRawBufferPointer, _ count: Int,
    into target: UnsafeMutableRawBufferPointer
  ) -> Int {
    var end = 0
    func put(_ byte: UInt8, _ times: Int = 1) {
      for _ in 0..<max(times, 0) {
        target[end] = byte
        end += 1
      }
    }
    let sign = isNegative ? UInt8(ascii: "-") : plus
    // A precision of whole numbers is their least number of digits.
    let zeros = isInteger ? max((precision ?? 1) - count, 0) : 0
    let padding = max(width - count - zeros - (sign == nil ? 0 : 1), 0)
    for byte in prefix { put(byte) }
    if !isLeft, !hasZeros { put(UInt8(ascii: " "), padding) }
    if let sign { put(sign) }
    put(UInt8(ascii: "0"), zeros + (!isLeft && hasZeros ? padding : 0))
    for index in 0..<count { put(body[index]) }
    if isLeft { put(UInt8(ascii: " "), padding) }
    for byte in suffix { put(byte) }
    return end
  }
}
