import Glibc
import TesseraCore

/// Threads that do one job together and end with it.
package enum WorkerTeam {
  /// Calls `body(worker)` for each worker in `0..<threads` at the same time, the first on the caller's
  /// thread, and returns when all have.
  ///
  /// - Throws: the error that was thrown first, `.cancelled` only when there is no other. The other workers are
  ///   expected to notice (`OrderedGate.close`, a shared flag) and end early.
  package static func run(threads: Int, _ body: @Sendable (_ worker: Int) throws -> Void) throws {
    let failure = Lock<(any Error)?>(nil)
    let injector = FaultInjector.current
    let followsLinks = StoreFolder.followsLinks
    try withoutActuallyEscaping(body) { body in
      let guarded: @Sendable (Int) -> Void = { worker in
        do {
          try FaultInjector.$current.withValue(injector) {
            try StoreFolder.$followsLinks.withValue(followsLinks) { try body(worker) }
          }
        } catch {
          failure.withLock { if $0 == nil || (isEcho($0) && !isEcho(error)) { $0 = error } }
        }
      }
      var started: [pthread_t] = []
      for worker in 1..<max(threads, 1) {
        // A machine that refuses another thread gets by with those it gave.
        guard let thread = start({ guarded(worker) }) else { break }
        started.append(thread)
      }
      guarded(0)
      for thread in started { pthread_join(thread, nil) }
      if let error = failure.withLock({ $0 }) { throw error }
    }
  }

  /// Workers that are told to stop throw `.cancelled`, and may be faster than the one that knows why.
  private static func isEcho(_ error: (any Error)?) -> Bool { (error as? TesseraError)?.kind == .cancelled }

  private final class Job: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Nil where the machine refuses another thread.
  static func start(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
    let job = Unmanaged.passRetained(Job(body))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        Unmanaged<Job>.fromOpaque(argument!).takeRetainedValue().body()
        return nil
      }, job.toOpaque())
    if code != 0 {
      job.release()
      return nil
    }
    return thread
  }
}
