import Testing

@testable import TesseraCLI

@Suite struct QuantityTests {
  @Test(arguments: [
    (0.0, "0.0 kB/s"), (85e6, "85.0 MB/s"), (0.6e9, "0.6 GB/s"), (12.34e9, "12.3 GB/s"), (5.8e3, "5.8 kB/s"),
  ])
  func rate(_ value: Double, _ text: String) { #expect(Quantity.rate(value) == text) }

  @Test(arguments: [
    (0.0004, "0.4 ms"), (0.012, "12 ms"), (0.99951, "1.0 s"), (1.84, "1.8 s"), (120, "120.0 s"),
  ])
  func seconds(_ value: Double, _ text: String) { #expect(Quantity.seconds(value) == text) }

  @Test(
    arguments: [
      (0, "0:00"), (6.2, "0:07"), (750, "12:30"), (11100, "3:05:00"), (1e30, "over 99 h"),
      (.infinity, "over 99 h"),
    ])
  func clock(_ value: Double, _ text: String) { #expect(Quantity.clock(value) == text) }

  @Test func counts() {
    #expect(Quantity.count(1, "array") == "1 array")
    #expect(Quantity.count(0, "pass", plural: "passes") == "0 passes")
    #expect(Quantity.times(1) == "once")
    #expect(Quantity.times(2.5) == "2.5 times")
  }

  @Test func ratio() {
    #expect(Quantity.ratio(10, 5) == 2)
    #expect(Quantity.ratio(10, 0) == nil)
    #expect(Quantity.ratio(nil, 5) == nil)
  }

  @Test func printable() {
    #expect("a\u{1B}[2Jb\u{202E}c\n".printable == "a?[2Jb?c?")
    #expect("naïve".printable == "naïve")
  }
}
