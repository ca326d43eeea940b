import Glibc

/// Brings what was written to a file to the disk, on a thread of its own, while others go on writing: little is left for the
/// last sync, and nobody waits meanwhile for a disk that is slower than they are.
final class BackgroundSync: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var isRunning = false
  private var isWantedAgain = false
  /// The `errno` of a sync that failed: the kernel tells it once, and the last sync would not hear of it.
  private var failure: Int32?

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  private func withLock<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  /// Has everything that was written so far synced soon; a hint, so failing to start is ignored.
  ///
  /// The thread works with a descriptor of its own: the file may be closed before it ends.
  func start(_ descriptor: Int32) {
    let isAlone = withLock {
      isWantedAgain = isRunning
      defer { isRunning = true }
      return !isRunning
    }
    guard isAlone else { return }
    guard let own = Syscalls.duplicate(descriptor) else { return withLock { end() } }
    if let thread = WorkerTeam.start({ self.run(own) }) {
      pthread_detach(thread)
    } else {
      Syscalls.close(own)
      withLock { end() }
    }
  }

  private func run(_ descriptor: Int32) {
    repeat {} while goesOn(after: Syscalls.syncData(descriptor))
    Syscalls.close(descriptor)
  }

  private func goesOn(after code: Int32?) -> Bool {
    withLock {
      if let code { failure = failure ?? code }
      if isWantedAgain, failure == nil {
        isWantedAgain = false
        return true
      }
      end()
      return false
    }
  }

  /// With the lock held.
  private func end() {
    isRunning = false
    pthread_cond_broadcast(changed)
  }

  /// Waits for a sync that is under way.
  ///
  /// - Returns: the `errno` of one that failed at any time; what was written then may be lost.
  func finish() -> Int32? {
    withLock {
      isWantedAgain = false
      while isRunning { pthread_cond_wait(changed, mutex) }
      return failure
    }
  }
}
