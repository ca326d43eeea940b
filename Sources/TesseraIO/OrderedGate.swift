import Glibc
import TesseraCore

/// Lets numbered pieces of work, finished in any order, pass one by one in order.
package final class OrderedGate: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var turn = 0
  private var isClosed = false

  package init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Runs `body` once every number below `number` has passed; exclusive among all callers.
  ///
  /// - Throws: `.cancelled` when the gate was closed, which an error from `body` does too.
  package func pass<Result>(_ number: Int, _ body: () throws -> Result) throws -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while turn != number, !isClosed { pthread_cond_wait(changed, mutex) }
    if isClosed { throw TesseraError(.cancelled, "cancelled") }
    defer { pthread_cond_broadcast(changed) }
    do {
      let result = try body()
      turn += 1
      return result
    } catch {
      isClosed = true
      throw error
    }
  }

  /// Wakes everybody who waits; they throw.
  package func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
  }
}
