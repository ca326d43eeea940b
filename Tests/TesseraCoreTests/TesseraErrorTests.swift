import Testing

@testable import TesseraCore

@Suite struct TesseraErrorTests {
  @Test func saysWhereWhatExpectedAndGot() {
    let error = TesseraError(.corrupt, "shard index", path: "x.zarr/c/0", expected: "20 bytes", got: "7")
    #expect("\(error)" == "x.zarr/c/0: shard index: expected 20 bytes, got 7")
    #expect("\(TesseraError(.usage, "no"))" == "no")
    #expect("\(TesseraError(.usage, "no", got: "5"))" == "no: got 5")
    #expect("\(TesseraError(.usage, "no", expected: "5"))" == "no: expected 5")
  }

  @Test func theFirstPathStays() {
    let error = TesseraError(.corrupt, "bad").at("inner").at("outer")
    #expect(error.path == "inner")
  }

  /// No control character, line separator or direction mark of a file's name or contents reaches a terminal.
  @Test func staysOneLineOfPlainText() {
    let hostile = "a\nb\r\u{1B}[31mc\u{7}\u{0}\u{7F}\u{85}\u{9B}\u{202E}d\u{200B}\u{FEFF}e\t\r\n"
    let line = "\(TesseraError(.corrupt, hostile, path: hostile, expected: hostile, got: hostile))"
    for scalar in line.unicodeScalars {
      #expect(![.control, .format].contains(scalar.properties.generalCategory), "\(scalar.value)")
    }
    #expect("\(TesseraError(.corrupt, "größe ∑ 数 🙂"))" == "größe ∑ 数 🙂")
  }

  /// U+2028 and U+2029 end a line for many programs.
  @Test func lineAndParagraphSeparatorsAreNotPrinted() {
    let line = "\(TesseraError(.corrupt, "a\u{2028}b\u{2029}c"))"
    #expect(!line.unicodeScalars.contains { $0.value == 0x2028 || $0.value == 0x2029 })
  }
}
