import TesseraStorage
import Testing

@testable import TesseraCLI

@Suite struct ProgressTests {
  typealias Progress = TransferOptions.Progress

  private static let lines: [(Progress, String)] = [
    (Progress(done: 0, total: 7), "[------------------------]   0%"),
    (Progress(done: 1_200_000_000, total: 4_800_000_000), "[######------------------]  25%"),
    (
      Progress(done: 1_200_000_000, total: 4_800_000_000, bytesPerSecond: 1.2e9),
      "[######------------------]  25%  1.2 GB/s  0:03 left"
    ),
    (
      Progress(done: 4_800_000_000, total: 4_800_000_000, bytesPerSecond: 2.4e9),
      "[########################] 100%  2.4 GB/s  0:00 left"
    ),
    (Progress(done: 9, total: 7), "[########################] 100%"),
    (Progress(done: 0, total: 0), "[########################] 100%"),
  ]

  @Test(arguments: lines)
  func line(_ progress: Progress, _ expected: String) {
    #expect(ProgressBar.line(progress) == expected)
  }

  @Test func barIsWipedAtTheEnd() {
    let recorder = Recorder()
    let bar = ProgressBar(recorder.stream)
    bar.clear()
    #expect(recorder.text.isEmpty)
    bar.update(.init(done: 1, total: 2))
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
