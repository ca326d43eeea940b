import Testing

@testable import TesseraCore

@Test func greatestCommonDivisors() {
  let known = [
    (12, 18, 6), (18, 12, 6), (7, 4, 1), (4096, 12, 4), (5, 5, 5), (0, 3, 3), (3, 0, 3), (0, 0, 0),
    (Int.max, Int.max - 1, 1),
  ]
  for (a, b, divisor) in known { #expect(gcd(a, b) == divisor, "\(a) and \(b)") }
}
