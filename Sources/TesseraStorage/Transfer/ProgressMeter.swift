import TesseraIO

/// Adds up what all workers did and tells a handler now and then.
package final class ProgressMeter: Sendable {
  private let total: Int
  private let reporter: ProgressReporter?
  private let state = Lock((done: 0, told: 0.0, isComplete: false))
  private static let interval = 0.1

  package init(total: Int, handler: (@Sendable (TransferOptions.Progress) -> Void)?) {
    self.total = total
    reporter = handler.map { ProgressReporter(total: total, handler: $0) }
  }

  package func add(_ bytes: Int) {
    guard let reporter else { return }
    let done = state.withLock { state -> Int? in
      state.done += bytes
      let now = ProcessLimits.now
      let completes = state.done >= total && !state.isComplete
      guard now - state.told >= ProgressMeter.interval || completes else { return nil }
      state.told = now
      state.isComplete = state.done >= total
      return state.done
    }
    if let done { reporter.tell(done: done) }
  }
}
