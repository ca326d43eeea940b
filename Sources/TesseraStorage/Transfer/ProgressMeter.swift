import TesseraIO

/// Adds up what all workers did and tells a handler now and then.
package final class ProgressMeter: Sendable {
  private let total: Int
  private let handler: (@Sendable (Int, Int) -> Void)?
  private let state = Lock((done: 0, told: 0.0))
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
      guard now - state.told >= ProgressMeter.interval || state.done >= total else { return nil }
      state.told = now
      return state.done
    }
    if let done { handler(done, total) }
  }
}
