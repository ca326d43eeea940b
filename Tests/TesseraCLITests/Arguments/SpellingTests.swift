import Testing

@testable import TesseraCLI

@Suite struct SpellingTests {
  @Test(
    arguments: [
      ("", "", 0), ("abc", "abc", 0), ("abc", "", 3), ("", "abc", 3), ("convert", "convrt", 1),
      ("verify", "evrify", 1),
      ("kitten", "sitting", 3), ("info", "slice", 5),
    ])
  func distance(_ first: String, _ second: String, _ expected: Int) {
    #expect(Spelling.distance(first, second) == expected)
    #expect(Spelling.distance(second, first) == expected)
  }

  @Test func closest() {
    let names = ["info", "convert", "adopt", "append", "slice", "verify"]
    #expect(Spelling.closest(to: "convret", among: names) == "convert")
    #expect(Spelling.closest(to: "inf", among: names) == "info")
    #expect(Spelling.closest(to: "dance", among: names) == nil)
    #expect(Spelling.closest(to: "x", among: []) == nil)
  }

  @Test func longWordsCostNothing() {
    let long = String(repeating: "a", count: 1_000_000)
    #expect(Spelling.distance(long, long + "b") == 0)
  }
}
