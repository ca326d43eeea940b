import TesseraCore

/// What the beginning of a table says: its dialect, its columns, and where its numbers begin.
package struct CSVLayout: Sendable, Hashable {
  package let dialect: CSVDialect
  package let columns: Int
  /// The column's names when the first row is a header: when a field of it is neither empty nor a number.
  package let names: [String]?
  /// Where the first row of numbers begins, in bytes.
  package let dataOffset: Int
  /// The number of that line, from 1.
  package let dataLine: Int

  /// Looks at the first row.
  ///
  /// - Parameters:
  ///   - prefix: the beginning of the file, or all of it.
  ///   - isWholeFile: whether nothing follows.
  ///   - path: the file's name, whose suffix may tell the delimiter.
  /// - Returns: nil when the first row does not end within `prefix` and more of the file is needed.
  /// - Throws: for files without any row, and those that are no text.
  package static func detect(
    _ prefix: UnsafeRawBufferPointer, isWholeFile: Bool, path: String
  ) throws -> CSVLayout? {
    var offset = prefix.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var line = 1
    CSVParser.skipBlankLines(prefix, from: &offset, line: &line)
    let isTooLong = prefix.count - offset > CSVLimits.rowBytes
    guard offset < prefix.count else {
      if !isWholeFile { return nil }
      throw TesseraError(.corrupt, "no rows", expected: "a table of numbers", got: "an empty file")
    }
    guard let end = firstRowEnd(prefix, from: offset, isWholeFile: isWholeFile || isTooLong) else {
      return nil
    }
    guard end - offset <= CSVLimits.rowBytes else {
      throw TesseraError(
        .unsupported, "line \(line) is too long", expected: "at most \(CSVLimits.rowBytes) bytes", got: "more"
      )
    }
    let row = UnsafeRawBufferPointer(rebasing: prefix[offset..<end])
    guard !row.contains(0) else {
      throw TesseraError(.corrupt, "not a text file", expected: "UTF-8", got: "zero bytes on line \(line)")
    }
    let dialect = CSVDialect(path: path, firstLine: row)
    let (names, isHeader) = try CSVHeaderParser(dialect: dialect, line: line).parse(row)
    return CSVLayout(
      dialect: dialect, columns: names.count, names: isHeader ? names : nil,
      dataOffset: isHeader ? end : offset,
      dataLine: isHeader ? line + CSVParser.lineEnds(row) : line)
  }

  /// The offset after the line end, outside of quotes, that ends the first row; nil when it is not there yet.
  /// A carriage return at the end may be the first half of one.
  private static func firstRowEnd(_ bytes: UnsafeRawBufferPointer, from start: Int, isWholeFile: Bool) -> Int?
  {
    var quotes = CSVQuotes()
    for position in start..<bytes.count {
      quotes.take(bytes[position])
      guard CSVParser.isLineEnd(bytes[position]), !quotes.areOpen else { continue }
      let isCut = bytes[position] == 0x0D && position + 1 == bytes.count && !isWholeFile
      return isCut ? nil : CSVParser.afterLineEnd(bytes, at: position)
    }
    return isWholeFile ? bytes.count : nil
  }
}
