import TesseraCore
import TesseraIO
import Testing
@testable import TesseraStorage

@Suite struct ProgressTests {
  @Test func rateAndTimeLeft() {
    var estimate = ProgressEstimate()
    let first = estimate.update(done: 0, total: 4_000_000_000, time: 10)
    #expect(first.fraction == 0 && first.bytesPerSecond == nil && first.secondsLeft == nil)
    let second = estimate.update(done: 1_000_000_000, total: 4_000_000_000, time: 11)
    #expect(second.done == 1_000_000_000 && second.total == 4_000_000_000)
    #expect(second.fraction == 0.25 && second.bytesPerSecond == 1e9 && second.secondsLeft == 3)
  }

  @Test func onlyTheLastSecondsCount() throws {
    var estimate = ProgressEstimate()
    // A resumed run finds 900 units done at once, then does one a second.
    for second in 0..<60 { estimate.update(done: 900 + second, total: 1000, time: Double(second)) }
    let last = estimate.update(done: 960, total: 1000, time: 60)
    #expect(try #require(last.bytesPerSecond) == 1)
    #expect(try #require(last.secondsLeft) == 40)
  }

  @Test func lateReportsAreIgnored() {
    var estimate = ProgressEstimate()
    estimate.update(done: 50, total: 100, time: 0)
    let late = estimate.update(done: 40, total: 100, time: 1)
    #expect(late.done == 50)
    #expect(late.bytesPerSecond == nil)
  }

  @Test func ends() {
    let complete = TransferOptions.Progress(done: 7, total: 7)
    #expect(complete.fraction == 1 && complete.secondsLeft == 0 && complete.bytesPerSecond == nil)
    let beyond = TransferOptions.Progress(done: 9, total: 7, bytesPerSecond: 2)
    #expect(beyond.fraction == 1 && beyond.secondsLeft == 0)
    #expect(TransferOptions.Progress(done: 0, total: 0).fraction == 1)
  }

  /// The rate is that of all workers' bytes together.
  @Test func aMeterTellsTheRate() throws {
    let told = Lock<[TransferOptions.Progress]>([])
    let meter = ProgressMeter(total: 30) { now in told.withLock { $0.append(now) } }
    meter.add(10)
    let start = ProcessLimits.now
    while ProcessLimits.now - start < 0.15 {}
    meter.add(20)
    let calls = told.withLock { $0 }
    #expect(calls.map(\.done) == [10, 30] && calls.allSatisfy { $0.total == 30 })
    let rate = try #require(calls.last?.bytesPerSecond)
    #expect(calls[0].bytesPerSecond == nil && rate > 0 && rate <= 20 / 0.15)
  }

  /// A thread that tells of more waits for the handler of another one's less.
  @Test func aHandlerIsToldInOrder() throws {
    @Sendable func wait(_ seconds: Double) {
      let start = ProcessLimits.now
      while ProcessLimits.now - start < seconds {}
    }
    let told = Lock<[Int]>([])
    let reporter = ProgressReporter(total: 2) { now in
      if now.done == 1 { wait(0.4) }
      told.withLock { $0.append(now.done) }
    }
    try WorkerTeam.run(threads: 2) { worker in
      if worker == 1 { wait(0.1) }
      reporter.tell(done: worker + 1)
    }
    let calls = told.withLock { $0 }
    #expect(calls == calls.sorted() && calls.last == 2)
  }
}
