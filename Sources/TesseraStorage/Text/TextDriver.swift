package import TesseraCore
import TesseraIO
import TesseraKernels

/// A matrix of numbers in text, as NumPy's `loadtxt` reads it.
///
/// Opening counts the rows, in one sweep, and remembers where every few MiB of them begin; reading parses from there.
package struct TextDriver: ArrayDriver {
  package let description: ArrayDescription
  private let mapping: Mapping
  private let dialect: TextDialect
  private let number: TextNumber
  /// Fields of every row; nil where `usecols` chooses, which rows of any length may do for.
  private let fields: Int?
  private let columns: Int
  /// Fields of the first row, for the memory that finding those of a row takes.
  private let firstFields: Int
  private let windows: [Window]

  /// A stretch of whole lines.
  private struct Window: Sendable {
    var bytes: Range<Int>
    var firstRow: Int
    var rowCount: Int
    var firstLine: Int
  }

  /// What counting finds.
  private struct Count {
    var windows: [Window] = []
    var rows = 0
    var fields: Int?
  }

  private static let windowBytes = 4 << 20
  /// Parsed at one go.
  private static let batchBytes = 256 << 10

  /// - Throws: `.unsupported` for other dtypes than integers and floats, and lines over 16 MiB; rows are checked when they
  ///   are read.
  package init(path: String, dtype: DType, dialect: TextDialect) throws {
    let number = try TextNumber(dtype)
    let mapping = try Mapping(File(path))
    let count = try naming(path) { try mapping.whole { try TextDriver.count(mapping, dialect) } }
    (self.mapping, self.dialect, self.number, windows) = (mapping, dialect, number, count.windows)
    fields = dialect.columns == nil ? count.fields : nil
    // Of a file without rows nobody knows; NumPy has one.
    columns = dialect.columns?.count ?? count.fields ?? 1
    firstFields = count.fields ?? 0
    description = ArrayDescription(
      path: path, format: .csv, shape: try Shape(stored: [count.rows, columns]), dtype: dtype,
      dtypeName: dtype.name, codec: "none")
  }

  private static func count(_ mapping: Mapping, _ dialect: TextDialect) throws -> Count {
    var count = Count()
    var (start, line) = (0, 1)
    while start < mapping.count, count.rows < dialect.mostRows {
      mapping.willTouch(windowBytes)
      let end = try CSVParser.lineEnd(
        mapping.bytes, after: min(mapping.count, start + windowBytes), line: line)
      let before = (row: count.rows, line: line)
      forEachLine(UnsafeRawBufferPointer(rebasing: mapping.bytes[start..<end])) { bytes, range in
        line += 1
        guard line - 1 > dialect.skippedLines, count.rows < dialect.mostRows else { return }
        let content = dialect.content(bytes, range)
        guard dialect.isRow(bytes, content) else { return }
        if count.fields == nil { count.fields = dialect.fieldCount(bytes, content) }
        count.rows += 1
      }
      if count.rows > before.row {
        count.windows.append(
          Window(
            bytes: start..<end, firstRow: before.row, rowCount: count.rows - before.row,
            firstLine: before.line))
      }
      start = end
    }
    return count
  }

  private static func forEachLine(
    _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer, Range<Int>) throws -> Void
  ) rethrows {
    var offset = 0
    while offset < bytes.count {
      let next = CSVParser.nextLine(bytes, from: offset)
      try body(bytes, offset..<next)
      offset = next
    }
  }

  package var granule: [Int] {
    [max(1, description.shape[0] / max(1, windows.count)), max(1, columns)]
  }

  /// Parsing, on one core.
  package var readingCost: Double { 24 }

  /// Rows as they are parsed, and in the dtype; the places of a row's fields.
  package var scratchBytes: Int {
    max(TextDriver.batchBytes, columns * 8) * 2 + firstFields.saturatingMultiply(32)
  }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    let wanted = selection.bounds.range(0)
    let first = windows.lastIndex { $0.firstRow <= wanted.lowerBound } ?? 0
    for window in windows[first...] where window.firstRow < wanted.upperBound {
      try scratch.interruption()
      try naming(description.path) {
        try mapping.whole { try read(selection, wanted, in: window, target, strides, scratch) }
      }
    }
  }

  private func read(
    _ selection: StridedRegion, _ wanted: Range<Int>, in window: Window, _ target: UnsafeMutableRawPointer,
    _ strides: [Int], _ scratch: ReadScratch
  ) throws {
    mapping.willTouch(window.bytes.count)
    let itemSize = number.dtype.itemSize
    let capacity = max(1, TextDriver.batchBytes / (columns * 8))
    let batch = scratch.chunk.reserve(capacity * columns * 8)
    let converted = scratch.encoded.reserve(capacity * columns * itemSize)
    let endRow = min(wanted.upperBound, window.firstRow + window.rowCount)
    var found: [Range<Int>] = []
    var (row, line, count) = (window.firstRow, window.firstLine, 0)
    /// Copies the `count` rows before `row`.
    func flush() {
      if count == 0 { return }
      Cast.convert(
        count * columns, from: number.wide, batch.baseAddress!, to: number.dtype, converted.baseAddress!)
      selection.copy(
        rows: row - count..<row, of: columns, itemSize: itemSize,
        from: UnsafeRawPointer(converted.baseAddress!), to: target, strides)
      count = 0
    }
    try TextDriver.forEachLine(UnsafeRawBufferPointer(rebasing: mapping.bytes[window.bytes])) {
      bytes, range in
      defer { line += 1 }
      guard line > dialect.skippedLines, row < endRow else { return }
      let content = dialect.content(bytes, range)
      guard dialect.isRow(bytes, content) else { return }
      if row >= wanted.lowerBound {
        dialect.split(bytes, content, into: &found)
        try parse(bytes, found, line: line, into: batch.baseAddress! + count * columns * 8)
        count += 1
      }
      row += 1
      if count == capacity { flush() }
    }
    flush()
    guard row == endRow else {
      throw TesseraError(
        .corrupt, "lines from line \(window.firstLine) on",
        expected: "\(window.rowCount) rows, as when they were counted", got: "\(row - window.firstRow)")
    }
  }

  /// Parses a row's fields, or those that are wanted.
  private func parse(
    _ bytes: UnsafeRawBufferPointer, _ found: [Range<Int>], line: Int, into target: UnsafeMutableRawPointer
  ) throws {
    if let fields, found.count != fields {
      throw TesseraError(
        .corrupt, "line \(line)", expected: "\(fields) fields, as in the first row", got: "\(found.count)")
    }
    for position in 0..<columns {
      let column = try column(position, of: found.count, line: line)
      guard !number.parse(bytes, found[column], into: target + position * 8) else { continue }
      let text = String(decoding: bytes[found[column]].prefix(40), as: UTF8.self)
      throw TesseraError(
        .corrupt, "line \(line), column \(column + 1)", expected: "a number of dtype \(number.dtype)",
        got: "'\(TesseraError.printable(text))'\(found[column].count > 40 ? "…" : "")")
    }
  }

  /// The field that goes to a column of the matrix.
  private func column(_ position: Int, of count: Int, line: Int) throws -> Int {
    guard let wanted = dialect.columns?[position] else { return position }
    let column = wanted < 0 ? wanted + count : wanted
    guard (0..<count).contains(column) else {
      throw TesseraError(
        .corrupt, "line \(line)", expected: "a field for column \(wanted) of usecols", got: "\(count) fields")
    }
    return column
  }

  package func storedBytes() throws -> Int { try mapping.file.size() }

  package func fingerprint() throws -> String {
    let stamp = try mapping.file.stamp()
    return "\(stamp.size) \(stamp.modified) \(stamp.inode) as \(number.dtype), \(dialect.summary)"
  }
}
