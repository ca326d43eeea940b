package import TesseraCore
import TesseraIO

/// How a memory budget is divided; a pure function of the job, checked before it starts.
package struct MemoryModel: Sendable {
  /// What the process itself takes: code, stacks, metadata. Measured with the statically linked tool.
  package static let base = 14 << 20
  package static let leastBudget = 64 << 20

  package let budget: Int
  /// What stays in memory while the job runs, beside its buffers.
  private let held: Int
  /// The window's part of the budget.
  private let windowShare: Int

  /// The budget of a job, less what its options say is held already.
  package init(_ options: TransferOptions, windowShare: Int = MemoryModel.windowShare) throws {
    try self.init(budget: options.memory, held: options.heldBytes, windowShare: windowShare)
  }

  /// - Throws: `.usage` for less than 64 MiB.
  package init(budget: Int, held: Int = 0, windowShare: Int = MemoryModel.windowShare) throws {
    guard budget >= MemoryModel.leastBudget else {
      throw TesseraError(.usage, "memory budget", expected: "64MiB or more", got: ByteSize.format(budget))
    }
    // What is freed is not in the budget of what comes next.
    ProcessLimits.separateLargeBlocks()
    self.budget = budget
    self.held = held
    self.windowShare = windowShare
  }

  /// The resident part of mapped files.
  package var window: Int { min(MemoryModel.mostWindow, budget / windowShare) }

  /// Holds the process's mappings to the window.
  package func limitMappings() { ResidentWindow.shared.limit = window }

  private static let mostWindow = 128 << 20
  package static let windowShare = 4
  /// The window's part where all that is read is copied: there is hardly anything to map.
  static let smallWindowShare = 16

  /// What is left for the buffers of all threads. Allocators keep some freed memory: one part in eight.
  package var buffers: Int { max(0, (budget - MemoryModel.base - window) / 8 * 7 - held) }

  package func predictedPeak(buffers: Int) -> Int {
    (buffers.saturatingAdd(held) / 7).saturatingMultiply(8).saturatingAdd(MemoryModel.base + window)
  }

  /// Refuses to allocate what the process can never have, whatever the budget.
  ///
  /// - Throws: `.memory` naming `what`.
  package static func requireAvailable(_ bytes: Int, for what: String) throws {
    guard isAvailable(bytes) else {
      throw TesseraError(
        .memory, "not enough memory for \(what)", expected: "at most \(ByteSize.format(processMemory))",
        got: ByteSize.format(bytes))
    }
  }

  /// Whether the process can ever have so much.
  static func isAvailable(_ bytes: Int) -> Bool { bytes <= processMemory }

  /// Whether the page cache cannot hold what a source has on the disk, beside what else there is in memory.
  static func exceedsPageCache(_ source: any ArrayDriver) throws -> Bool {
    let room = processMemory - processMemory / 4
    // Counting the files of a store takes time, and few are as large uncompressed.
    guard (source.description.logicalBytes ?? 0) > room else { return false }
    return try source.storedBytes() > room
  }

  private static let processMemory = ProcessLimits.memory

  /// The refusal of this budget for work that needs so many bytes of buffers beside what is held: it names the least
  /// that has them.
  package func tooSmall(for what: String, path: String? = nil, buffers: Int) -> TesseraError {
    let least = MemoryModel.leastBudget(buffers: buffers.saturatingAdd(held), windowShare: windowShare)
    return TesseraError(
      .memory, "memory budget is too small for \(what)", path: path, got: ByteSize.format(budget)
    ).naming(leastMemory: least)
  }

  /// The least budget whose `buffers` are that many bytes.
  package static func leastBudget(buffers: Int, windowShare: Int = MemoryModel.windowShare) -> Int {
    // Beyond any machine's memory the exact number does not matter.
    let needed = (min(buffers, 1 << 56) / 7 + 1) * 8 + base
    // The window is that part of all, and never more than its most.
    return max(leastBudget, min(needed + needed / (windowShare - 1) + 2, needed + mostWindow))
  }
}
