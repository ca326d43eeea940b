import TesseraCore
import TesseraIO
import TesseraTestSupport
import Testing

@testable import TesseraStorage

/// Every system call of a repair fails in turn.
@Suite(.optionalLibraries) struct RepairFaultTests {
  private static let array = ModelArray(
    shape: [8, 4], dtype: .int16, bytes: (0..<64).map { UInt8(truncatingIfNeeded: $0 * 2 + 1) })

  /// Two damaged files, and what is there when they are repaired.
  private func prepare(_ folder: TemporaryFolder, _ layout: ArrayLayout) throws {
    try Directory.remove(folder.at("x.zarr"))
    try RepairFaultTests.array.store(folder.at("x.zarr"), layout: layout)
    for name in try chunkFiles(folder.at("x.zarr")).keys.sorted().prefix(2) {
      var bytes = try folder.read("x.zarr/\(name)")
      bytes[1] ^= 0x40
      bytes[2] ^= 0x40
      try folder.write("x.zarr/\(name)", bytes)
    }
    try folder.write("x.zarr/.old.tessera-partial", [1, 2, 3])
  }

  @Test(arguments: [
    ArrayLayout(chunks: [2, 2], shards: .shape([4, 4]), checksum: true),
    .init(codec: .zstd, chunks: [2, 4], shards: .none, checksum: true),
    .init(codec: .gzip, chunks: [2, 4], zarrFormat: 2),
  ])
  func eachFileIsOldOrRepaired(_ layout: ArrayLayout) throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.zarr")
    let options = TransferOptions(threads: 1)
    try prepare(folder, layout)
    let old = try chunkFiles(path).filter { !$0.key.contains("partial") }
    let counter = FaultInjector(failing: .max, code: 0)
    let whole = try FaultInjector.$current.withValue(counter) { try Repair(path, options: options).run() }
    #expect(whole.losses.count == 2 && whole.remaining == [] && whole.leftovers.count == 1)
    let new = try chunkFiles(path)
    #expect(new != old && counter.count > 30)
    for (family, number) in FaultFamily.cases(calls: counter.count) {
      let note = "\(layout), \(family), call \(number) of \(counter.count)"
      try prepare(folder, layout)
      let fault = family.injector(failing: number)
      var report = Repair.Report()
      let error = tesseraError(note) {
        report = try FaultInjector.$current.withValue(fault) { try Repair(path, options: options).run() }
      }
      let now = try chunkFiles(path).filter { !$0.key.contains("partial") }
      for name in Set(old.keys).union(new.keys) where now[name] != old[name] && now[name] != new[name] {
        Issue.record("\(note): \(name) is neither old nor repaired; \(error as Any)")
      }
      // No fault is passed over in silence.
      if now != new, error == nil, report.remaining.isEmpty {
        Issue.record("\(note): not done, and not told")
      }
      let again = try Repair(path, options: options).run()
      if try again.remaining != [] || chunkFiles(path) != new || !leftovers(folder.path).isEmpty {
        Issue.record("\(note): wrong once the fault had passed: \(again)")
      }
    }
  }
}
