import Testing

@testable import TesseraStorage

/// Every path of the fast conversion against the standard library's.
@Suite struct DecimalNumberTests {
  private func scan(_ text: String) -> (value: Double?, used: Int) {
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return (nil, 0) }
      var position = 0
      let value = DecimalNumber.scan(base, &position, buffer.count)
      return (value, position)
    }
  }

  private func check(_ text: String, _ note: String = "") {
    let (value, used) = scan(text)
    #expect(value?.bitPattern == Double(text)?.bitPattern, "\(text) \(note)")
    #expect(used == text.utf8.count, "\(text) \(note)")
  }

  @Test(arguments: [
    "0", "-0", "0.0", "-0.000", "1", "9007199254740992", "9007199254740993", "9007199254740994",
    "9007199254740995", "18446744073709551615", "18446744073709551616", "9999999999999999999",
    "0.1", "1e22", "1e23", "-1e-22", "123456789012345678e-30", "9007199254740993e-5", "1e27", "1e-27", "9e28",
    "1e308", "1.7976931348623157e308", "1.7976931348623159e308", "4.9e-324", "2e-324", "1e-400", "1e400",
    "2.2250738585072011e-308", "1e99999999999999999999", "1e-99999999999999999999", "0e999999",
    "0.000000000000000000000000000000000000000123", "00000000000000000000000000001.5", "1.", ".5",
    "5e-1", "5E+1", "10000000000000000000000000000000000000000", "0.30000000000000004",
    "9223372036854775808", "9223372036854775809e-19", "1.00000000000000011102230246251565404e0",
    "1.00000000000000011102230246251565405",
  ])
  func edges(_ text: String) {
    // What the standard library does not spell: a point without digits on one side.
    let spelled = text == "1." ? "1.0" : text == ".5" ? "0.5" : text
    #expect(scan(text).value?.bitPattern == Double(spelled)?.bitPattern, "\(text)")
    #expect(scan(text).used == text.utf8.count)
  }

  @Test(arguments: ["", "-", "+", ".", "-.", "e5", "1e", "1e+", "1.e-", "x", "nan", "--1", "+-1"])
  func noNumbers(_ text: String) {
    #expect(scan(text).value == nil)
    #expect(scan(text).used == 0)
  }

  @Test func stopsAfterTheNumber() {
    #expect(scan("1.5,2").used == 3)
    #expect(scan("1.5.2").used == 3)
    #expect(scan("0x10").used == 1)
    #expect(scan("1_000").used == 1)
  }

  @Test(arguments: UInt64(1)...10)
  func randomDoubles(seed: UInt64) {
    var random = SeededBits(seed: seed)
    for _ in 0..<5000 {
      let value = Double(bitPattern: random.next())
      if value.isFinite { check(value.description, "seed \(seed)") }
      // Magnitudes of real data, whose spellings take the paths for 16 and 17 digits.
      check(Double.random(in: -1000...1000, using: &random).description, "seed \(seed)")
      check(Float.random(in: -1...1, using: &random).description, "seed \(seed)")
    }
  }

  /// Digits and exponents around the borders between the paths.
  @Test(arguments: UInt64(1)...10)
  func randomDigits(seed: UInt64) {
    var random = SeededBits(seed: seed)
    for _ in 0..<5000 {
      let count = Int.random(in: 1...22, using: &random)
      var digits = (0..<count).map { _ in Character("\(Int.random(in: 0...9, using: &random))") }
      if Bool.random(using: &random) { digits.insert(".", at: Int.random(in: 1...count, using: &random)) }
      if digits.last == "." { digits.append("0") }
      let exponent = Int.random(in: -50...50, using: &random)
      check(String(digits) + (exponent % 3 == 0 ? "" : "e\(exponent)"), "seed \(seed)")
    }
  }

  /// Numbers halfway between two doubles, and their neighbours in the 19th digit: ties must go to even.
  @Test(arguments: UInt64(1)...4)
  func ties(seed: UInt64) {
    var random = SeededBits(seed: seed)
    for _ in 0..<5000 {
      let odd = (UInt64(1) << 53) + UInt64.random(in: 0..<(1 << 52), using: &random) * 2 + 1
      for mantissa in [odd &- 1, odd, odd + 1] {
        check("\(mantissa)", "seed \(seed)")
        check("\(mantissa)e\(Int.random(in: -30...30, using: &random))", "seed \(seed)")
        check("\(mantissa * 5)e-1", "seed \(seed)")
        check("\(mantissa * 125)e-3", "seed \(seed)")
        check("\(mantissa).\(mantissa % 1000)", "seed \(seed)")
      }
    }
  }
}
