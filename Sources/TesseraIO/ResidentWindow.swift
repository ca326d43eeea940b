import Synchronization

/// The resident memory that all mappings of the process may have together.
///
/// Mapped pages count towards the process's resident set from the first touch until they are released.
/// Readers say beforehand what they touch; when the sum passes `limit`, every mapping gives its
/// pages back. They stay in the page cache, so a page still in use costs a soft fault.
package final class ResidentWindow: Sendable {
  /// One for the process, as the resident set is.
  package static let shared = ResidentWindow(limit: 64 << 20)

  private struct State {
    var touched = 0
    var mappings: [ObjectIdentifier: @Sendable () -> Void] = [:]
  }

  private let state = Lock(State())
  private let maximum: Atomic<Int>

  package init(limit: Int) { maximum = Atomic(limit) }

  /// Bytes; readers split larger reads so that one never touches more than a quarter of it.
  package var limit: Int {
    get { maximum.load(ordering: .relaxed) }
    set { maximum.store(newValue, ordering: .relaxed) }
  }

  func add(_ key: ObjectIdentifier, release: @escaping @Sendable () -> Void) {
    state.withLock { $0.mappings[key] = release }
  }

  func remove(_ key: ObjectIdentifier) {
    state.withLock { _ = $0.mappings.removeValue(forKey: key) }
  }

  func willTouch(_ bytes: Int) {
    state.withLock { state in
      state.touched += bytes
      if state.touched <= limit { return }
      for release in state.mappings.values { release() }
      state.touched = bytes
    }
  }
}
