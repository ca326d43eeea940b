import Glibc
import Synchronization
import TesseraCore
import Testing

@testable import TesseraIO

@Suite struct MappingTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func showsTheFilesBytes() throws {
    var random = SeededGenerator(seed: 3)
    let bytes = random.bytes(10_000)
    let mapping = try Mapping(File(folder.write("x", bytes)))
    #expect(mapping.copy(0..<bytes.count) == bytes)
  }

  /// So that the page tables may map huge pages of it.
  @Test(arguments: [2 << 20, 2 << 20 + 1, 5 << 20 - 4096]) func largeFilesBeginAtHugePages(_ count: Int)
    throws
  {
    let bytes = [UInt8](repeating: 1, count: count - 1) + [2]
    let mappings = try (0..<3).map { try Mapping(File(folder.write("x\($0)", bytes))) }
    for mapping in mappings {
      #expect(UInt(bitPattern: mapping.bytes.baseAddress!) % UInt(Syscalls.hugePageBytes) == 0)
      #expect(mapping.copy(0..<1) == [1])
      #expect(mapping.copy(count - 1..<count) == [2])
    }
  }

  @Test func anEmptyFileMapsToNothing() throws {
    let mapping = try Mapping(File(folder.write("x", [])))
    #expect(mapping.count == 0)
    #expect(mapping.bytes.isEmpty)
    mapping.willTouch(0)
  }

  @Test func aRefusedMappingIsAnError() throws {
    let file = try File(folder.write("x", [1]))
    #expect(throws: TesseraError.self) {
      try FaultInjector.$current.withValue(FaultInjector([.map], failing: 0, code: ENOMEM)) {
        _ = try Mapping(file)
      }
    }
  }

  @Test func theWindowReleasesWhenItIsFull() {
    let window = ResidentWindow(limit: 100)
    let releases = Atomic<Int>(0)
    final class Key {}
    let key = Key()
    window.add(ObjectIdentifier(key)) { releases.wrappingAdd(1, ordering: .relaxed) }
    window.willTouch(60)
    window.willTouch(40)
    #expect(releases.load(ordering: .relaxed) == 0)
    window.willTouch(1)
    #expect(releases.load(ordering: .relaxed) == 1)
    window.willTouch(99)
    #expect(releases.load(ordering: .relaxed) == 1)
    window.remove(ObjectIdentifier(key))
    window.willTouch(1000)
    #expect(releases.load(ordering: .relaxed) == 1)
  }

  @Test func costsDoNotOverflow() {
    #expect(Mapping.residentCost(10, runs: 2) == 10 + 2 * Mapping.faultAround)
    #expect(Mapping.residentCost(10, runs: .max) > 1 << 60)
  }

  /// What is gone reads as zeros, the process goes on, and whoever asks is told; other mappings are as they were.
  @Test func aTruncatedFileIsAnError() throws {
    let bytes = [UInt8](repeating: 7, count: 100_000)
    let mapping = try Mapping(File(folder.write("x", bytes)))
    let other = try Mapping(File(folder.write("y", bytes)))
    #expect(try mapping.whole { mapping.copy(99_000..<100_000) } == Array(bytes[99_000...]))
    try File(folder.at("x"), .readWrite).truncate(to: 5000)
    let error = #expect(throws: TesseraError.self) { try mapping.whole { mapping.copy(90_000..<90_001) } }
    #expect(error?.kind == .corrupt)
    #expect(error?.description.contains("expected 100000 bytes, got 5000") == true)
    // Nothing of it is trusted any more, and an error that comes of zeros is not what is told.
    #expect(#expect(throws: TesseraError.self) { try mapping.whole {} } == error)
    struct Consequence: Error {}
    #expect(throws: TesseraError.self) { try mapping.whole { throw Consequence() } }
    #expect(try other.whole { other.copy(90_000..<90_001) } == [7])
  }

  @Test func manyMappingsComeAndGoWhileFilesAreTruncated() throws {
    let names = (0..<4).map { "x\($0)" }
    for name in names { try folder.write(name, [UInt8](repeating: 1, count: 40_000)) }
    try WorkerTeam.run(threads: 4) { worker in
      for round in 0..<200 {
        let file = try File(folder.at(names[worker]), .readWrite)
        try file.truncate(to: 40_000)
        let mapping = try Mapping(file)
        if round % 2 == 0 { try file.truncate(to: 0) }
        let isTorn = (try? mapping.whole { mapping.copy(20_000..<20_001) }) == nil
        if isTorn != (round % 2 == 0) { Issue.record("round \(round) of \(worker)") }
      }
    }
  }

  /// Pages that were given back are read again from the file.
  @Test func releasedPagesStillReadRight() throws {
    var random = SeededGenerator(seed: 4)
    let bytes = random.bytes(1 << 18)
    let window = ResidentWindow(limit: 8192)
    let mapping = try Mapping(File(folder.write("x", bytes)), window: window)
    for _ in 0..<200 {
      let start = Int.random(in: 0..<bytes.count - 5000, using: &random)
      mapping.willTouch(5000)
      #expect(mapping.copy(start..<start + 5000) == Array(bytes[start..<start + 5000]))
    }
  }
}

extension Mapping {
  /// A copy, as the bytes themselves are gone when nobody holds the mapping.
  func copy(_ range: Range<Int>) -> [UInt8] { withExtendedLifetime(self) { Array(bytes[range]) } }
}
