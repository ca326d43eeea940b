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
    // Within the lock: of two threads the one that has less to tell would otherwise be heard last now and then.
    estimate.withLock { estimate in
      handler(estimate.update(done: done, total: total, time: ProcessLimits.now))
    }
  }
}
