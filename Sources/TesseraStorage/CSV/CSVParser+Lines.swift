import TesseraCore

extension CSVParser {
  /// The offset after the next line end; the end when there is none.
  package static func nextLine(_ bytes: UnsafeRawBufferPointer, from offset: Int) -> Int {
    var position = offset
    // Eight bytes at a time: where one ends a line, its difference from that character is a zero byte.
    while bytes.count - position >= 8 {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      let ends = zeroBytes(word ^ 0x0A0A_0A0A_0A0A_0A0A) | zeroBytes(word ^ 0x0D0D_0D0D_0D0D_0D0D)
      if ends != 0 { return afterLineEnd(bytes, at: position + ends.trailingZeroBitCount / 8) }
      position += 8
    }
    while position < bytes.count {
      if isLineEnd(bytes[position]) { return afterLineEnd(bytes, at: position) }
      position += 1
    }
    return bytes.count
  }

  /// A word whose lowest bit is in the lowest byte of `word` that is zero; 0 when none is.
  ///
  /// Subtracting one from each byte borrows into the top bit of a zero byte, first of all in the lowest one.
  @inline(__always)
  private static func zeroBytes(_ word: UInt64) -> UInt64 {
    (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
  }

  /// A line feed or a carriage return.
  @inline(__always)
  static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  /// The offset after the line end that begins at `position`: a carriage return and a line feed are one.
  @inline(__always)
  static func afterLineEnd(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Int {
    let next = position + 1
    return bytes[position] == 0x0D && next < bytes.count && bytes[next] == 0x0A ? next + 1 : next
  }

  /// How many lines end in `bytes`, those within quotes too.
  static func lineEnds(_ bytes: UnsafeRawBufferPointer) -> Int {
    var (offset, ends) = (0, 0)
    while offset < bytes.count {
      offset = nextLine(bytes, from: offset)
      if isLineEnd(bytes[offset - 1]) { ends += 1 }
    }
    return ends
  }

  /// Moves past blank lines: those of spaces alone.
  package static func skipBlankLines(_ bytes: UnsafeRawBufferPointer, from offset: inout Int, line: inout Int)
  {
    while offset < bytes.count, let next = blankLine(bytes, at: offset) {
      offset = next
      line += 1
    }
  }

  /// The rows, which are the lines that are not blank, and the line ends, in bytes that begin with a line.
  package static func count(_ bytes: UnsafeRawBufferPointer) -> (rows: Int, lines: Int) {
    var (offset, rows, lines) = (0, 0, 0)
    while offset < bytes.count {
      if let next = blankLine(bytes, at: offset) {
        offset = next
      } else {
        rows += 1
        offset = nextLine(bytes, from: offset)
      }
      if isLineEnd(bytes[offset - 1]) { lines += 1 }
    }
    return (rows, lines)
  }

  /// Parses up to `limit` rows one after another, blank lines between them left out.
  ///
  /// - Parameters:
  ///   - offset: where a line begins; moved past the rows, and past blank lines after them.
  ///   - line: that line's number in the file; moved likewise.
  ///   - rows: room for `limit` times `columns` numbers, in C order.
  /// - Returns: how many rows there were; fewer than `limit` at the end of `bytes` only.
  package func parseRows(
    _ bytes: UnsafeRawBufferPointer, from offset: inout Int, line: inout Int, limit: Int, columns: Int,
    into rows: UnsafeMutablePointer<Double>
  ) throws -> Int {
    var count = 0
    CSVParser.skipBlankLines(bytes, from: &offset, line: &line)
    while count < limit, offset < bytes.count {
      offset = try parseRow(bytes, at: offset, line: line, columns: columns, into: rows + count * columns)
      line += 1
      count += 1
      CSVParser.skipBlankLines(bytes, from: &offset, line: &line)
    }
    return count
  }

  /// The offset after the blank line at `offset`; nil when there is something on it.
  @inline(__always)
  private static func blankLine(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int? {
    var position = offset
    while position < bytes.count, bytes[position] == 0x20 { position += 1 }
    if position == bytes.count { return position }
    return isLineEnd(bytes[position]) ? afterLineEnd(bytes, at: position) : nil
  }

  /// Where the line that holds the byte before `position` ends, behind both characters of a CRLF.
  ///
  /// - Parameter line: how many lines are before, as far as is known.
  /// - Throws: `.unsupported` for a line that is too long.
  static func lineEnd(_ bytes: UnsafeRawBufferPointer, after position: Int, line: Int) throws -> Int {
    let limit = min(bytes.count, position + CSVLimits.rowBytes)
    let end = nextLine(UnsafeRawBufferPointer(rebasing: bytes[..<limit]), from: position - 1)
    guard end < limit || limit == bytes.count else {
      throw TesseraError(
        .unsupported, "a line after line \(line) is too long", expected: "at most \(CSVLimits.rowBytes) bytes"
      )
    }
    return end
  }
}
