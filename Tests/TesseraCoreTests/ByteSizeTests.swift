import Testing

@testable import TesseraCore

@Suite struct ByteSizeTests {
  @Test(arguments: [
    ("256MiB", 256 << 20), ("2GiB", 2 << 30), ("1.5 GB", 1_500_000_000), ("4096", 4096), ("64m", 64 << 20),
    ("1k", 1024), ("1kb", 1000), ("7B", 7), ("0", 0), ("1TiB", 1 << 40), ("1tb", 1_000_000_000_000),
    ("0.5KiB", 512),
  ])
  func parses(_ text: String, _ bytes: Int) { #expect(ByteSize.parse(text) == bytes) }

  @Test(arguments: [
    "", "MiB", "-1", "1e3", "1.2.3MiB", "x", "1XiB", "nan", "inf", "99999999999999TiB", ".", "1,5GB", "٣MiB",
  ])
  func refuses(_ text: String) { #expect(ByteSize.parse(text) == nil) }

  @Test(arguments: [
    (0, "0 B"), (999, "999 B"), (1000, "0.98 KiB"), (1024, "1.00 KiB"), (1 << 20, "1.00 MiB"),
    (1_610_612_736, "1.50 GiB"),
    (999 << 10, "999 KiB"), (1000 << 10, "0.98 MiB"), (10_240, "10.0 KiB"), (Int.max, "8.00 EiB"),
  ])
  func formats(_ bytes: Int, _ text: String) { #expect(ByteSize.format(bytes) == text) }

  /// What is printed for people can be typed back, within three digits.
  @Test func printedSizesParse() {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<500 {
      let bytes = Int.random(in: 1...(1 << Int.random(in: 1...50, using: &random)), using: &random)
      let text = ByteSize.format(bytes)
      guard
        let parsed = ByteSize.parse(text) ?? (text.hasSuffix("PiB") || text.hasSuffix("EiB") ? bytes : nil)
      else {
        Issue.record("\(text) does not parse")
        continue
      }
      #expect(abs(Double(parsed) / Double(bytes) - 1) < 0.006, "\(bytes) as \(text)")
    }
  }

  @Test func fixedDecimalsRoundHalfAwayFromZero() {
    #expect(ByteSize.fixed(0.125, decimals: 2) == "0.13")
    #expect(ByteSize.fixed(-0.125, decimals: 2) == "-0.13")
    #expect(ByteSize.fixed(-0.001, decimals: 2) == "0.00")
    #expect(ByteSize.fixed(2.5, decimals: 0) == "3")
    #expect(ByteSize.fixed(1.005, decimals: 1) == "1.0")
  }
}
