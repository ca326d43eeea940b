import Glibc
import TesseraCore
import Testing

@testable import TesseraIO

@Suite struct FileTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func shortReadsAndWritesAreGoneOnWith() throws {
    var random = SeededGenerator(seed: 1)
    let bytes = random.bytes(257)
    let short = FaultInjector([.read, .write], failing: 0, code: 0, forever: true, shortens: true)
    try FaultInjector.$current.withValue(short) {
      let file = try File(folder.at("x"), .create)
      try file.write(bytes, at: 3)
      var back = [UInt8](repeating: 0, count: 257)
      try back.withUnsafeMutableBytes { try file.read(at: 3, into: $0) }
      #expect(back == bytes)
    }
    #expect(short.count > 500)
    #expect(try folder.read("x") == [0, 0, 0] + bytes)
  }

  @Test(arguments: FaultInjector.Call.allCases)
  func interruptedCallsAreTriedAgain(_ call: FaultInjector.Call) throws {
    let folder = try TemporaryFolder()
    let interrupt = FaultInjector([call], failing: 0, code: EINTR)
    try FaultInjector.$current.withValue(interrupt) {
      try Directory.make(folder.at("d"))
      let file = try File(folder.at("d/x"), .create)
      try file.write([1, 2, 3], at: 0)
      try file.truncate(to: 2)
      try file.sync()
      try Syscalls.link(folder.at("d/x"), to: folder.at("y"))
      try Syscalls.rename(folder.at("y"), to: folder.at("z"))
      #expect(try File.contents(folder.at("z"), limit: 10) == [1, 2])
      #expect(try Mapping(file).copy(0..<2) == [1, 2])
      try file.lock()
      if call != .list { #expect(try Directory.names(folder.at("d")) == ["x"]) }
      try Syscalls.unlink(folder.at("z"))
    }
  }

  @Test(arguments: [FaultInjector.Call.open, .read, .write, .truncate, .sync, .stat])
  func failuresNameTheCallThePathAndTheReason(_ call: FaultInjector.Call) throws {
    let folder = try TemporaryFolder()
    try folder.write("x", [1, 2, 3])
    let fault = FaultInjector([call], failing: 0, code: ENOSPC)
    let error = #expect(throws: TesseraError.self) {
      try FaultInjector.$current.withValue(fault) {
        let file = try File(folder.at("x"), .readWrite)
        try file.write([7], at: 0)
        try file.truncate(to: 1)
        try file.sync()
        var byte: UInt8 = 0
        try withUnsafeMutableBytes(of: &byte) { try file.read(at: 0, into: $0) }
      }
    }
    #expect(error?.kind == .system(ENOSPC))
    #expect(error?.path == folder.at("x"))
    #expect(error?.description.contains("cannot \(call.rawValue): No space left on device") == true)
  }

  @Test func readingBeyondTheEndIsTruncation() throws {
    try folder.write("x", [1, 2, 3])
    let file = try File(folder.at("x"))
    for offset in [0, 2, 3, 4, 1 << 40] {
      var target = [UInt8](repeating: 0, count: 4)
      let error = #expect(throws: TesseraError.self) {
        try target.withUnsafeMutableBytes { try file.read(at: offset, into: $0) }
      }
      #expect(error?.kind == .corrupt)
    }
  }

  @Test func onlyRegularFilesOpen() throws {
    mkfifo(folder.at("fifo"), 0o600)
    for path in [folder.path, folder.at("fifo"), "/dev/zero"] {
      let error = #expect(throws: TesseraError.self) { try File(path) }
      #expect(error?.kind == .corrupt, "\(path)")
    }
    #expect(#expect(throws: TesseraError.self) { try File(folder.at("none")) }?.kind == .notFound)
  }

  /// A descriptor that is closed twice is, the second time, another thread's.
  @Test func aFailedOpenClosesItsDescriptorOnce() throws {
    try folder.write("x", [1, 2, 3])
    let path = folder.at("x")
    let directory = folder.path
    try WorkerTeam.run(threads: 4) { worker in
      for _ in 0..<4000 {
        if worker % 2 == 0 {
          _ = try? File(directory)
        } else {
          let bytes = try File.contents(path, limit: 3)
          if bytes != [1, 2, 3] { Issue.record("read \(bytes)") }
        }
      }
    }
  }

  @Test func filesOverTheLimitAreNotRead() throws {
    let file = try File(folder.at("huge"), .create)
    try file.truncate(to: 1 << 40)
    let error = #expect(throws: TesseraError.self) { try File.contents(folder.at("huge"), limit: 1 << 20) }
    #expect(error?.kind == .corrupt)
  }

  /// For every system call that replacing a file makes: the old bytes or the new ones, and no leftovers.
  @Test(arguments: [false, true])
  func replacingIsAllOrNothing(_ forever: Bool) throws {
    let counter = FaultInjector(failing: .max, code: 0)
    try folder.write("x", [1, 2, 3])
    try FaultInjector.$current.withValue(counter) { try File.replace(folder.at("x"), with: [4, 5]) }
    #expect(try folder.read("x") == [4, 5])
    for number in 0..<counter.count {
      try folder.write("x", [1, 2, 3])
      let fault = FaultInjector(failing: number, code: EIO, forever: forever)
      var failed = false
      do {
        try FaultInjector.$current.withValue(fault) { try File.replace(folder.at("x"), with: [4, 5]) }
      } catch {
        failed = true
      }
      let after = try folder.read("x")
      // Looking for leftovers may fail unnoticed.
      #expect(after == [4, 5] || (failed && after == [1, 2, 3]), "call \(number)")
      if !forever { #expect(folder.names == ["x"], "call \(number)") }
      try File.replace(folder.at("x"), with: [6])
      #expect(try folder.read("x") == [6])
    }
  }

  /// Each of several writers at the same time replaces the whole; none fails, and none leaves anything.
  @Test func severalWritersReplaceTheSameFile() throws {
    try WorkerTeam.run(threads: 6) { worker in
      for round in 0..<40 {
        let contents = [UInt8](repeating: UInt8(worker), count: 1 + 700 * ((worker + round) % 6))
        try File.replace(folder.at("x"), with: contents)
        let seen = try folder.read("x")
        #expect(Set(seen).count == 1 && seen.count % 700 == 1, "a mixture of \(Set(seen))")
      }
    }
    #expect(folder.names == ["x"])
  }

  @Test func leftoversOfKilledWritersAreRemoved() throws {
    for name in [".x.tessera-partial", ".x.1.tessera-partial"] {
      try folder.write(name, [UInt8](repeating: 1, count: 999))
    }
    try File.replace(folder.at("x"), with: [7])
    #expect(try folder.read("x") == [7])
    #expect(folder.names == ["x"])
  }
}
