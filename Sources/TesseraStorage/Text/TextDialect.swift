import TesseraCore

/// What the rows of a text file are: the arguments of NumPy's `loadtxt`.
package struct TextDialect: Sendable {
  /// Between fields; nil for any run of spaces and tabs.
  let delimiter: UInt8?
  /// What begins a comment, which the rest of its line is; empty for no comments.
  let comments: [UInt8]
  /// Lines at the beginning that are not looked at.
  let skippedLines: Int
  /// The columns to take, counted from the end where negative; nil for all.
  let columns: [Int]?
  /// Rows to read at most.
  let mostRows: Int

  /// - Throws: `.usage` for arguments that cannot be.
  package init(
    delimiter: String?, comments: String?, skiprows: Int, usecols: [Int]?, maxRows: Int?
  ) throws {
    let bytes = delimiter.map { Array($0.utf8) }
    guard bytes.map({ $0.count == 1 && !CSVParser.isLineEnd($0[0]) }) ?? true else {
      throw TesseraError(
        .usage, "delimiter", expected: "one ASCII character, or nil for spaces and tabs",
        got: "'\(TesseraError.printable(delimiter ?? ""))'")
    }
    guard bytes == nil || bytes != comments.map({ Array($0.utf8) }) else {
      throw TesseraError(
        .usage, "delimiter", expected: "another than what begins a comment",
        got: "'\(TesseraError.printable(delimiter ?? ""))'")
    }
    guard skiprows >= 0, maxRows ?? 0 >= 0 else {
      throw TesseraError(
        .usage, skiprows < 0 ? "skiprows" : "maxRows", expected: "0 or more",
        got: "\(skiprows < 0 ? skiprows : maxRows ?? 0)")
    }
    if let usecols, usecols.isEmpty {
      throw TesseraError(.usage, "usecols", expected: "a column or more", got: "none")
    }
    self.delimiter = bytes?[0]
    self.comments = Array((comments ?? "").utf8)
    (skippedLines, columns, mostRows) = (skiprows, usecols, maxRows ?? .max)
  }

  /// Tells apart what reads a file otherwise.
  var summary: String {
    let separator = delimiter.map { "\($0)" } ?? "spaces"
    let taken = columns.map { "\($0)" } ?? "all"
    return "\(separator), comments \(comments), from \(skippedLines), columns \(taken), rows \(mostRows)"
  }

  /// Of a line, what is before its end and before a comment.
  func content(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) -> Range<Int> {
    var end = line.upperBound
    while end > line.lowerBound, CSVParser.isLineEnd(bytes[end - 1]) { end -= 1 }
    guard let first = comments.first else { return line.lowerBound..<end }
    for position in line.lowerBound..<end
    where bytes[position] == first && end - position >= comments.count {
      if bytes[position..<position + comments.count].elementsEqual(comments) {
        return line.lowerBound..<position
      }
    }
    return line.lowerBound..<end
  }

  /// Whether a line's content is a row; with a delimiter even spaces are, as in NumPy.
  func isRow(_ bytes: UnsafeRawBufferPointer, _ content: Range<Int>) -> Bool {
    delimiter == nil ? !bytes[content].allSatisfy(TextDialect.isSpace) : !content.isEmpty
  }

  /// Finds the fields of a row, without the spaces around them.
  func split(_ bytes: UnsafeRawBufferPointer, _ content: Range<Int>, into fields: inout [Range<Int>]) {
    fields.removeAll(keepingCapacity: true)
    forEachField(bytes, content) { fields.append($0) }
  }

  /// The same without room for them, of which a long row takes much.
  func fieldCount(_ bytes: UnsafeRawBufferPointer, _ content: Range<Int>) -> Int {
    var count = 0
    forEachField(bytes, content) { _ in count += 1 }
    return count
  }

  @inline(__always)
  private func forEachField(
    _ bytes: UnsafeRawBufferPointer, _ content: Range<Int>, _ body: (Range<Int>) -> Void
  ) {
    var position = content.lowerBound
    guard let delimiter else {
      while true {
        while position < content.upperBound, TextDialect.isSpace(bytes[position]) { position += 1 }
        guard position < content.upperBound else { return }
        let start = position
        while position < content.upperBound, !TextDialect.isSpace(bytes[position]) { position += 1 }
        body(start..<position)
      }
    }
    while true {
      let start = position
      while position < content.upperBound, bytes[position] != delimiter { position += 1 }
      body(TextDialect.trimmed(bytes, start..<position))
      guard position < content.upperBound else { return }
      position += 1
    }
  }

  private static func trimmed(_ bytes: UnsafeRawBufferPointer, _ field: Range<Int>) -> Range<Int> {
    var (start, end) = (field.lowerBound, field.upperBound)
    while start < end, isSpace(bytes[start]) { start += 1 }
    while start < end, isSpace(bytes[end - 1]) { end -= 1 }
    return start..<end
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0B || byte == 0x0C
  }
}
