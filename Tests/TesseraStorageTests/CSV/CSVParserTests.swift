import TesseraCore
import Testing

@testable import TesseraStorage

@Suite struct CSVParserTests {
  private func parse(_ text: String, columns: Int, _ dialect: CSVDialect = .commas) throws -> [[Double]] {
    try parse(Array(text.utf8), columns: columns, dialect)
  }

  private func parse(_ bytes: [UInt8], columns: Int, _ dialect: CSVDialect = .commas) throws -> [[Double]] {
    try bytes.withUnsafeBytes { buffer in
      var (offset, line, rows) = (0, 1, [[Double]]())
      let counted = CSVParser.count(buffer).rows
      var numbers = [Double](repeating: 0, count: max(counted * columns, 1))
      let count = try numbers.withUnsafeMutableBufferPointer {
        try CSVParser(dialect: dialect).parseRows(
          buffer, from: &offset, line: &line, limit: counted, columns: columns, into: $0.baseAddress!)
      }
      #expect(count == counted)
      #expect(offset == bytes.count)
      for row in 0..<count { rows.append(Array(numbers[(row * columns)..<((row + 1) * columns)])) }
      return rows
    }
  }

  @Test(arguments: [
    "1,2\n3,4\n", "1,2\r\n3,4", "\n\r\n1,2\n   \n3,4\n\n", " 1 , 2 \n3,4\r", "\"1\",\" 2 \"\n+3,4.0e0",
    "1,2\r3,4\r", "\r1,2\r \r3,4", "1,\"2\"\r\n\r3,4\n\r", "1,2 \r\r\n3,4",
  ])
  func lines(_ text: String) throws {
    #expect(try parse(text, columns: 2) == [[1, 2], [3, 4]])
  }

  @Test func delimiters() throws {
    #expect(try parse("1\t-2.5\n3\t4", columns: 2, .tabs) == [[1, -2.5], [3, 4]])
    #expect(try parse("1;-2.5\n3; 4", columns: 2, .semicolons) == [[1, -2.5], [3, 4]])
  }

  @Test func emptyAndWords() throws {
    let row = try parse(",nan,NaN,-NAN, ,\"\",inf,-Infinity,+INF,\"nan\",", columns: 11)[0]
    #expect(row.indices.filter { row[$0].isNaN } == [0, 1, 2, 3, 4, 5, 9, 10])
    #expect(Array(row[6...8]) == [.infinity, -.infinity, .infinity])
    #expect(try parse("\t\n\t1", columns: 2, .tabs)[0].allSatisfy(\.isNaN))
  }

  @Test(arguments: [
    ("1,2\n3,abc\n", "line 2, column 2: expected a number, got 'abc'"),
    ("1,2\n\n\n3,NA\n", "line 4, column 2: expected a number, got 'NA'"),
    ("1x,2", "line 1, column 1: expected a number, got '1x'"),
    ("1 2,2", "line 1, column 1: expected a number, got '1 2'"),
    ("1,2e", "line 1, column 2: expected a number, got '2e'"),
    ("1,0x10", "line 1, column 2: expected a number, got '0x10'"),
    ("1,\"2\"3", "line 1, column 2: expected a number, got '\"2\"3'"),
    ("1,\"2", "line 1, column 2: expected a number, got '\"2'"),
    ("1,\"2\n3\"", "line 1, column 2: expected a number, got '\"2'"),
    ("\"a,b\",1", "line 1, column 1: expected a number, got '\"a,b\"'"),
    ("1,2\r\r3,x\r4,5", "line 3, column 2: expected a number, got 'x'"),
    ("1,2\r\n3,4\r5,\"x\ry\"", "line 3, column 2: expected a number, got '\"x'"),
    ("1,2\r3\r4,5", "line 2: expected 2 fields, got 1"),
    ("1,2\n3", "line 2: expected 2 fields, got 1"),
    ("1,2\n3,4,5\n", "line 2: expected 2 fields, got 3"),
    ("1,2\n3,4,\n", "line 2: expected 2 fields, got 3"),
    ("1,2\n3,4,\"x,y\",z\n5", "line 2: expected 2 fields, got 4"),
    (
      "1,aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee",
      "line 1, column 2: expected a number, got 'aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd'…"
    ),
  ])
  func errors(_ text: String, _ expected: String) {
    #expect(thrownMessage { _ = try parse(text, columns: 2) } == expected)
  }

  @Test func longFieldsAndRows() throws {
    let long = String(repeating: "1", count: 5000)
    let message = "line 1, column 2: expected a number of at most 4096 bytes, got more"
    #expect(thrownMessage { _ = try parse("1,\(long)", columns: 2) } == message)
    #expect(thrownMessage { _ = try parse("1,\"\(long)\"", columns: 2) } == message)
    #expect(
      thrownMessage { _ = try parse("1,1" + String(repeating: " ", count: 5000), columns: 2) } == message)
    #expect(try parse("1,\(long.prefix(4000))", columns: 2)[0][1] == .infinity)
    let row = [UInt8](repeating: UInt8(ascii: ","), count: 17 << 20)
    #expect(
      thrownMessage { _ = try parse(row + [0x0A], columns: 20 << 20) }
        == "line 1 is too long: expected at most 16777216 bytes, got more")
    #expect(
      thrownMessage { _ = try parse(Array(row[..<9999]), columns: 2) }
        == "line 1: expected 2 fields, got 10000")
  }

  @Test func rowsAreCounted() {
    for (text, rows, lines) in [
      ("", 0, 0), ("\n", 0, 1), ("1", 1, 0), ("1\n", 1, 1), ("1\n\n \n\r\n2", 2, 4), ("\r", 0, 1),
      ("1\r2\r\n\r\r3\n\r4", 4, 6),
      ("1234567\n12345678\n123456789\n", 3, 3),
    ] {
      let count = Array(text.utf8).withUnsafeBytes { CSVParser.count($0) }
      #expect(count.rows == rows, "\(text)")
      #expect(count.lines == lines, "\(text)")
    }
  }

  @Test(arguments: UInt64(1)...10)
  func nextLineAgreesWithASearch(seed: UInt64) {
    var random = SeededBits(seed: seed)
    let bytes = (0..<300).map { _ in
      [0x0A, 0x0D, 0x0B, 0x0C, 0x8A, 0x8D, 0x00, 0xFF, 0x41].randomElement(using: &random)!
    }
    bytes.map { UInt8($0) }.withUnsafeBytes { buffer in
      for start in 0...buffer.count {
        var expected = start
        while expected < buffer.count, buffer[expected] != 0x0A, buffer[expected] != 0x0D { expected += 1 }
        // A carriage return and a line feed are one end.
        if buffer[expected...].starts(with: [0x0D, 0x0A]) { expected += 1 }
        expected = min(expected + 1, buffer.count)
        #expect(CSVParser.nextLine(buffer, from: start) == expected, "seed \(seed), \(start)")
      }
    }
  }

  @Test(arguments: UInt64(1)...20)
  func tablesRoundTrip(seed: UInt64) throws {
    var random = SeededBits(seed: seed)
    let columns = Int.random(in: 1...9, using: &random)
    let dialect = [CSVDialect.commas, .tabs, .semicolons].randomElement(using: &random)!
    let table = (0..<50).map { _ in
      (0..<columns).map { _ in Double.random(in: -1e6...1e6, using: &random) }
    }
    let ending = ["\n", "\r\n", "\r"].randomElement(using: &random)!
    let text = table.map { row in
      row.map { number in
        let spaces = String(repeating: " ", count: Int.random(in: 0...2, using: &random))
        return Int.random(in: 0...9, using: &random) == 0 ? "\"\(number)\"" : spaces + "\(number)" + spaces
      }.joined(separator: String(UnicodeScalar(dialect.delimiter)))
    }.joined(separator: ending)
    #expect(try parse(text, columns: columns, dialect) == table, "seed \(seed)")
  }

  @Test func truncationsParseOrThrow() {
    let bytes = Array("1.5,\"2\",nan\r\n-3e-5, ,inf\r\n".utf8)
    // A cut may leave a shorter table that is complete; all others must be noticed.
    let complete = [0, 8, 11, 12, 13, 21, 24, 25, 26]
    for count in 0...bytes.count {
      let message = thrownMessage { _ = try parse(Array(bytes[..<count]), columns: 3) }
      #expect(
        (message == nil) == complete.contains(count), "first \(count) bytes: \(message ?? "-")"
      )
    }
  }

  @Test(arguments: UInt64(1)...20)
  func flippedBytesNeverTrap(seed: UInt64) {
    var random = SeededBits(seed: seed)
    let bytes = Array("1.5,\"2\",nan\r\n-3e-5, ,inf\r\n\n1234567890123456789012,1e400,.5\n".utf8)
    for _ in 0..<500 {
      let changed = bytes.corrupted(&random)
      let message = thrownMessage { _ = try parse(changed, columns: 3) }
      #expect(message == nil || message?.hasPrefix("line ") == true, "seed \(seed)")
      changed.withUnsafeBytes { buffer in
        _ = try? CSVLayout.detect(buffer, isWholeFile: true, path: "x.csv")
      }
    }
  }
}
