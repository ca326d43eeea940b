/// Where quotes open and close in a table, whatever its delimiter: only a field's first character opens them, as in
/// `size (in")` there are none.
struct CSVQuotes {
  /// Whether the next byte is between quotes.
  private(set) var areOpen = false
  private var isFieldStart = true
  /// Whether the last byte closed quotes, which a second one opens again: two of them stand for one in the text.
  private var hasJustClosed = false

  mutating func take(_ byte: UInt8) {
    if byte == UInt8(ascii: "\"") {
      let opens = !areOpen && (isFieldStart || hasJustClosed)
      hasJustClosed = areOpen
      areOpen = opens
      isFieldStart = false
    } else {
      hasJustClosed = false
      if byte != UInt8(ascii: " ") { isFieldStart = CSVQuotes.endFields.contains(byte) }
    }
  }

  private static let endFields: Set<UInt8> = [
    CSVDialect.commas.delimiter, CSVDialect.semicolons.delimiter, CSVDialect.tabs.delimiter, 0x0A, 0x0D,
  ]
}
