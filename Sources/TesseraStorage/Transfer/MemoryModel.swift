import TesseraCore

/// How a memory budget is divided; a pure function of the job, checked before it starts.
package struct MemoryModel: Sendable {
  /// What the process itself takes: code, stacks, metadata. Measured with the statically linked tool.
  package static let base = 14 << 20
  package static let leastBudget = 64 << 20

  package let budget: Int

  /// - Throws: `.usage` for less than 64 MiB.
  package init(budget: Int) throws {
    guard budget >= MemoryModel.leastBudget else {
      throw TesseraError(.usage, "memory budget", expected: "64MiB or more", got: ByteSize.format(budget))
    }
    self.budget = budget
  }

  /// The resident part of mapped files.
  package var window: Int { min(MemoryModel.mostWindow, budget / 4) }

  private static let mostWindow = 128 << 20

  /// What is left for the buffers of all threads. Allocators keep some freed memory: one part in eight.
  package var buffers: Int { (budget - MemoryModel.base - window) / 8 * 7 }

  package func predictedPeak(buffers: Int) -> Int { MemoryModel.base + window + buffers / 7 * 8 }

  /// The least budget whose `buffers` are that many bytes.
  package static func leastBudget(buffers: Int) -> Int {
    let needed = (buffers / 7 + 1) * 8 + base
    // The window is a quarter, and never more than its most.
    return max(leastBudget, min(needed + needed / 3 + 2, needed + mostWindow))
  }
}
