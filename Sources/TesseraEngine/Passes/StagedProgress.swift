import TesseraCore
package import TesseraStorage

/// Stages of one piece of work that tell a handler how far all of it is.
package struct StagedProgress {
  private let options: TransferOptions
  private let reporter: ProgressReporter?
  private var done = 0

  package init(_ options: TransferOptions, total: Int) {
    self.options = options
    reporter = options.progress.map { ProgressReporter(total: total, handler: $0) }
  }

  /// The options of the next stage, which counts for so many bytes.
  package mutating func next(_ bytes: Int) -> TransferOptions {
    guard let reporter else { return options }
    let before = done
    done = done.saturatingAdd(bytes)
    var options = options
    options.progress = { part in reporter.tell(done: before.saturatingAdd(min(part.done, bytes))) }
    return options
  }
}
