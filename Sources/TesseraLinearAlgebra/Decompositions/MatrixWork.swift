import Synchronization
import TesseraCore
import TesseraIO
import TesseraStorage

/// Work on the matrices of a stack, each by one thread.
enum MatrixWork {
  /// Calls `body` once for each of `0..<count`, in any order, from up to `options.threads` threads.
  ///
  /// - Throws: an error that `body` threw; `.cancelled`.
  static func forEach(_ count: Int, _ options: TransferOptions, _ body: @Sendable (Int) throws -> Void) throws
  {
    let next = Atomic<Int>(0)
    try WorkerTeam.run(threads: threads(count, options)) { _ in
      do {
        while true {
          let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard number < count else { return }
          try options.checkCancellation()
          try body(number)
        }
      } catch {
        // The others end with what they have in hand.
        next.store(count, ordering: .relaxed)
        throw error
      }
    }
  }

  /// How many threads that takes, each of which needs a workspace.
  static func threads(_ count: Int, _ options: TransferOptions) -> Int { max(1, min(options.threads, count)) }

  static func unsolvable(_ what: String) -> TesseraError { TesseraError(.unsolvable, what) }

  /// What is said where a factor of the input is not finite: its columns have the norms of the input's.
  static func notFinite(_ what: String) -> TesseraError {
    unsolvable(
      "\(what): NaN or infinity in the input, or norms or products of its columns beyond the range of float64"
    )
  }
}
