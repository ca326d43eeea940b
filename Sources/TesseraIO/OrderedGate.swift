import TesseraCore

/// Lets numbered pieces of work, finished in any order, pass one by one in order.
package final class OrderedGate: Sendable {
  private struct State {
    var turn = 0
    var isClosed = false
  }
  private let state = Monitor(State())

  package init() {}

  /// Runs `body` once every number below `number` has passed; exclusive among all callers.
  ///
  /// - Throws: `.cancelled` when the gate was closed, which an error from `body` does too.
  package func pass<Result>(_ number: Int, _ body: () throws -> Result) throws -> Result {
    func isTooEarly(_ state: State) -> Bool { state.turn != number && !state.isClosed }
    return try state.withLock(waitingWhile: isTooEarly) { state in
      if state.isClosed { throw TesseraError(.cancelled, "cancelled") }
      do {
        let result = try body()
        state.turn += 1
        return result
      } catch {
        state.isClosed = true
        throw error
      }
    }
  }

  /// Wakes everybody who waits; they throw.
  package func close() { state.withLock { $0.isClosed = true } }
}
