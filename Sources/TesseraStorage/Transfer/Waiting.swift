import TesseraCore
package import TesseraIO

/// Waits for other writers of the same array, instead of throwing `.busy`.
///
/// Two writers in one process exclude each other as well: whoever waits for another on the same thread waits for ever.
public struct Waiting: Sendable {
  /// What ends the waiting, which then throws `.cancelled`; cancelling the Swift task on whose thread it waits does too.
  public var cancellation: CancellationToken?
  /// Called once, if it has to wait, with a line that says for whom: `x.zarr: process 12 (python3) is writing here`.
  public var report: (@Sendable (String) -> Void)?

  public init(cancellation: CancellationToken? = nil, report: (@Sendable (String) -> Void)? = nil) {
    self.cancellation = cancellation
    self.report = report
  }

  /// For one operation.
  ///
  /// - Parameter check: what else ends it, by throwing.
  package func locks(_ check: @escaping @Sendable () throws -> Void = {}) -> LockWaiting {
    LockWaiting(
      check: { [cancellation] in
        if Task.isCancelled { throw TesseraError(.cancelled, "cancelled") }
        try cancellation?.check()
        try check()
      }, report: report)
  }
}

extension TransferOptions {
  /// How an operation waits for locks; nil when it does not.
  package var lockWaiting: LockWaiting? { waiting?.locks { try checkCancellation() } }
}
