import Glibc
import Synchronization
import Tessera

/// SIGINT and SIGTERM: work that builds something is asked to stop and tidies up; anything else just ends.
enum Interruption {
  private static let token = CancellationToken()
  private static let isTakenOver = Atomic<Bool>(false)

  /// To be called once, before there are threads.
  static func install() {
    // The handler must find both initialised: it may run anywhere.
    _ = token.isCancelled
    isTakenOver.store(false, ordering: .relaxed)
    signal(SIGINT) { _ in Interruption.handle() }
    signal(SIGTERM) { _ in Interruption.handle() }
    // A reader that goes away is an error of write(2), not a reason to die with a half-built file.
    signal(SIGPIPE, SIG_IGN)
    // So is a limit on the size of files.
    signal(SIGXFSZ, SIG_IGN)
  }

  /// From now on a first signal cancels the token that is returned; a second one ends the process at once.
  static func takeOver() -> CancellationToken {
    isTakenOver.store(true, ordering: .relaxed)
    return token
  }

  /// Does only what a signal handler may: atomics and `_exit`.
  private static func handle() {
    if !isTakenOver.load(ordering: .relaxed) || token.isCancelled { _exit(ExitStatus.interrupted.rawValue) }
    token.cancel()
  }
}
