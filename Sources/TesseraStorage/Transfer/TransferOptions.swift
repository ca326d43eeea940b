import TesseraCore
import TesseraIO

/// What long work may use, and whom it tells how far it is.
public struct TransferOptions: Sendable {
  /// Ceiling on the process's peak resident memory, in bytes; at least 64 MiB.
  public var memory: Int
  /// Threads to work with, the caller's included.
  public var threads: Int
  /// Called from any thread, by one at a time, a few times a second.
  public var progress: (@Sendable (Progress) -> Void)?
  /// What stops the work; cancelling the Swift task on whose thread it runs does too.
  public var cancellation: CancellationToken?
  /// Goes on where a killed run of the same job stopped.
  public var resume: Bool
  /// Replaces an existing destination.
  public var overwrite: Bool
  /// Waits until other writers of the destination are done; nil throws `.busy` at once.
  public var waiting: Waiting?
  /// Whether re-chunking may go over a file in between; what comes of it is the same.
  package var spilling = Spilling.whenCheaper

  package enum Spilling: String, Sendable { case whenCheaper, always, never }

  /// Several arrays that are written are gathered in memory first while they are no more than this together: small
  /// beside any budget. The budget does not decide, so that it cannot change a bit.
  package var gatheredBytes = 8 << 20

  /// Bytes of results in memory that the work needs and does not count itself.
  package var heldBytes = 0

  /// - Throws: `.cancelled` once the token was cancelled, or the Swift task on whose thread this is called.
  package func checkCancellation() throws {
    if Task.isCancelled { throw TesseraError(.cancelled, "cancelled") }
    try cancellation?.check()
  }

  /// - Parameters:
  ///   - memory: nil for a quarter of what the process may use, cgroup limits included.
  ///   - threads: nil for all cores.
  public init(
    memory: Int? = nil, threads: Int? = nil, progress: (@Sendable (Progress) -> Void)? = nil,
    cancellation: CancellationToken? = nil, resume: Bool = false, overwrite: Bool = false,
    waiting: Waiting? = nil
  ) {
    self.memory = memory ?? ProcessLimits.defaultBudget
    self.threads = max(1, threads ?? ProcessLimits.cores)
    self.progress = progress
    self.cancellation = cancellation
    self.resume = resume
    self.overwrite = overwrite
    self.waiting = waiting
  }
}
