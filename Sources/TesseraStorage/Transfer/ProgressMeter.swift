import TesseraIO

/// Adds up what all workers did and tells a handler now and then.
package final class ProgressMeter: Sendable {
  private let total: Int
  private let handler: (@Sendable (Int, Int) -> Void)?
  private let state = Lock((done: 0, told: 0.0, isComplete: false))
  private static let interval = 0.1

  package init(total: Int, handler: (@Sendable (Int, Int) -> Void)?) {
    self.total = total
    self.handler = handler
  }

  package func add(_ bytes: Int) {
    guard let handler else { return }
    let done = state.withLock { state -> Int? in
      state.done += bytes
      let now = ProcessLimits.now
      let completes = state.done >= total && !state.isComplete
      guard now - state.told >= ProgressMeter.interval || completes else { return nil }
      state.told = now
      state.isComplete = state.done >= total
      return state.done
    }
    if let done { handler(done, total) }
  }
}
