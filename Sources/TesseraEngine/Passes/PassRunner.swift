import Synchronization
import TesseraCore
import TesseraIO
import TesseraStorage

/// Runs one pass: workers take runs of blocks, and what they gathered is merged in the order of the blocks.
struct PassRunner {
  private let plan: PassPlan
  private let options: TransferOptions
  private let progress: ProgressMeter
  /// Whether progress is what is read; otherwise it is what is computed.
  private let countsRead: Bool
  /// The numbers of tasks that take tiles together.
  private let companions: [[Int]]

  init(plan: PassPlan, options: TransferOptions, progress: ProgressMeter, countsRead: Bool) {
    (self.plan, self.options, self.progress, self.countsRead) = (plan, options, progress, countsRead)
    companions = PassRunner.companions(plan)
  }

  private struct Companionship: Hashable {
    var kind: String
    /// Values of the program.
    var operands: [Int]
  }

  private static func companions(_ plan: PassPlan) -> [[Int]] {
    var groups: [[Int]] = []
    var known: [Companionship: Int] = [:]
    for (number, task) in plan.tasks.enumerated() {
      guard let kind = task.sink.companionship else {
        groups.append([number])
        continue
      }
      let key = Companionship(kind: kind, operands: Array(plan.program.roots[task.roots]))
      if let group = known[key] {
        groups[group].append(number)
      } else {
        known[key] = groups.count
        groups.append([number])
      }
    }
    return groups
  }

  /// What a block counts for.
  private func progressBytes(_ block: Region) -> Int {
    if countsRead { return plan.program.storedBytesRead(Shape(known: block.lengths)) }
    return plan.program.isDerived ? 0 : block.count * 8
  }

  func run() throws {
    ResidentWindow.shared.limit = plan.window - plan.lent
    defer { ResidentWindow.shared.limit = plan.window }
    for task in plan.tasks { try task.sink.begin(plan.grid) }
    let blocks = plan.grid.count
    let leaves = (blocks + plan.blocksPerLeaf - 1) / plan.blocksPerLeaf
    let next = Atomic<Int>(0)
    let merging = OrderedGate()
    let reading = OrderedGate()
    let ending = OrderedGate()
    try WorkerTeam.run(threads: min(plan.threads, max(leaves, 1))) { worker in
      let evaluator = BlockEvaluator(plan.program, lender: plan.lent > 0 ? { PageLender() } : nil)
      do {
        let lasting = try plan.tasks.map { try $0.sink.isOrderFree ? $0.sink.makePartial() : nil }
        while true {
          let leaf = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard leaf < leaves else { break }
          let range = leaf * plan.blocksPerLeaf..<min(blocks, (leaf + 1) * plan.blocksPerLeaf)
          let partials = try zip(plan.tasks, lasting).map { try $1 ?? $0.sink.makePartial() }
          try evaluator.whole { try gather(range, into: partials, evaluator, reading) }
          for (partial, kept) in zip(partials, lasting) where kept == nil { try partial.end() }
          try merging.pass(leaf) {
            for (task, partial) in zip(plan.tasks, partials) where !task.sink.isOrderFree {
              try partial.merge()
            }
          }
        }
        for partial in lasting { try partial?.end() }
        try ending.pass(worker) {
          for partial in lasting { try partial?.merge() }
        }
      } catch {
        // Nobody waits for a turn that will not come.
        merging.close()
        reading.close()
        ending.close()
        throw error
      }
    }
  }

  private func gather(
    _ range: Range<Int>, into partials: [any PassPartial], _ evaluator: BlockEvaluator, _ reading: OrderedGate
  ) throws {
    let roots = plan.program.roots.count
    // Apart from the plan, which would be copied, and its references counted, for every tile.
    let takers = companions.map { group in
      (
        roots: plan.tasks[group[0]].roots, partial: partials[group[0]],
        others: group.dropFirst().map { partials[$0] }
      )
    }
    // Nearly all blocks have the same lengths.
    var stored: (lengths: [Int], bytes: Int)?
    var values = [UnsafeRawPointer](repeating: UnsafeRawPointer(bitPattern: 1)!, count: roots)
    for number in range {
      try options.checkCancellation()
      let block = plan.grid.region(plan.grid.index(ordinal: number))
      let load = { try evaluator.load(StridedRegion(block), interruption: options.checkCancellation) }
      if plan.program.isSequential { try reading.pass(number, load) } else { try load() }
      for partial in partials { partial.begin(block) }
      try evaluator.forEachTile { tile in
        for root in 0..<roots { values[root] = evaluator.pointer(toRoot: root) }
        for taker in takers { try taker.partial.take(tile, values[taker.roots], beside: taker.others) }
      }
      let bytes = stored?.lengths == block.lengths ? stored!.bytes : progressBytes(block)
      stored = (block.lengths, bytes)
      progress.add(bytes)
    }
  }
}
