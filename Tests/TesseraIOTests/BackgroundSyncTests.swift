import Glibc
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraIO

@Suite struct BackgroundSyncTests {
  @Test func filesAreSyncedWhileTheyAreWritten() throws {
    let folder = try TemporaryFolder()
    let file = try File(folder.at("x"), .create)
    var random = SeededGenerator(seed: 1)
    let bytes = random.bytes(300_000)
    for start in stride(from: 0, to: bytes.count, by: 1000) {
      try file.write(Array(bytes[start..<start + 1000]), at: start)
      file.startSync()
    }
    try file.sync()
    #expect(try folder.read("x") == bytes)
  }

  /// The kernel tells of an error once; it must not be lost because nobody was listening.
  @Test func whatFailsInTheBackgroundIsToldByTheLastSync() throws {
    let folder = try TemporaryFolder()
    let file = try File(folder.at("x"), .create)
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    // A pipe cannot be synced.
    file.background.start(ends[1])
    for _ in 0..<2 {
      let error = #expect(throws: TesseraError.self) { try file.sync() }
      #expect(error?.kind == .system(EINVAL) && error?.path == folder.at("x"))
    }
  }

  /// The thread has a descriptor of its own, and the file's lock goes with the file.
  @Test func aFileMayBeClosedMeanwhile() throws {
    let folder = try TemporaryFolder()
    for _ in 0..<20 {
      let file = try File(folder.at("x"), .create)
      try file.lock()
      try file.write([UInt8](repeating: 7, count: 1 << 20), at: 0)
      file.startSync()
    }
    try File(folder.at("x"), .readWrite).lock()
  }
}
