import TesseraCore
package import TesseraIO

/// What an interrupted job has finished, kept beside what it builds.
///
/// Whole shards are found by looking; a single file needs a note of the blocks that are in it. The note names
/// the job, so that other sources or options start over.
package final class ResumeLog: Sendable {
  private struct State {
    var finished: Set<Int> = []
    /// All blocks below are in the file.
    var prefix = 0
    /// Up to where somebody has set out to write a note.
    var claimed = 0
  }

  private let path: String
  private let job: String
  private let blockBytes: Int
  /// Blocks below were finished by an earlier run.
  private let resumed: Int
  private let state: Lock<State>
  private let noted: Lock<Int>
  private let noteBytes: Int
  /// After how much work a note is written.
  package static let noteBytes = 256 << 20

  /// - Parameters:
  ///   - job: everything the result depends on.
  ///   - blockBytes: the size of a block; 0 when finished blocks need no note.
  package init(
    _ staging: Staging, job: String, blockBytes: Int, noteBytes: Int = noteBytes
  ) throws {
    self.noteBytes = noteBytes
    path = staging.note
    self.job = job
    self.blockBytes = blockBytes
    resumed = staging.isResumed ? ResumeLog.read(path, job: job) ?? 0 : 0
    state = Lock(State(prefix: resumed, claimed: resumed))
    noted = Lock(resumed)
    try note(resumed)
  }

  /// Whether the folder holds an earlier, interrupted run of this very job.
  package static func matches(_ staging: Staging, job: String) -> Bool {
    staging.isResumed && read(staging.note, job: job) != nil
  }

  private static func read(_ path: String, job: String) -> Int? {
    guard let bytes = try? File.contents(path, limit: 64 << 20), let note = try? JSONValue(parsing: bytes),
      note["job"]?.string == job, note["boot"]?.string == ProcessLimits.bootIdentifier
    else { return nil }
    return note["blocks"]?.int.flatMap { $0 >= 0 ? $0 : nil }
  }

  package func isFinished(_ number: Int) -> Bool { number < resumed }

  /// Remembers a block; now and then writes down how far the file is complete, after `sync`.
  package func finished(_ number: Int, sync: () throws -> Void) throws {
    let prefix = state.withLock { state -> Int? in
      guard number >= resumed else { return nil }
      state.finished.insert(number)
      while state.finished.remove(state.prefix) != nil { state.prefix += 1 }
      guard (state.prefix - state.claimed) * blockBytes >= noteBytes else { return nil }
      state.claimed = state.prefix
      return state.prefix
    }
    guard let prefix else { return }
    // One at a time, and never back: what is noted is on the disk.
    try noted.withLock { noted in
      guard prefix > noted else { return }
      try sync()
      try note(prefix)
      noted = prefix
    }
  }

  private func note(_ blocks: Int) throws {
    let note: JSONValue = [
      "job": .string(job), "boot": .string(ProcessLimits.bootIdentifier), "blocks": JSONValue(blocks),
    ]
    try File.replace(path, with: note.utf8())
  }
}
