extension CSVParser {
  /// The offset after the next line feed; the end when there is none.
  package static func nextLine(_ bytes: UnsafeRawBufferPointer, from offset: Int) -> Int {
    var position = offset
    // Eight bytes at a time: where one equals a line feed, the difference has a zero byte, and subtracting
    // one from each byte borrows into its top bit, first of all in the lowest such byte.
    while bytes.count - position >= 8 {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      let difference = word ^ 0x0A0A_0A0A_0A0A_0A0A
      let zeros = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
      if zeros != 0 { return position + zeros.trailingZeroBitCount / 8 + 1 }
      position += 8
    }
    while position < bytes.count {
      position += 1
      if bytes[position - 1] == 0x0A { return position }
    }
    return bytes.count
  }

  /// Moves past blank lines: those of spaces alone.
  package static func skipBlankLines(_ bytes: UnsafeRawBufferPointer, from offset: inout Int, line: inout Int)
  {
    while offset < bytes.count, let next = blankLine(bytes, at: offset) {
      offset = next
      line += 1
    }
  }

  /// The rows, which are the lines that are not blank, and the line feeds, in bytes that begin with a line.
  package static func count(_ bytes: UnsafeRawBufferPointer) -> (rows: Int, lines: Int) {
    var (offset, rows, lines) = (0, 0, 0)
    while offset < bytes.count {
      if let next = blankLine(bytes, at: offset) {
        offset = next
      } else {
        rows += 1
        offset = nextLine(bytes, from: offset)
      }
      if bytes[offset - 1] == 0x0A { lines += 1 }
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
    if position < bytes.count, bytes[position] == 0x0D { position += 1 }
    if position == bytes.count { return position }
    return bytes[position] == 0x0A ? position + 1 : nil
  }
}
