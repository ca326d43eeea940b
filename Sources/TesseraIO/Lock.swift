import Glibc

/// A value that one thread at a time may use.
///
/// Has the shape of `Synchronization.Mutex`, which waits by a futex of its own that the thread sanitizer does not
/// know on Linux, so that it reports a race inside every critical section; it knows pthread's mutex.
package final class Lock<Value: ~Copyable>: @unchecked Sendable {
  // Not a stored property: the address of one may change between calls.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var value: Value

  package init(_ value: consuming sending Value) {
    pthread_mutex_init(mutex, nil)
    self.value = value
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Calls `body` with the value once no other thread has it; not to be called again from within `body`.
  package func withLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
