import Glibc
import TesseraCore

/// A whole file mapped for reading; its resident pages are bounded by a `ResidentWindow`.
///
/// Should somebody truncate the file, what is gone reads as zeros instead of ending the process. So mapped bytes are used
/// within `whole`, which throws then.
package final class Mapping: Sendable {
  package let file: File
  package let count: Int
  nonisolated(unsafe) private let address: UnsafeRawPointer?
  private let window: ResidentWindow
  private let guarded: Int32

  /// A fault brings in up to this many bytes around it when they are cached: 64 KiB (Linux `fault_around_bytes`), or a
  /// huge page where the page cache has one.
  package static let faultAround = Syscalls.hugePageBytes

  /// Maps `file` as large as it is now.
  package init(_ file: File, window: ResidentWindow = .shared) throws {
    self.file = file
    self.window = window
    let count = try file.size()
    let address = count == 0 ? nil : try Syscalls.map(file.descriptor, count: count, path: file.path)
    self.count = count
    self.address = address
    guarded = address.map { Syscalls.guardMapping($0, count: count) } ?? -1
    if let address {
      nonisolated(unsafe) let start = address
      window.add(ObjectIdentifier(self)) { Syscalls.advise(start, count: count, MADV_DONTNEED) }
    }
  }

  deinit {
    guard let address else { return }
    // First out of the window: afterwards the addresses may be anybody's.
    window.remove(ObjectIdentifier(self))
    Syscalls.releaseGuard(guarded)
    Syscalls.unmap(address, count: count)
  }

  /// The mapped bytes, valid while the object lives.
  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: address, count: count) }

  /// Does what reads mapped bytes, and gives its result unless the file lost some of them.
  ///
  /// - Throws: `.corrupt` when bytes were touched that the file no longer has, whatever `body` made of the zeros in their
  ///   place.
  package func whole<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      let result = try body()
      try requireWhole()
      return result
    } catch {
      try requireWhole()
      throw error
    }
  }

  /// To be called after mapped bytes were read without `whole`.
  ///
  /// - Throws: `.corrupt` when bytes were touched that the file no longer has.
  func requireWhole() throws {
    // Behind the end but in its page are zeros without a signal.
    let size = try file.size()
    guard size < count || Syscalls.isTorn(guarded) else { return }
    throw TesseraError(
      .corrupt, "truncated while it was read", path: file.path, expected: "\(count) bytes", got: "\(size)")
  }

  /// What one read may touch before it should be split.
  package var readLimit: Int { window.limit / 4 }

  /// The resident memory that touching `count` bytes in `runs` separate runs may cost.
  package static func residentCost(_ count: Int, runs: Int) -> Int {
    let (cost, overflow) = runs.multipliedReportingOverflow(by: faultAround)
    return overflow ? Int.max / 2 : count.saturatingAdd(cost)
  }

  /// To be called before touching `count` bytes in `runs` separate runs.
  package func willTouch(_ count: Int, runs: Int = 1) {
    // Never more than there is.
    window.willTouch(min(Mapping.residentCost(count, runs: runs), self.count + Syscalls.pageSize))
  }
}
