import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

@Suite struct BlockScheduleTests {
  private func plan(_ random: inout SeededGenerator) throws -> BlockPlan {
    let rank = Int.random(in: 0...3, using: &random)
    let shape = try Shape((0..<rank).map { _ in Int.random(in: 0...20, using: &random) })
    let unit = (0..<rank).map { _ in Int.random(in: 1...5, using: &random) }
    let file = unit.map { $0 * Int.random(in: 1...4, using: &random) }
    let most = Int.random(in: 1...200, using: &random)
    return try #require(
      try BlockPlan(
        shape, unit: unit, fileShape: file, granule: unit, isContiguous: false, itemSize: 1,
        limits: .init(bytes: 1 << 20, leastBytes: most) { $0.reduce(1, *) }))
  }

  /// The groups' ranges follow one another and cover all blocks.
  @Test(arguments: 0..<200)
  func groupsCoverAllBlocks(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let plan = try plan(&random)
    var numbers: [Int] = []
    for group in 0..<plan.groupCount { numbers += plan.blocks(inGroup: group) }
    #expect(numbers == Array(0..<plan.count), "seed \(seed): \(plan)")
  }

  /// Whoever asks in whatever order: every block once, and in order within its group.
  @Test(arguments: 0..<100)
  func everyBlockIsGivenOutOnce(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let plan = try plan(&random)
    for isInOrder in [false, true] {
      let outputs = Int.random(in: 1...3, using: &random)
      let schedule = BlockSchedule(plan, isInOrder: isInOrder, outputs: outputs)
      var turns: [ObjectIdentifier: Int] = [:]
      var gates: [OrderedGate] = []
      var seen: Set<Int> = []
      while let ticket = schedule.next(Int.random(in: 0..<3, using: &random)) {
        #expect(Set(ticket.gates.map(ObjectIdentifier.init)).count == outputs, "seed \(seed)")
        gates += ticket.gates
        for gate in ticket.gates.map(ObjectIdentifier.init) {
          #expect(turns[gate, default: 0] == ticket.turn, "seed \(seed)")
          turns[gate] = ticket.turn + 1
        }
        #expect(seen.insert(ticket.number).inserted, "seed \(seed): \(ticket.number) twice")
        if isInOrder { #expect(ticket.number == ticket.turn) }
      }
      #expect(seen.count == plan.count, "seed \(seed)")
    }
  }
}
