import TesseraCore
import TesseraIO
import TesseraTestSupport
import Testing

@testable import TesseraStorage

/// Every bit of the files of small stores is flipped in turn, and the store repaired.
@Suite(.optionalLibraries) struct RepairFlipTests {
  /// No element is the fill value 0.
  private static let array = ModelArray(
    shape: [6, 5], dtype: .int16, bytes: (0..<60).map { UInt8(truncatingIfNeeded: $0 * 2 + 1) })

  static let checked: [ArrayLayout] = [
    .init(codec: .lz4, chunks: [3, 3], shards: .shape([6, 6]), checksum: true),
    .init(codec: .lz4, chunks: [3, 3], shards: .none, checksum: true),
    .init(chunks: [3, 3], shards: .none, checksum: true),
    .init(chunks: [2, 3], shards: .shape([6, 6]), checksum: true),
    .init(codec: .zstd, chunks: [3, 3], shards: .shape([3, 6]), checksum: true),
  ]

  /// What the array is once a loss reads as the fill value.
  private static func with(_ losses: [Repair.Loss]) -> ModelArray {
    var expected = array
    for loss in losses {
      let zeros = ModelArray(
        shape: loss.region.lengths, dtype: .int16, bytes: [UInt8](repeating: 0, count: 2 * loss.region.count))
      expected.write(loss.region, zeros)
    }
    return expected
  }

  @Test(arguments: checked)
  func everyFlippedBitIsFoundAndRepaired(_ layout: ArrayLayout) throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.zarr")
    try RepairFlipTests.array.store(path, layout: layout)
    let files = try chunkFiles(path)
    let isSharded = layout.shards != .none
    var (lost, kept) = (0, 0)
    for (name, original) in files {
      let file = Path.join(path, name)
      for bit in sampled(0..<8 * original.count, every: 5) {
        let note = "\(layout), \(name), bit \(bit)"
        var damaged = original
        damaged[bit / 8] ^= 1 << UInt8(bit % 8)
        try folder.write("x.zarr/\(name)", damaged)
        let before = try Verification(path, options: .init(threads: 1)).run().problems
        let report = try Repair(path, options: .init(threads: 1)).run()
        let after = try Verification(path, options: .init(threads: 1)).run().problems
        let read = try ModelArray(reading: path)
        if before.isEmpty { Issue.record("\(note): not found") }
        if report.remaining != [] || after != [] { Issue.record("\(note): \(report.remaining) \(after)") }
        if read != RepairFlipTests.with(report.losses) { Issue.record("\(note): other elements changed") }
        // A flipped bit costs one chunk, or nothing where it is in what can be put right.
        if report.losses.count != (report.corrected.isEmpty ? 1 : 0) {
          Issue.record("\(note): \(report.losses), corrected \(report.corrected)")
        }
        let isThere = try Directory.kind(file) == .file
        if isThere != isSharded { Issue.record("\(note): the file is \(isThere ? "there" : "gone")") }
        if isThere {
          try checkBytes(folder.read("x.zarr/\(name)"), damaged, report, note)
          kept += 1
        }
        lost += report.losses.count
        let others = try chunkFiles(path).filter { $0.key != name }
        if others != files.filter({ $0.key != name }) { Issue.record("\(note): another file changed") }
        try folder.write("x.zarr/\(name)", original)
      }
    }
    #expect(lost > 20)
    #expect(isSharded ? kept > 200 : kept == 0)
  }

  /// The chunks of a shard lie where they lay, bit for bit: only its index and table may differ.
  private func checkBytes(_ now: [UInt8], _ damaged: [UInt8], _ report: Repair.Report, _ note: String) {
    let changed = now.indices.filter { now.count != damaged.count || now[$0] != damaged[$0] }
    if now.count != damaged.count || changed.count > 16 + 4 + 4 + 4 {
      Issue.record("\(note): \(changed.count) bytes of \(damaged.count) changed, \(now.count) now")
    }
    if report.losses.isEmpty, changed.count > 4 { Issue.record("\(note): \(changed)") }
  }

  /// Without checksums not every flip shows; what does is repaired, and nothing else changes.
  @Test(arguments: [
    ArrayLayout(codec: .zstd, chunks: [3, 3], shards: .shape([6, 6])),
    .init(codec: .gzip, chunks: [3, 3], zarrFormat: 2), .init(codec: .lz4, chunks: [3, 3], zarrFormat: 2),
    .init(chunks: [3, 3], shards: .shape([6, 6])),
  ])
  func withoutChecksums(_ layout: ArrayLayout) throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.zarr")
    try RepairFlipTests.array.store(path, layout: layout)
    var repaired = 0
    for (name, original) in try chunkFiles(path) {
      for bit in stride(from: 0, to: 8 * original.count, by: 3) {
        var damaged = original
        damaged[bit / 8] ^= 1 << UInt8(bit % 8)
        try folder.write("x.zarr/\(name)", damaged)
        let before = try snapshot(path)
        let problems = try Verification(path, options: .init(threads: 1)).run().problems
        let report = try Repair(path, options: .init(threads: 1)).run()
        let note = "\(layout), \(name), bit \(bit): \(problems), \(report)"
        if problems.isEmpty || !report.remaining.isEmpty {
          if try snapshot(path) != before { Issue.record("changed: \(note)") }
        } else {
          repaired += 1
          if try Verification(path).run().problems != [] { Issue.record("still damaged: \(note)") }
          if try ModelArray(reading: path) != RepairFlipTests.with(report.losses) {
            Issue.record("other elements changed: \(note)")
          }
        }
        // A codec that is not in this library is no damage that could be told.
        if report.remaining.contains(where: { $0.kind != .unsupported }) { Issue.record("\(note)") }
        try folder.write("x.zarr/\(name)", original)
      }
    }
    #expect(repaired > 20)
  }
}
