import TesseraCore
import TesseraIO
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

  /// The options of the next stage, which counts for so many bytes, in one piece of work or several after one another.
  package mutating func next(_ bytes: Int) -> TransferOptions {
    guard let reporter else { return options }
    let before = done
    done = done.saturatingAdd(bytes)
    let pieces = Lock(Pieces())
    var options = options
    options.progress = { part in
      pieces.withLock { pieces in
        pieces.note(part)
        reporter.tell(done: before.saturatingAdd(min(pieces.done, bytes)))
      }
    }
    return options
  }

  /// What the pieces of a stage told, each of which begins at 0.
  private struct Pieces {
    /// Of those before the last one.
    private var earlier = 0
    private var last = TransferOptions.Progress(done: 0, total: 0)

    var done: Int { earlier.saturatingAdd(last.done) }

    mutating func note(_ part: TransferOptions.Progress) {
      if part.done < last.done || part.total != last.total { earlier = done }
      last = part
    }
  }
}
