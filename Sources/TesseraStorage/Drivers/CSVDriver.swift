package import TesseraCore
import TesseraIO

/// A table of numbers in text, as a float64 matrix.
///
/// Opening counts the rows, in one sweep, and remembers where every few MiB of them begin; reading parses
/// from there.
package struct CSVDriver: ArrayDriver {
  package let description: ArrayDescription
  private let mapping: Mapping
  private let parser: CSVParser
  private let columns: Int
  private let windows: [Window]

  /// A stretch of whole lines.
  private struct Window: Sendable {
    var bytes: Range<Int>
    var firstRow: Int
    var rowCount: Int
    var firstLine: Int
  }

  private static let windowBytes = 4 << 20
  /// Parsed at one go.
  private static let batchBytes = 256 << 10

  /// - Throws: `.corrupt` for a file without rows or that is no text; rows are checked when they are read.
  package init(path: String) throws {
    let mapping = try Mapping(File(path))
    self.mapping = mapping
    let layout = try naming(path) { try mapping.whole { try CSVDriver.layout(mapping, path) } }
    parser = CSVParser(dialect: layout.dialect)
    columns = layout.columns
    var rows = 0
    windows = try naming(path) {
      try mapping.whole { try CSVDriver.windows(mapping, layout, rows: &rows) }
    }
    var attributes = JSONObject()
    if let names = layout.names { attributes["columns"] = .array(names.map { .string($0) }) }
    description = ArrayDescription(
      path: path, format: .csv, shape: try Shape(stored: [rows, layout.columns]), dtype: .float64,
      dtypeName: DType.float64.name, codec: "none", attributes: attributes)
  }

  private static func layout(_ mapping: Mapping, _ path: String) throws -> CSVLayout {
    var count = min(64 << 10, mapping.count)
    while true {
      mapping.willTouch(count)
      let prefix = UnsafeRawBufferPointer(rebasing: mapping.bytes[..<count])
      if let layout = try CSVLayout.detect(prefix, isWholeFile: count == mapping.count, path: path) {
        return layout
      }
      guard count < 2 * CSVLimits.rowBytes else {
        throw TesseraError(.corrupt, "no row in the first \(count) bytes", expected: "a table of numbers")
      }
      count = min(2 * count, mapping.count)
    }
  }

  private static func windows(_ mapping: Mapping, _ layout: CSVLayout, rows: inout Int) throws -> [Window] {
    var windows: [Window] = []
    var start = layout.dataOffset
    var line = layout.dataLine
    while start < mapping.count {
      mapping.willTouch(windowBytes)
      let end = try CSVParser.lineEnd(
        mapping.bytes, after: min(mapping.count, start + windowBytes), line: line)
      let count = CSVParser.count(UnsafeRawBufferPointer(rebasing: mapping.bytes[start..<end]))
      if count.rows > 0 {
        windows.append(Window(bytes: start..<end, firstRow: rows, rowCount: count.rows, firstLine: line))
      }
      rows += count.rows
      line += count.lines
      start = end
    }
    return windows
  }

  package var granule: [Int] {
    [max(1, description.shape[0] / max(1, windows.count)), max(1, columns)]
  }

  /// Parsing, on one core.
  package var readingCost: Double { 24 }

  package var scratchBytes: Int { max(CSVDriver.batchBytes, columns * 8) }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    let wanted = selection.bounds.range(0)
    let first = windows.lastIndex { $0.firstRow <= wanted.lowerBound } ?? 0
    for window in windows[first...] where window.firstRow < wanted.upperBound {
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
    let bytes = UnsafeRawBufferPointer(rebasing: mapping.bytes[window.bytes])
    var (offset, line, row) = (0, window.firstLine, window.firstRow)
    CSVParser.skipBlankLines(bytes, from: &offset, line: &line)
    while row < wanted.lowerBound, offset < bytes.count {
      offset = CSVParser.nextLine(bytes, from: offset)
      line += 1
      row += 1
      CSVParser.skipBlankLines(bytes, from: &offset, line: &line)
    }
    let capacity = max(1, CSVDriver.batchBytes / (columns * 8))
    let batch = scratch.chunk.reserve(capacity * columns * 8).bindMemory(to: Double.self)
    let endRow = min(wanted.upperBound, window.firstRow + window.rowCount)
    while row < endRow, offset < bytes.count {
      let count = try parser.parseRows(
        bytes, from: &offset, line: &line, limit: min(capacity, endRow - row), columns: columns,
        into: batch.baseAddress!)
      let parsed = UnsafeRawPointer(batch.baseAddress!)
      selection.copy(
        rows: row..<row + count, of: columns, itemSize: 8, from: parsed, to: target, strides)
      row += count
    }
    guard row == endRow else {
      throw TesseraError(
        .corrupt, "lines from line \(window.firstLine) on",
        expected: "\(window.rowCount) rows, as when they were counted", got: "\(row - window.firstRow)")
    }
  }

  package func storedBytes() throws -> Int { try mapping.file.size() }

  package func fingerprint() throws -> String {
    let stamp = try mapping.file.stamp()
    return "\(stamp.size) \(stamp.modified) \(stamp.inode)"
  }
}
