import TesseraCore
public import TesseraStorage

extension NDArray {
  /// Computes the elements and writes them as text, a row to a line: NumPy's `savetxt`, to the byte.
  ///
  /// An array of one axis has an element to a line. Complex numbers are written ` (1.0+2.0j)`. Header, footer and what is
  /// between numbers are written as UTF-8, where NumPy has Latin-1, and a `%` in the delimiter as it is. The file appears
  /// whole, or not at all, and is the same for any number of threads and any budget. `loadtxt` of NumPy reads it; under a
  /// name ending in `.csv` and with commas, `open` as well.
  ///
  /// - Parameters:
  ///   - path: of any suffix but those of other forms (`.npy`, `.npz`, `.zarr`) and of compressed files, which NumPy would
  ///     compress (`.gz`, `.bz2`, `.xz`).
  ///   - fmt: one conversion as of Python's `%`, with text around it: `%.18e`, `%d`, `%8.3f`, `%g`; flags, width and
  ///     precision as there. It is for all columns; NumPy's lists of formats and `%s` are not taken. `%d` cuts fractions off.
  ///   - header: text before the first row, each line of which has `comments` before it; empty for none.
  ///   - footer: likewise behind the last row.
  /// - Throws: `.usage` for an array of no axis or more than two, another name or format, and for NaN or infinities by
  ///   `%d`; `.exists` and `.memory` before anything is read; `.cancelled`; `.system`.
  /// - Complexity: the passes of `write`; memory within the budget, which has to have room for one row as text on each
  ///   thread, taken as long as the format allows.
  @discardableResult
  public func savetxt(
    to path: String, fmt: String = "%.18e", delimiter: String = " ", newline: String = "\n",
    header: String = "", footer: String = "", comments: String = "# ", options: TransferOptions = .init()
  ) throws -> WorkReport {
    let style = try TextStyle(
      format: fmt, delimiter: delimiter, newline: newline, header: header, footer: footer, comments: comments)
    try TextStyle.check(shape)
    let (computing, writing) = try [node].namingSources {
      try options.planning { options -> (Int, Int) in
        var evaluation = Evaluation([node], options: options, gathersOutputs: false)
        let passes = try evaluation.plannedWithPlaceholders()
        let bytesRead = passes.reduce(0) { $0.saturatingAdd($1.bytesRead) }
        return (bytesRead, try saving(evaluation, path, style, options).plan.bytesWritten)
      }
    }
    var stages = StagedProgress(options, total: computing.saturatingAdd(writing))
    var evaluation = Evaluation([node], options: stages.next(computing), gathersOutputs: false)
    try evaluation.run()
    return try saving(evaluation, path, style, stages.next(writing)).run()
  }

  /// - Parameter evaluation: run or planned; what it holds stays in memory while the text is written.
  private func saving(
    _ evaluation: Evaluation, _ path: String, _ style: TextStyle, _ options: TransferOptions
  ) throws -> TextSaving {
    var options = options
    options.heldBytes = options.heldBytes.saturatingAdd(evaluation.heldBytes)
    // Of a member the archive counts: it is what would be replaced.
    let paths = node.storedPaths.map { (try? ArrayLocation(existing: $0).path) ?? $0 }
    return try TextSaving(
      NodeSource.driver(of: node, results: evaluation.finished), to: path, style: style, readFrom: paths,
      options: options)
  }
}
