import TesseraIO

/// Tells a handler how far work is, and at what rate; safe from any thread.
package final class ProgressReporter: Sendable {
  private let total: Int
  private let handler: @Sendable (TransferOptions.Progress) -> Void
  private let estimate = Lock(ProgressEstimate())

  package init(total: Int, handler: @escaping @Sendable (TransferOptions.Progress) -> Void) {
    (self.total, self.handler) = (total, handler)
  }

  package func tell(done: Int) {
    let progress = estimate.withLock { $0.update(done: done, total: total, time: ProcessLimits.now) }
    // Not within the lock: a handler may take its time.
    handler(progress)
  }
}
