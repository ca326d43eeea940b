import Synchronization

/// Makes the Nth system call fail, for tests; nothing in the product ever installs one.
///
/// Installed for a scope by `FaultInjector.$current.withValue(injector) { … }`; `WorkerTeam` hands it
/// on to its threads, so tests that run at the same time do not see each other's faults.
package final class FaultInjector: Sendable {
  /// The system calls that can be made to fail, named as in messages ("cannot write: …").
  package enum Call: String, Sendable, CaseIterable {
    case open, read, write, truncate, sync, flock, stat, mkdir, unlink, link, rename, map, list
  }

  @TaskLocal package static var current: FaultInjector?

  private let calls: Set<Call>
  private let failing: Int
  private let code: Int32
  private let forever: Bool
  private let shortens: Bool
  private let counter = Atomic<Int>(0)

  /// - Parameters:
  ///   - calls: which calls count.
  ///   - failing: the 0-based number of the first call that fails; `Int.max` only counts.
  ///   - code: the `errno` it fails with.
  ///   - forever: whether all later calls fail too.
  ///   - shortens: instead of failing, reads and writes move at most one byte.
  package init(
    _ calls: Set<Call> = Set(Call.allCases), failing: Int, code: Int32, forever: Bool = false,
    shortens: Bool = false
  ) {
    self.calls = calls
    self.failing = failing
    self.code = code
    self.forever = forever
    self.shortens = shortens
  }

  /// How many calls were seen.
  package var count: Int { counter.load(ordering: .relaxed) }

  func fault(for call: Call) -> Int32? {
    guard calls.contains(call), !shortens else { return nil }
    let number = counter.wrappingAdd(1, ordering: .relaxed).oldValue
    return number == failing || (forever && number > failing) ? code : nil
  }

  func shortened(_ count: Int, _ call: Call) -> Int {
    guard shortens, calls.contains(call), count > 1 else { return count }
    let number = counter.wrappingAdd(1, ordering: .relaxed).oldValue
    return number == failing || (forever && number > failing) ? 1 : count
  }
}
