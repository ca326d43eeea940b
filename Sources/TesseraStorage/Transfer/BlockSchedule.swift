package import TesseraIO

/// Who takes which block next.
///
/// Writes into one file wait for one another in the kernel, so each worker has a group of blocks of its own, the
/// blocks of one file, while there are enough; then they help one another. Within a group blocks
/// are given out, and pass its gate, in order: a file's bytes do not depend on the number of workers.
package final class BlockSchedule: Sendable {
  /// A block to do, and its turn at the gates of its group, of which each destination has one.
  package struct Ticket: Sendable {
    package var number: Int
    package var gates: [OrderedGate]
    package var turn: Int
  }

  private struct Group {
    var blocks: Range<Int>
    var next: Int
    var gates: [OrderedGate]
  }

  private struct State {
    var isClosed = false
    var nextGroup = 0
    /// The group each worker began.
    var groups: [Int: Group] = [:]
  }

  private let plan: BlockPlan
  private let isInOrder: Bool
  private let outputs: Int
  private let state = Lock(State())

  /// - Parameters:
  ///   - isInOrder: all blocks are one group, as for sources and destinations that are streams.
  ///   - outputs: how many destinations take each block.
  package init(_ plan: BlockPlan, isInOrder: Bool, outputs: Int = 1) {
    self.plan = plan
    self.isInOrder = isInOrder
    self.outputs = outputs
  }

  private var groupCount: Int { isInOrder ? min(1, plan.count) : plan.groupCount }

  /// The next block for a worker; nil when all are given out or the schedule is closed.
  package func next(_ worker: Int) -> Ticket? {
    state.withLock { state in
      if state.isClosed { return nil }
      if let ticket = take(worker, &state) { return ticket }
      if state.nextGroup < groupCount {
        let blocks = isInOrder ? 0..<plan.count : plan.blocks(inGroup: state.nextGroup)
        state.nextGroup += 1
        let gates = (0..<outputs).map { _ in OrderedGate() }
        state.groups[worker] = Group(blocks: blocks, next: blocks.lowerBound, gates: gates)
        return take(worker, &state)
      }
      // The group with most left needs help most; ties go to the lowest worker.
      let busiest = state.groups.max {
        ($0.value.blocks.upperBound - $0.value.next, $1.key) < (
          $1.value.blocks.upperBound - $1.value.next, $0.key
        )
      }
      return busiest.flatMap { take($0.key, &state) }
    }
  }

  private func take(_ worker: Int, _ state: inout State) -> Ticket? {
    guard let group = state.groups[worker], group.next < group.blocks.upperBound else { return nil }
    state.groups[worker]!.next += 1
    return Ticket(number: group.next, gates: group.gates, turn: group.next - group.blocks.lowerBound)
  }

  /// Gives out nothing more and wakes those who wait at gates.
  package func close() {
    state.withLock { state in
      state.isClosed = true
      for group in state.groups.values { for gate in group.gates { gate.close() } }
    }
  }
}
