import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

@Suite struct ResumeLogTests {
  /// Threads that finish blocks at the same time write one note after another, and the last one covers all.
  @Test func notesOfManyThreadsDoNotCollide() throws {
    let folder = try TemporaryFolder()
    let staging = try Staging(folder.at("x.npy"))
    let log = try ResumeLog(staging, job: "job", blockBytes: 1, noteBytes: 1)
    try WorkerTeam.run(threads: 4) { worker in
      for number in stride(from: worker, to: 400, by: 4) { try log.finished(number) {} }
    }
    staging.keep()
    let note = try JSONValue(parsing: File.contents(Path.join(staging.folder, "resume.json"), limit: 4096))
    #expect(note["blocks"]?.int == 400)
    try Directory.remove(staging.folder)
  }
}
