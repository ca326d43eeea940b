import Tessera
import TesseraCore
import TesseraEngine
import TesseraIO
import TesseraStorage

/// Where `stats -o` puts its table: an archive with a member for each column, or text.
struct SummaryFile {
  private enum Form {
    case archive(planned: Writing)
    /// Built beside its destination; nil when nothing is to be built.
    case text(Staging?, separator: String)
  }

  private let path: String
  private let form: Form
  private let options: TransferOptions

  /// Makes sure that it can be written before there is anything to write.
  init(
    _ path: String, of summary: ArraySummary, from source: String, plansOnly: Bool, _ options: TransferOptions
  ) throws {
    self.path = path
    self.options = options
    if path.hasSuffix(".csv") || path.hasSuffix(".tsv") {
      // Asked in the order in which an archive's place is; what building the text would find is not planned either.
      try Staging.requireFree(path, overwrites: options.overwrite)
      try Directory.require(Path.parent(path))
      // Of a member the archive counts, whatever it is called.
      try Overlap.check(path, readFrom: ArrayLocation(existing: source).path)
      if options.overwrite { try Replacement.check(path) }
      let staging =
        plansOnly
        ? nil : try Staging(path, overwrites: options.overwrite, waiting: options.lockWaiting)
      form = .text(staging, separator: path.hasSuffix(".csv") ? "," : "\t")
    } else if path.hasSuffix(".npz") {
      let members = summary.columns.map { (name: Optional($0.name), array: $0.array) }
      let planned = try options.planning { options in
        // The columns are computed to be printed, and what is in memory is written.
        _ = try explain(summary.columns.map(\.array), options: options)
        return try Writing(members, to: path, options: options)
      }
      form = .archive(planned: planned)
    } else {
      throw TesseraError(
        .usage, "destination of a table", path: path, expected: "a name ending in .npz or .csv",
        got: "'\(Path.name(path))'")
    }
  }

  /// Computing and writing; nil of text, of which computing alone is planned.
  var explanation: Explanation? { if case .archive(let planned) = form { planned.explanation } else { nil } }

  func write(_ table: SummaryTable) throws {
    switch form {
    case .archive:
      // All that is read was told of when the table was computed.
      var options = options
      options.progress = nil
      _ = try Writing(table.arrays, to: path, options: options).run()
    case .text(nil, _): break
    case .text(let staging?, let separator):
      let file = try File(staging.payload, .create)
      var end = 0
      // Many rows at a time: a write for each would take most of the time.
      func append(_ rows: [[String]]) throws {
        let text: [UInt8] = rows.flatMap { Array(($0.joined(separator: separator) + "\n").utf8) }
        try file.write(text, at: end)
        end += text.count
      }
      try append([table.names])
      try table.forEachBatch([0..<table.shape.count]) { _, rows in
        try append(rows.map { $0.map(SummaryFile.text) })
      }
      try file.sync()
      try staging.publish()
    }
  }

  /// Numbers with all their digits, as every reader of CSV takes them: booleans are 0 and 1.
  private static func text(_ value: JSONValue) -> String {
    if let flag = value.bool { return flag ? "1" : "0" }
    return value.number?.text ?? value.special.map { "\($0)" } ?? "nan"
  }
}
