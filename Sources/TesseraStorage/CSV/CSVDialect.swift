// Comma-separated values, RFC 4180: https://www.rfc-editor.org/rfc/rfc4180
//
//   file = [UTF-8 byte order mark] record (line end record)* [line end]        line end = LF | CRLF | CR
//   record = field (delimiter field)*
//   field = text without quotes, delimiters and line ends | " (any text, quotes doubled) "
//
// Read more freely here: the delimiter may be a tab or a semicolon, spaces around fields do not count, and
// blank lines are skipped. Quoted line ends are only read in the header, since no number holds one.

/// What separates the fields of a table.
package struct CSVDialect: Sendable, Hashable {
  package let delimiter: UInt8

  package init(delimiter: UInt8) { self.delimiter = delimiter }

  package static let commas = CSVDialect(delimiter: UInt8(ascii: ","))
  package static let tabs = CSVDialect(delimiter: UInt8(ascii: "\t"))
  package static let semicolons = CSVDialect(delimiter: UInt8(ascii: ";"))

  /// The dialect of a file: tabs by its suffix (`.tsv`, `.tab`), else whatever occurs most in the first line
  /// outside of quotes; commas when nothing does.
  package init(path: String, firstLine: UnsafeRawBufferPointer) {
    let lowered = path.lowercased()
    if lowered.hasSuffix(".tsv") || lowered.hasSuffix(".tab") {
      self = .tabs
      return
    }
    var counts = [0, 0, 0]
    var quotes = CSVQuotes()
    for byte in firstLine {
      quotes.take(byte)
      switch byte {
      case _ where quotes.areOpen: continue
      case CSVDialect.commas.delimiter: counts[0] += 1
      case CSVDialect.semicolons.delimiter: counts[1] += 1
      case CSVDialect.tabs.delimiter: counts[2] += 1
      default: continue
      }
    }
    let most = counts.max() ?? 0
    self = counts[0] == most ? .commas : counts[1] == most ? .semicolons : .tabs
  }
}
