import Synchronization
import TesseraCore

/// A request to stop that long work looks at between blocks.
public final class CancellationToken: Sendable {
  private let flag = Atomic<Bool>(false)

  public init() {}

  /// Asks the work to stop; it throws `.cancelled` soon and leaves nothing behind. Safe from any thread.
  public func cancel() { flag.store(true, ordering: .relaxed) }

  /// Whether `cancel` was called.
  public var isCancelled: Bool { flag.load(ordering: .relaxed) }

  /// - Throws: `.cancelled` once `cancel` was called, or the current Swift task was cancelled.
  package func check() throws {
    if isCancelled || Task.isCancelled { throw TesseraError(.cancelled, "cancelled") }
  }
}
