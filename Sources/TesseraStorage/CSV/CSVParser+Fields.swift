import TesseraCore

extension CSVParser {
  /// The value of a field that is no plain number: empty, quoted, or a word. `position` is past its spaces.
  @inline(never)
  func otherField(
    _ bytes: UnsafeRawBufferPointer, _ position: inout Int, _ end: Int, line: Int, column: Int
  ) throws -> Double {
    let start = position
    position = fieldEnd(bytes, start, end)
    guard position - start <= CSVLimits.fieldBytes else { throw longField(line, column) }
    let field = bytes[start..<position]
    guard let value = CSVParser.number(field) else {
      throw notANumber(bytes, start, end, line: line, column: column)
    }
    return value
  }

  /// The value of a whole field without its delimiters; nil when it is no number.
  static func number(_ field: Slice<UnsafeRawBufferPointer>) -> Double? {
    var content = trimmed(field)
    if content.count >= 2, content.first == UInt8(ascii: "\""), content.last == UInt8(ascii: "\"") {
      content = trimmed(content.dropFirst().dropLast())
    }
    guard !content.isEmpty, let base = content.base.baseAddress else { return .nan }
    var position = content.startIndex
    let text = base.assumingMemoryBound(to: UInt8.self)
    if let value = DecimalNumber.scan(text, &position, content.endIndex) {
      return position == content.endIndex ? value : nil
    }
    return word(content)
  }

  private static func word(_ content: Slice<UnsafeRawBufferPointer>) -> Double? {
    let isNegative = content.first == UInt8(ascii: "-")
    let unsigned = isNegative || content.first == UInt8(ascii: "+") ? content.dropFirst() : content
    guard unsigned.count <= 8 else { return nil }
    switch String(decoding: unsigned.map { $0 | 0x20 }, as: UTF8.self) {
    case "nan": return .nan
    case "inf", "infinity": return isNegative ? -.infinity : .infinity
    default: return nil
    }
  }

  private static func trimmed(_ field: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
    var field = field.drop { $0 == 0x20 }
    while field.last == 0x20 { field = field.dropLast() }
    return field
  }

  /// Where the field from `start` on ends: at a delimiter outside of quotes, or at the line's end.
  private func fieldEnd(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Int {
    var isQuoted = false
    for position in start..<end {
      switch bytes[position] {
      case UInt8(ascii: "\""): isQuoted.toggle()
      case dialect.delimiter where !isQuoted: return position
      case 0x0A, 0x0D: return position
      default: continue
      }
    }
    return end
  }

  // MARK: Errors

  @inline(never)
  func notANumber(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, line: Int, column: Int)
    -> TesseraError
  {
    let field = CSVParser.trimmed(bytes[start..<fieldEnd(bytes, start, end)])
    let text = String(decoding: field.prefix(40), as: UTF8.self)
    return TesseraError(
      .corrupt, "line \(line), column \(column + 1)", expected: "a number",
      got: "'\(text)'\(field.count > 40 ? "…" : "")")
  }

  @inline(never)
  func longField(_ line: Int, _ column: Int) -> TesseraError {
    TesseraError(
      .unsupported, "line \(line), column \(column + 1)",
      expected: "a number of at most \(CSVLimits.fieldBytes) bytes",
      got: "more")
  }

  @inline(never)
  func raggedRow(_ bytes: UnsafeRawBufferPointer, _ offset: Int, line: Int, columns: Int) -> TesseraError {
    let limit = bytes.count - offset > CSVLimits.rowBytes ? offset + CSVLimits.rowBytes : bytes.count
    var position = fieldEnd(bytes, offset, limit)
    var count = 1
    while position < limit, bytes[position] == dialect.delimiter {
      position = fieldEnd(bytes, position + 1, limit)
      count += 1
    }
    return TesseraError(.corrupt, "line \(line)", expected: "\(columns) fields", got: "\(count)")
  }
}
