import TesseraCore
import Testing

@testable import TesseraStorage

@Suite struct CSVLayoutTests {
  private func detect(_ text: String, isWholeFile: Bool = true, path: String = "x.csv") throws -> CSVLayout? {
    try detect(Array(text.utf8), isWholeFile: isWholeFile, path: path)
  }

  private func detect(_ bytes: [UInt8], isWholeFile: Bool = true, path: String = "x.csv") throws -> CSVLayout?
  {
    try bytes.withUnsafeBytes { try CSVLayout.detect($0, isWholeFile: isWholeFile, path: path) }
  }

  @Test func withoutHeader() throws {
    let layout = try #require(try detect("1,2.5,nan\n3,4,\n"))
    #expect(layout == CSVLayout(dialect: .commas, columns: 3, names: nil, dataOffset: 0, dataLine: 1))
    #expect(try detect("\"1\",\"2\"")?.names == nil)
    #expect(try detect(",,\n")?.names == nil)
    #expect(try detect(",,\n")?.columns == 3)
    #expect(try detect("7")?.columns == 1)
  }

  @Test func header() throws {
    let layout = try #require(try detect("a, b b ,\"c,\"\"d\"\"\",é,5\r\n1,2,3,4,5\n"))
    #expect(layout.names == ["a", "b b", "c,\"d\"", "é", "5"])
    #expect(layout.columns == 5)
    #expect(layout.dataOffset == 24)
    #expect(layout.dataLine == 2)
    #expect(try detect("x\n")?.names == ["x"])
    #expect(try detect("x")?.dataOffset == 1)
  }

  /// Quotes within a field are text, and open nothing.
  @Test func quotesWithinFields() throws {
    for end in ["\n", "\r\n"] {
      let layout = try #require(try detect("size (in\"),x\(end)1,2\(end)3,4\(end)"))
      #expect(layout.names == ["size (in\")", "x"] && layout.dataOffset == 12 + end.utf8.count)
    }
    #expect(try detect("a;5\" b,c;d\n1;2;3\n")?.names == ["a", "5\" b,c", "d"])
    #expect(try detect("\"a\"\"\nb\" , \"\"\n1,2\n")?.names == ["a\"\nb", ""])
  }

  @Test func beginnings() throws {
    let marked = try #require(try detect("\u{FEFF}1,2\n"))
    #expect(marked.dataOffset == 3)
    #expect(marked.names == nil)
    let blank = try #require(try detect("\n \r\n\"a\nb\",c\n1,2"))
    #expect(blank.names == ["a\nb", "c"])
    #expect(blank.dataLine == 5)
    #expect(blank.dataOffset == 12)
  }

  @Test func carriageReturnsEndTheFirstRow() throws {
    let layout = try #require(try detect("\r\"a\rb\",c\r1,2\r"))
    #expect(layout.names == ["a\rb", "c"])
    #expect(layout.dataOffset == 9)
    #expect(layout.dataLine == 4)
    // Before it is known what follows a carriage return it may be half of a line end.
    for end in ["\r", "\r\n"] {
      #expect(try detect("a,b\r", isWholeFile: false) == nil)
      let whole = try #require(try detect("a,b\(end)1,2\(end)", isWholeFile: false))
      #expect(whole.names == ["a", "b"] && whole.columns == 2)
      #expect(whole.dataOffset == 3 + end.utf8.count)
      #expect(whole.dataLine == 2)
    }
  }

  @Test(arguments: [
    ("1,2", "x.csv", CSVDialect.commas), ("1;2", "x.csv", .semicolons), ("1\t2", "x.csv", .tabs),
    ("1,2", "x.TSV", .tabs), ("1,2", "dir.tsv/x.csv", .commas), ("\"a;b;c\",d", "x.csv", .commas),
    ("a;\"b,,,\"", "x.txt", .semicolons), ("1", "x.csv", .commas), ("1;2;3,4", "x.csv", .semicolons),
  ])
  func dialects(_ text: String, _ path: String, _ dialect: CSVDialect) throws {
    #expect(try detect(text, path: path)?.dialect == dialect)
  }

  @Test func needsTheWholeFirstRow() throws {
    let text = "\n\"na\nme\",b\n1,2\n"
    for count in 0..<text.utf8.count {
      let layout = try detect(Array(Array(text.utf8)[..<count]), isWholeFile: false)
      #expect((layout == nil) == (count < 11), "first \(count) bytes")
    }
  }

  @Test(arguments: [
    ("", "no rows: expected a table of numbers, got an empty file"),
    ("\u{FEFF}\n \n", "no rows: expected a table of numbers, got an empty file"),
    ("a,\0\n", "not a text file: expected UTF-8, got zero bytes on line 1"),
    ("a,\"b", "line 1, column 2: expected a closing quote, got the end of the row"),
    (
      "a;b;c,\"d\n1\";2\n",
      "line 1, column 3: expected quotes around a line end, got a line end in an unquoted field"
    ),
    ("\na,\"b\"c,d\n", "line 2, column 2: expected a delimiter after the closing quote, got other text"),
  ])
  func errors(_ text: String, _ expected: String) {
    #expect(thrownMessage { _ = try detect(text) } == expected)
  }

  @Test func otherErrors() {
    #expect(
      thrownMessage { _ = try detect([0x61, 0x2C, 0xFF, 0x0A]) }
        == "line 1, column 2: expected UTF-8, got other bytes")
    let long = [UInt8](repeating: 0x61, count: (16 << 20) + 1)
    #expect(
      thrownMessage { _ = try detect(long, isWholeFile: false) }
        == "line 1 is too long: expected at most 16777216 bytes, got more")
  }
}
