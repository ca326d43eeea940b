import Glibc

/// Brings what was written to a file to the disk, on a thread of its own, while others go on writing: little is left for the
/// last sync, and nobody waits meanwhile for a disk that is slower than they are.
final class BackgroundSync: Sendable {
  private struct State {
    var isRunning = false
    var isWantedAgain = false
    /// The `errno` of a sync that failed: the kernel tells it once, and the last sync would not hear of it.
    var failure: Int32?
  }
  private let state = Monitor(State())

  /// Has everything that was written so far synced soon; a hint, so failing to start is ignored.
  ///
  /// The thread works with a descriptor of its own: the file may be closed before it ends.
  func start(_ descriptor: Int32) {
    let isAlone = state.withLock { state in
      state.isWantedAgain = state.isRunning
      defer { state.isRunning = true }
      return !state.isRunning
    }
    guard isAlone else { return }
    guard let own = Syscalls.duplicate(descriptor) else { return end() }
    if let thread = WorkerTeam.start({ self.run(own) }) {
      pthread_detach(thread)
    } else {
      Syscalls.close(own)
      end()
    }
  }

  private func run(_ descriptor: Int32) {
    repeat {} while goesOn(after: Syscalls.syncData(descriptor))
    Syscalls.close(descriptor)
  }

  private func goesOn(after code: Int32?) -> Bool {
    state.withLock { state in
      state.failure = state.failure ?? code
      state.isRunning = state.isWantedAgain && state.failure == nil
      state.isWantedAgain = false
      return state.isRunning
    }
  }

  private func end() { state.withLock { $0.isRunning = false } }

  /// Waits for a sync that is under way.
  ///
  /// - Returns: the `errno` of one that failed at any time; what was written then may be lost.
  func finish() -> Int32? { state.withLock(waitingWhile: \.isRunning) { $0.failure } }
}
