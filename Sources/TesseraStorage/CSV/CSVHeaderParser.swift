import TesseraCore

/// Splits a first row into its fields, quotes undone.
struct CSVHeaderParser {
  let dialect: CSVDialect
  let line: Int

  /// The fields' texts, and whether any is neither empty nor a number.
  func parse(_ row: UnsafeRawBufferPointer) throws -> (names: [String], isHeader: Bool) {
    var names: [String] = []
    var isHeader = false
    var end = row.count
    if end > 0, row[end - 1] == 0x0A { end -= 1 }
    if end > 0, row[end - 1] == 0x0D { end -= 1 }
    var position = 0
    while true {
      let bytes = try field(row, &position, end, column: names.count + 1)
      guard let name = String(validating: bytes, as: UTF8.self) else {
        throw invalid(names.count + 1, expected: "UTF-8", got: "other bytes")
      }
      if !isHeader { isHeader = bytes.withUnsafeBytes { CSVParser.number($0[...]) == nil } }
      names.append(name)
      if position == end { return (names, isHeader) }
      position += 1
    }
  }

  /// The bytes of the field at `position`, which is moved to the delimiter after it, or to the end.
  private func field(
    _ row: UnsafeRawBufferPointer, _ position: inout Int, _ end: Int, column: Int
  ) throws -> [UInt8] {
    while position < end, row[position] == 0x20 { position += 1 }
    guard position < end, row[position] == UInt8(ascii: "\"") else {
      let start = position
      while position < end, row[position] != dialect.delimiter { position += 1 }
      var bytes = Array(row[start..<position])
      guard !bytes.contains(where: CSVParser.isLineEnd) else {
        throw invalid(column, expected: "quotes around a line end", got: "a line end in an unquoted field")
      }
      while bytes.last == 0x20 { bytes.removeLast() }
      return bytes
    }
    position += 1
    let bytes = try quoted(row, &position, end, column: column)
    while position < end, row[position] == 0x20 { position += 1 }
    guard position == end || row[position] == dialect.delimiter else {
      throw invalid(column, expected: "a delimiter after the closing quote", got: "other text")
    }
    return bytes
  }

  /// The text up to the closing quote, which `position` is moved past.
  private func quoted(
    _ row: UnsafeRawBufferPointer, _ position: inout Int, _ end: Int, column: Int
  ) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while position < end {
      let byte = row[position]
      position += 1
      if byte == UInt8(ascii: "\"") {
        guard position < end, row[position] == UInt8(ascii: "\"") else { return bytes }
        position += 1
      }
      bytes.append(byte)
    }
    throw invalid(column, expected: "a closing quote", got: "the end of the row")
  }

  private func invalid(_ column: Int, expected: String, got: String) -> TesseraError {
    TesseraError(.corrupt, "line \(line), column \(column)", expected: expected, got: got)
  }
}
