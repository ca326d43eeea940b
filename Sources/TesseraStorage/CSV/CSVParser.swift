import TesseraCore

/// Parses rows of numbers from memory; it has no state, so that threads can share one.
package struct CSVParser: Sendable {
  package let dialect: CSVDialect

  package init(dialect: CSVDialect) { self.dialect = dialect }

  /// Parses the row that begins at `offset`, which must not be a blank line.
  ///
  /// Empty fields and `nan` (in any case, signed or not) are NaN; `inf` and `infinity` are infinite. Spaces
  /// around numbers, and quotes, do not count. The end of `bytes` ends the row.
  ///
  /// - Parameters:
  ///   - line: the line's number in the file, from 1, for messages.
  ///   - columns: how many fields a row must have.
  ///   - row: where the numbers go; it has room for `columns`.
  /// - Returns: the offset of the next line.
  /// - Throws: `TesseraError` that names the line, and the column of text that is no number; rows with more or
  ///   fewer fields are errors too.
  package func parseRow(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, line: Int, columns: Int,
    into row: UnsafeMutablePointer<Double>
  ) throws -> Int {
    guard let base = bytes.baseAddress, offset >= 0, offset < bytes.count else {
      throw TesseraError(.corrupt, "line \(line)", expected: "\(columns) fields", got: "the end of the file")
    }
    let text = base.assumingMemoryBound(to: UInt8.self)
    let delimiter = dialect.delimiter
    let end = bytes.count - offset > CSVLimits.rowBytes ? offset + CSVLimits.rowBytes : bytes.count
    var position = offset
    var column = 0
    while true {
      let start = position
      guard column < columns else { throw raggedRow(bytes, offset, line: line, columns: columns) }
      while position < end, text[position] == 0x20 { position &+= 1 }
      if let value = DecimalNumber.scan(text, &position, end) {
        row[column] = value
        while position < end, text[position] == 0x20 { position &+= 1 }
      } else {
        row[column] = try otherField(bytes, &position, end, line: line, column: column)
      }
      if position &- start > CSVLimits.fieldBytes { throw longField(line, column) }
      column &+= 1
      if position < end, text[position] == delimiter {
        position &+= 1
        continue
      }
      guard let next = try lineEnd(bytes, position, end, line: line) else {
        throw notANumber(bytes, start, end, line: line, column: column &- 1)
      }
      guard column == columns else { throw raggedRow(bytes, offset, line: line, columns: columns) }
      return next
    }
  }

  /// Where the next line begins when `position` is the end of one; nil when it is not.
  @inline(__always)
  private func lineEnd(_ bytes: UnsafeRawBufferPointer, _ position: Int, _ end: Int, line: Int) throws -> Int?
  {
    if position < end {
      if bytes[position] == 0x0A { return position &+ 1 }
      guard bytes[position] == 0x0D else { return nil }
      if position &+ 1 < end { return CSVParser.afterLineEnd(bytes, at: position) }
    }
    guard end == bytes.count else {
      throw TesseraError(
        .unsupported, "line \(line) is too long", expected: "at most \(CSVLimits.rowBytes) bytes", got: "more"
      )
    }
    return end
  }
}
