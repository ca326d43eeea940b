import TesseraCore
import TesseraIO
import TesseraStorage
import Testing

@Suite struct ResumeRegressionTests {
  /// The refusal said "the same command", and removed what that command would have gone on from.
  @Test func aRefusedResumeLeavesTheInterruptedRunAlone() throws {
    let folder = try RegressionFolder()
    let source = try folder.store("a.zarr", shape: [4], chunk: [4])
    let note = #"{"job":"another","boot":"another","blocks":0}"#
    try folder.write(".o.npy.tessera-partial/resume.json", Array(note.utf8))
    try folder.write(".o.npy.tessera-partial/payload", [1, 2, 3])
    let error = #expect(throws: TesseraError.self) {
      try Conversion(from: source, to: folder.at("o.npy"), options: .init(resume: true)).run()
    }
    #expect(error?.kind == .usage)
    #expect(try folder.read(".o.npy.tessera-partial/payload") == [1, 2, 3])
  }

  /// Two workers that made a note at the same time renamed one another's file away.
  @Test func workersMayMakeNotesAtTheSameTime() throws {
    let folder = try RegressionFolder()
    for _ in 0..<20 {
      let staging = try Staging(folder.at("o.npy"))
      let log = try ResumeLog(staging, job: "job", blockBytes: 256 << 20)
      try WorkerTeam.run(threads: 4) { worker in
        for block in 0..<25 { try log.finished(4 * block + worker) {} }
      }
      let note = try JSONValue(
        parsing: File.contents(Path.join(staging.folder, "resume.json"), limit: 1 << 20))
      #expect(note["blocks"]?.int == 100)
    }
  }
}
