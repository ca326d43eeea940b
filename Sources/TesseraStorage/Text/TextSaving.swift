import TesseraCore
import TesseraIO

/// An array on its way to a text file, which appears whole or not at all.
package struct TextSaving: Sendable {
  /// What it takes.
  package let plan: TransferPlan
  private let source: any ArrayDriver
  private let dtype: DType
  private let path: String
  private let style: TextStyle
  private let options: TransferOptions

  /// Plans; nothing is read or made.
  ///
  /// - Parameter paths: the stored arrays that are read, which the file must not replace.
  /// - Throws: `.usage` for a shape or a name that cannot be; `.exists`; `.notFound` for a folder that is missing; `.memory`.
  package init(
    _ source: any ArrayDriver, to path: String, style: TextStyle, readFrom paths: [String],
    options: TransferOptions
  ) throws {
    let shape = source.description.shape
    try TextStyle.check(shape)
    try TextSaving.check(name: path)
    try Staging.requireFree(path, overwrites: options.overwrite)
    try Directory.require(Path.parent(path))
    for other in paths { try Overlap.check(path, readFrom: other) }
    if options.overwrite { try Replacement.check(path) }
    dtype = try source.description.supportedDType()
    (self.source, self.path, self.style, self.options) = (source, path, style, options)
    plan = try TransferPlan(
      from: source, to: TextSink.requirements(shape, dtype: dtype, style: style), options: options)
  }

  /// Refuses names by which readers would take the text for something else.
  private static func check(name path: String) throws {
    let names = [".npy", ".npz", ".zarr", ".gz", ".bz2", ".xz", ".lzma"]
    guard let suffix = names.first(where: { path.hasSuffix($0) }) else { return }
    throw TesseraError(
      .usage, "name of a text file", path: path, expected: "a name ending in .txt, .csv or the like",
      got: suffix)
  }

  /// Does it.
  ///
  /// - Throws: `.usage` for elements that the format cannot write; `.cancelled`; `.system`. There is no file then.
  package func run() throws -> WorkReport {
    let start = ProcessLimits.now
    ResidentWindow.shared.limit = plan.window
    if options.overwrite { try Replacement.check(path) }
    let staging = try Staging(path, overwrites: options.overwrite, waiting: options.lockWaiting)
    let file = try File(staging.payload, .create)
    try file.write(style.head, at: 0)
    let end = try writeRows(to: file)
    try file.write(style.tail, at: end)
    try file.sync()
    try staging.publish()
    return WorkReport(
      bytesIn: source.description.logicalBytes ?? 0, bytesOut: plan.bytesWritten,
      storedBytes: end + style.tail.count, seconds: ProcessLimits.now - start,
      peakResident: ProcessLimits.peakResident)
  }

  /// - Returns: where they end.
  private func writeRows(to file: File) throws -> Int {
    let shape = source.description.shape
    if shape.rank == 2, shape[1] == 0 { return try writeEmptyRows(shape[0], to: file) }
    defer { source.finishReading() }
    let sink = TextSink(shape, dtype: dtype, style: style, file: file, at: style.head.count)
    try Transfer(
      from: plan.prepared(source), to: sink, plan: plan, options: options
    ).run(progress: ProgressMeter(total: plan.bytesWritten, handler: options.progress))
    return sink.end
  }

  /// Rows without elements, which no block has, are lines all the same.
  private func writeEmptyRows(_ count: Int, to file: File) throws -> Int {
    var end = style.head.count
    for first in stride(from: 0, to: count, by: 1 << 16) {
      try options.checkCancellation()
      let lines = Array(repeatElement(style.newline, count: min(1 << 16, count - first)).joined())
      try file.write(lines, at: end)
      end += lines.count
    }
    return end
  }
}
