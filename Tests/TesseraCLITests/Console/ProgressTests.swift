import TesseraStorage
import Testing

@testable import TesseraCLI

@Suite struct ProgressTests {
  @Test func rateAndTimeLeft() {
    var estimate = ProgressEstimate()
    estimate.update(done: 0, total: 4_000_000_000, time: 10)
    #expect(estimate.rate == nil)
    #expect(estimate.timeLeft == nil)
    estimate.update(done: 1_000_000_000, total: 4_000_000_000, time: 11)
    #expect(estimate.rate == 1e9)
    #expect(estimate.timeLeft == 3)
    #expect(estimate.fraction == 0.25)
  }

  @Test func onlyTheLastSecondsCount() throws {
    var estimate = ProgressEstimate()
    // A resumed run finds 900 units done at once, then does one a second.
    for second in 0...60 { estimate.update(done: 900 + second, total: 1000, time: Double(second)) }
    #expect(try #require(estimate.rate) == 1)
    #expect(try #require(estimate.timeLeft) == 40)
  }

  @Test func lateReportsAreIgnored() {
    var estimate = ProgressEstimate()
    estimate.update(done: 50, total: 100, time: 0)
    estimate.update(done: 40, total: 100, time: 1)
    #expect(estimate.done == 50)
    #expect(estimate.rate == nil)
  }

  @Test func line() {
    var estimate = ProgressEstimate()
    #expect(ProgressBar.line(estimate) == "[------------------------]   0%")
    estimate.update(done: 0, total: 4_800_000_000, time: 0)
    estimate.update(done: 1_200_000_000, total: 4_800_000_000, time: 1)
    #expect(ProgressBar.line(estimate) == "[######------------------]  25%  1.2 GB/s  0:03 left")
    estimate.update(done: 4_800_000_000, total: 4_800_000_000, time: 2)
    #expect(ProgressBar.line(estimate) == "[########################] 100%  2.4 GB/s  0:00 left")
    estimate.update(done: 9_000_000_000, total: 4_800_000_000, time: 3)
    #expect(ProgressBar.line(estimate).contains("100%"))
  }

  @Test func barIsWipedAtTheEnd() {
    let recorder = Recorder()
    let bar = ProgressBar(recorder.stream)
    bar.clear()
    #expect(recorder.text.isEmpty)
    bar.update(1, 2)
    bar.clear()
    #expect(recorder.text.hasPrefix("\r\u{1B}[K["))
    #expect(recorder.text.hasSuffix("\r\u{1B}[K"))
    #expect(!recorder.text.contains("\n"))
  }

  @Test(arguments: [("always", true), ("never", false), ("auto", false)])
  func shownWhenAsked(_ mode: String, _ isShown: Bool) throws {
    let folder = try TemporaryFolder()
    let source = try folder.npy("a.npy", [4], [1, 2, 3, 4] as [Float])
    let run = ToolRun("convert", source, folder("b.npy"), "--progress", mode)
    #expect(run.status == 0)
    #expect(run.errors.contains("100%") == isShown)
    #expect(run.errors.isEmpty == !isShown)
  }
}
