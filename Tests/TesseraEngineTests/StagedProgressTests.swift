import TesseraEngine
import TesseraIO
import TesseraStorage
import Testing

@Suite struct StagedProgressTests {
  /// What a handler is told of two stages of 100 and 50 bytes, of which the first one tells what is given.
  private func told(_ first: [(done: Int, total: Int)]) -> [Int] {
    let told = Lock<[Int]>([])
    let options = TransferOptions(progress: { now in told.withLock { $0.append(now.done) } })
    var stages = StagedProgress(options, total: 150)
    let progress = stages.next(100).progress
    for (done, total) in first { progress?(.init(done: done, total: total)) }
    stages.next(50).progress?(.init(done: 50, total: 50))
    return told.withLock { $0 }
  }

  @Test func stagesFollowOneAnother() {
    #expect(told([(40, 100), (100, 100)]) == [40, 100, 150])
  }

  /// Each evaluation of a stage begins at 0.
  @Test func theEvaluationsOfAStageAddUp() {
    #expect(told([(10, 50), (50, 50), (10, 50), (50, 50)]) == [10, 50, 60, 100, 150])
    // One that is done at once, and is told of by another total.
    #expect(told([(30, 30), (30, 40), (40, 40)]) == [30, 60, 70, 150])
  }

  @Test func noStageCountsForMoreThanItsBytes() {
    #expect(told([(90, 90), (20, 90), (90, 90)]) == [90, 100, 100, 150])
  }
}
