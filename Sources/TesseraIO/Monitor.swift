import Glibc

/// A value that one thread at a time may use, and whose changes others wait for.
final class Monitor<Value>: @unchecked Sendable {
  // Not stored properties: the address of one may change between calls.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var value: Value

  init(_ value: Value) {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
    self.value = value
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Calls `body` with the value once no other thread has it and `isTooEarly` says so no longer; wakes those who wait.
  ///
  /// Not to be called again from within `body`.
  func withLock<Result>(
    waitingWhile isTooEarly: (Value) -> Bool = { _ in false }, _ body: (inout Value) throws -> Result
  ) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while isTooEarly(value) { pthread_cond_wait(changed, mutex) }
    defer { pthread_cond_broadcast(changed) }
    return try body(&value)
  }
}
