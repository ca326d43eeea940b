import TesseraCore
import Testing

@testable import TesseraIO

@Suite struct PathLockTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func exclusiveAndShared() throws {
    do {
      let first = try PathLock(folder.path, .shared)
      let second = try PathLock(folder.path, .shared)
      #expect(throws: TesseraError.self) { try PathLock(folder.path) }
      withExtendedLifetime((first, second)) {}
    }
    let alone = try PathLock(folder.path)
    #expect(#expect(throws: TesseraError.self) { try PathLock(folder.path, .shared) }?.kind == .busy)
    withExtendedLifetime(alone) {}
  }

  /// Whoever waits for a name gets what has it in the end, not what it opened.
  @Test func whatWasReplacedMeanwhileIsNotTheLock() throws {
    try folder.write("x", [1])
    try folder.write("new", [2])
    let first = Lock<File?>(try File.locked(folder.at("x")))
    let waiting = LockWaiting(
      check: {},
      report: { [folder] _ in
        try? Syscalls.rename(folder.at("new"), to: folder.at("x"))
        first.withLock { $0 = nil }
      })
    let second = try File.locked(folder.at("x"), waiting: waiting)
    var byte: UInt8 = 0
    try withUnsafeMutableBytes(of: &byte) { try second.read(at: 0, into: $0) }
    #expect(byte == 2)
  }

  @Test func whatWasRemovedMeanwhileIsNotFound() throws {
    try folder.write("x", [1])
    let first = Lock<File?>(try File.locked(folder.at("x")))
    let waiting = LockWaiting(
      check: {},
      report: { [folder] _ in
        try? Directory.remove(folder.at("x"))
        first.withLock { $0 = nil }
      })
    let error = #expect(throws: TesseraError.self) { try File.locked(folder.at("x"), waiting: waiting) }
    #expect(error?.kind == .notFound)
  }

  /// Staging folders that come and go: each waits for its turn, and finds one that is its own.
  @Test func severalBuildTheSameOneAfterAnother() throws {
    try WorkerTeam.run(threads: 6) { worker in
      for round in 0..<40 {
        let staging = try Staging(
          folder.at("x"), overwrites: true, resumes: round % 2 == 0, waiting: LockWaiting(check: {}))
        #expect(try Directory.kind(staging.payload) == nil)
        if round % 5 == worker % 5 { continue }
        let file = try File(staging.payload, .create)
        try file.write([UInt8(worker), UInt8(round)], at: 0)
        try file.sync()
        try staging.publish()
      }
    }
    #expect(folder.names == ["x"])
    #expect(try folder.read("x").count == 2)
  }

  /// Updates go by one another's results.
  @Test func severalUpdatesOfOneFileAreAllInIt() throws {
    try folder.write("x", [])
    try WorkerTeam.run(threads: 6) { worker in
      for _ in 0..<25 {
        try File.update(folder.at("x")) { try folder.read("x") + [UInt8(worker)] }
      }
    }
    let counts = try Dictionary(grouping: folder.read("x")) { $0 }.mapValues(\.count)
    #expect(counts == Dictionary(uniqueKeysWithValues: (0..<6).map { (UInt8($0), 25) }))
    try File.update(folder.at("x")) { nil }
    #expect(try folder.read("x").count == 150)
    #expect(folder.names == ["x"])
  }

  @Test func whoHasALockIsRead() {
    let text = """
      1: POSIX  ADVISORY  WRITE 3 fe:00:77 0 EOF
      2: FLOCK  ADVISORY  WRITE 41 fe:10:77 0 EOF
      3: FLOCK  ADVISORY  WRITE 42 fe:00:77 0 EOF
      3: -> FLOCK  ADVISORY  WRITE 43 fe:00:77 0 EOF
      4: FLOCK  ADVISORY  READ 0 fe:00:78 0 EOF
      """
    #expect(LockHolder.holder(of: 77, on: 0xFE00, in: text) == 42)
    #expect(LockHolder.holder(of: 77, on: 0xFE10, in: text) == 41)
    // Of a process that cannot be seen from here.
    #expect(LockHolder.holder(of: 78, on: 0xFE00, in: text) == nil)
    #expect(LockHolder.holder(of: 79, on: 0xFE00, in: text) == nil)
  }
}
