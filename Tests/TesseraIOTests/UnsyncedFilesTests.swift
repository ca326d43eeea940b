import Glibc
import TesseraCore
import Testing

@testable import TesseraIO

@Suite struct UnsyncedFilesTests {
  /// Few files are synced one by one, many by one call for the file system.
  @Test(arguments: [(0, 0), (3, 3), (256, 256), (257, 1), (400, 1)])
  func syncsEachFileOrAllAtOnce(_ count: Int, _ calls: Int) throws {
    let folder = try TemporaryFolder()
    let files = UnsyncedFiles(root: folder.path)
    for number in 0..<count { files.add(try folder.write("x\(number)", [1])) }
    let counter = FaultInjector([.sync], failing: .max, code: 0)
    try FaultInjector.$current.withValue(counter) { try files.sync() }
    #expect(counter.count == calls)
    try FaultInjector.$current.withValue(counter) { try files.sync() }
    #expect(counter.count == calls, "nothing new, nothing to sync")
  }

  @Test func aFailedSyncIsNotForgotten() throws {
    let folder = try TemporaryFolder()
    let files = UnsyncedFiles(root: folder.path)
    files.add(try folder.write("x", [1]))
    #expect(throws: TesseraError.self) {
      try FaultInjector.$current.withValue(FaultInjector([.sync], failing: 0, code: EIO)) { try files.sync() }
    }
    let counter = FaultInjector([.sync], failing: .max, code: 0)
    try FaultInjector.$current.withValue(counter) { try files.sync() }
    #expect(counter.count == 1)
  }
}

@Suite struct ProcessLimitsTests {
  @Test func areSensible() {
    #expect(ProcessLimits.cores >= 1)
    #expect(ProcessLimits.cores <= sysconf(Int32(_SC_NPROCESSORS_CONF)))
    #expect(ProcessLimits.memory >= 64 << 20)
    #expect(ProcessLimits.defaultBudget >= 64 << 20)
    #expect(ProcessLimits.peakResident > 1 << 20)
    #expect(ProcessLimits.bootIdentifier.count == 36)
    #expect(ProcessLimits.bootIdentifier == ProcessLimits.bootIdentifier)
  }

  @Test func theClockGoesForward() {
    let before = ProcessLimits.now
    #expect(ProcessLimits.now >= before)
  }
}
