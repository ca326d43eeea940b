import TesseraCore
package import TesseraStorage

/// Stages of one piece of work that tell a handler how far all of it is.
package struct StagedProgress {
  private let options: TransferOptions
  private let total: Int
  private var done = 0

  package init(_ options: TransferOptions, total: Int) {
    self.options = options
    self.total = total
  }

  /// The options of the next stage, which counts for so many bytes.
  package mutating func next(_ bytes: Int) -> TransferOptions {
    guard let handler = options.progress else { return options }
    let (before, all) = (done, total)
    done = done.saturatingAdd(bytes)
    var options = options
    options.progress = { part, _ in handler(before.saturatingAdd(min(part, bytes)), all) }
    return options
  }
}
