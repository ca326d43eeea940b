import Synchronization
import TesseraCore

/// How one operation waits for the locks of other writers.
package final class LockWaiting: Sendable {
  private let check: @Sendable () throws -> Void
  private let report: (@Sendable (String) -> Void)?
  private let hasReported = Atomic<Bool>(false)

  /// - Parameters:
  ///   - check: called every few milliseconds while it waits; what it throws ends the waiting.
  ///   - report: called once, however many locks are waited for, with who has the first.
  package init(
    check: @escaping @Sendable () throws -> Void, report: (@Sendable (String) -> Void)? = nil
  ) {
    self.check = check
    self.report = report
  }

  /// Locks an open file or folder when all others are done with it.
  ///
  /// It asks again and again, as a signal does not end a `flock` that waits.
  ///
  /// - Parameters:
  ///   - name: how it is called when it is told what is waited for.
  ///   - isWanted: whether it makes sense to go on waiting.
  /// - Returns: whether it was locked.
  func lock(
    _ descriptor: Int32, _ mode: Syscalls.LockMode, name: String, while isWanted: () throws -> Bool
  ) throws -> Bool {
    var pause = 0.001
    while true {
      try check()
      do {
        try Syscalls.lock(descriptor, mode, path: name)
        return true
      } catch let error as TesseraError where error.kind == .busy {
        guard try isWanted() else { return false }
        if !hasReported.exchange(true, ordering: .relaxed) {
          report?("\(TesseraError.printable(name)): \(LockHolder.describe(descriptor)) is writing here")
        }
      }
      Syscalls.pause(seconds: pause)
      pause = min(2 * pause, 0.05)
    }
  }
}
