import Glibc
import TesseraCore
import TesseraIO
import TesseraTestSupport
import Testing

@testable import TesseraStorage

/// What is dropped, what is refused, and what is left alone.
@Suite(.optionalLibraries) struct RepairTests {
  private static let array = ModelArray(
    shape: [8, 4], dtype: .int16, bytes: (0..<64).map { UInt8(truncatingIfNeeded: $0 * 2 + 1) })
  private static let sharded = ArrayLayout(chunks: [2, 2], shards: .shape([4, 4]), checksum: true)

  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.at("x.zarr")
  }

  private func flip(_ name: String, _ positions: Int...) throws {
    var bytes = try folder.read(name)
    for position in positions { bytes[position < 0 ? bytes.count + position : position] ^= 0x10 }
    try folder.write(name, bytes)
  }

  @Test func whatIsSoundIsLeftAlone() throws {
    try RepairTests.array.store(path, layout: RepairTests.sharded)
    let before = try snapshot(folder.path)
    let report = try Repair(path).run()
    #expect(report.losses.isEmpty && report.rewritten == [] && report.removed == [] && report.remaining == [])
    #expect(report.found.chunks == 8)
    #expect(try snapshot(folder.path) == before)
  }

  @Test func verifyingNeverChangesAnything() throws {
    try RepairTests.array.store(path, layout: RepairTests.sharded)
    try flip("x.zarr/c/0/0", 3)
    try folder.write("x.zarr/c/0/.0.tessera-partial", [1])
    let before = try snapshot(folder.path)
    #expect(try Verification(path).run().problems.count == 1)
    #expect(try snapshot(folder.path) == before)
  }

  @Test func whatWasLostIsNamed() throws {
    try RepairTests.array.store(path, layout: RepairTests.sharded)
    // Chunks of 8 bytes: the second of the second shard.
    try flip("x.zarr/c/1/0", 9)
    let told = Lock<[Repair.Loss]>([])
    let report = try Repair(path, tell: { loss in told.withLock { $0.append(loss) } }).run()
    let loss = try #require(report.losses.first)
    #expect(report.losses.count == 1 && told.withLock { $0.map(\.region) } == [loss.region])
    #expect(loss.array == path && loss.file == folder.at("x.zarr/c/1/0") && loss.chunk == [2, 1])
    #expect(loss.region == Region([4..<6, 2..<4]) && loss.fillValue == 0)
    #expect(loss.reason.what.contains("checksum"))
    #expect(report.rewritten == [loss.file] && report.removed == [] && report.lostElements == 4)
    var expected = RepairTests.array
    expected.write(
      loss.region, ModelArray(shape: [2, 2], dtype: .int16, bytes: [UInt8](repeating: 0, count: 8)))
    #expect(try ModelArray(reading: path) == expected)
  }

  /// An index with more than one flipped bit: the chunks that the table vouches for stay.
  @Test func aDamagedIndexWithATableOfChecksums() throws {
    try RepairTests.array.store(path, layout: RepairTests.sharded)
    // Entry 1 of 4, of 16 bytes each, before the checksum.
    let shard = "x.zarr/c/0/0"
    let size = try folder.read(shard).count
    try flip(shard, size - 68 + 16, size - 68 + 18)
    let report = try Repair(path).run()
    #expect(report.losses.map(\.chunk) == [[0, 1]] && report.remaining == [], "\(report)")
    #expect(try Verification(path).run().problems == [])
    try flip(shard, size - 68 + 24, size - 68 + 25, 0)
    #expect(try Repair(path).run().losses.map(\.chunk) == [[0, 0], [0, 1]])
    #expect(try Verification(path).run().problems == [])
  }

  /// Without anything to vouch for its chunks, a shard goes as a whole.
  @Test func aDamagedIndexWithoutChecksums() throws {
    try RepairTests.array.store(path, layout: .init(chunks: [2, 2], shards: .shape([4, 4])))
    try flip("x.zarr/c/0/0", -68, -50)
    let report = try Repair(path).run()
    #expect(report.losses.map(\.chunk) == [nil] && report.losses.map(\.region) == [Region([0..<4, 0..<4])])
    #expect(report.removed == [folder.at("x.zarr/c/0/0")])
    #expect(try Verification(path).run().problems == [])
  }

  /// With more than one flipped bit in a table, chunks that fit their entries stay.
  @Test func aDamagedTable() throws {
    try RepairTests.array.store(path, layout: RepairTests.sharded)
    let size = try folder.read("x.zarr/c/0/0").count
    // Entry 2 of 4, of 4 bytes each, before the table's own checksum.
    try flip("x.zarr/c/0/0", size - 68 - 12, size - 68 - 11)
    #expect(try Repair(path).run().losses.map(\.chunk) == [[1, 0]])
    #expect(try Verification(path).run().problems == [])
    // When none fits, it is not the chunks' fault.
    try flip("x.zarr/c/1/0", size - 68 - 4, size - 68 - 8, size - 68 - 12, size - 68 - 16, size - 68 - 20)
    let before = try snapshot(path)
    let report = try Repair(path).run()
    #expect(report.losses.isEmpty && report.remaining.map(\.kind) == [.unsupported])
    #expect(try snapshot(path) == before)
  }

  /// Shards in shards, and entries that point outside.
  @Test func entriesThatPointOutside() throws {
    let folder = try RegressionFolder()
    let inner = RegressionFolder.sharding([2])
    let entry: (UInt64, UInt64) -> [UInt8] = { offset, size in
      withUnsafeBytes(of: offset.littleEndian, Array.init)
        + withUnsafeBytes(of: size.littleEndian, Array.init)
    }
    let shard: [UInt8] = (1...8).map { $0 } + entry(0, 8) + entry(40, 8)
    let path = try folder.store(
      "n.zarr", shape: [8], chunk: [8], codecs: RegressionFolder.sharding([4], inner),
      files: ["c/0": shard + shard + entry(0, 40) + entry(40, 40)])
    #expect(try Verification(path).run().problems != [])
    let report = try Repair(path).run()
    #expect(report.losses.map(\.chunk) == [[1], [3]], "\(report)")
    #expect(report.losses.map(\.region) == [Region([2..<4]), Region([6..<8])])
    #expect(try Verification(path).run().problems == [])
    let bytes = try ModelArray(reading: path).bytes
    #expect(bytes == (1...8).map { $0 } + zeros(8) + (1...8).map { $0 } + zeros(8))
  }

  private func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  /// A shard with places for very many chunks is taken apart within the budget only.
  @Test func anIndexBeyondTheBudget() throws {
    let folder = try RegressionFolder()
    let places = 1 << 19
    // One entry points outside, all others are of absent chunks.
    let index = entry(0, 8) + [UInt8](repeating: 0xff, count: 16 * (places - 1))
    let path = try folder.store(
      "n.zarr", shape: [4], chunk: [places], codecs: RegressionFolder.sharding([1]), files: ["c/0": index])
    let before = try snapshot(path)
    let refused = try Repair(path, options: .init(memory: 64 << 20)).run()
    #expect(refused.losses.isEmpty && refused.remaining.map(\.kind) == [.memory], "\(refused.remaining)")
    #expect(try snapshot(path) == before)
    let report = try Repair(path, options: .init(memory: 128 << 20)).run()
    #expect(report.losses.map(\.chunk) == [[0]] && report.remaining.isEmpty, "\(report.remaining)")
    #expect(try Verification(path).run().problems == [])
  }

  /// The attribute says that there are checksums, which shards within shards cannot have.
  @Test func shardsInShardsHaveNoTables() throws {
    let folder = try RegressionFolder()
    let inner: [UInt8] = (1...16).map { $0 } + entry(0, 8) + entry(8, 8)
    let path = try folder.store(
      "n.zarr", shape: [8], chunk: [8],
      codecs: RegressionFolder.sharding([4], RegressionFolder.sharding([2])),
      attributes: #"{"tessera_chunk_checksums":"crc32c"}"#,
      files: ["c/0": inner + entry(0, UInt64(inner.count)) + entry(.max, .max)])
    let before = try snapshot(path)
    let report = try Repair(path).run()
    #expect(report.losses.isEmpty && report.remaining.map(\.kind) == [.unsupported], "\(report.remaining)")
    #expect(try snapshot(path) == before)
  }

  @Test func aGroupOfDamagedArrays() throws {
    try folder.write("g.zarr/zarr.json", text: #"{"zarr_format": 3, "node_type": "group", "attributes": {}}"#)
    for name in ["a", "b", "c", "d"] {
      try RepairTests.array.store(folder.at("g.zarr/\(name)"), layout: RepairTests.sharded)
    }
    try flip("g.zarr/a/c/0/0", 0)
    try folder.write("g.zarr/b/zarr.json", text: "{")
    try flip("g.zarr/d/c/1/0", 30)
    try folder.write("g.zarr/.zarr.json.tessera-partial", [1])
    try folder.write("g.zarr/.e.tessera-partial/payload/c/0", [1])
    try folder.write("g.zarr/.f.tessera-partial/resume.json", [1])
    try folder.write("g.zarr/c/c/0/.7.tessera-partial", [1])
    let whole = try snapshot(folder.at("g.zarr/c/c/0/0"))
    // Somebody is making this one.
    let staging = try Staging(folder.at("g.zarr/h"))
    let report = try Repair(folder.at("g.zarr")).run()
    withExtendedLifetime(staging) {}
    #expect(report.losses.map(\.array) == [folder.at("g.zarr/a"), folder.at("g.zarr/d")])
    #expect(report.remaining.count == 1 && report.remaining[0].path == folder.at("g.zarr/b/zarr.json"))
    #expect(
      report.leftovers
        == [".e.tessera-partial", ".zarr.json.tessera-partial", "c/c/0/.7.tessera-partial"]
        .map { folder.at("g.zarr/\($0)") }, "\(report.leftovers)")
    #expect(
      try leftovers(folder.path).sorted() == ["g.zarr/.f.tessera-partial", "g.zarr/.h.tessera-partial"])
    #expect(try snapshot(folder.at("g.zarr/c/c/0/0")) == whole)
  }

  @Test func whatCannotBeRepairedIsRefused() throws {
    try RepairTests.array.writeNpy(folder.at("x.npy"))
    try Conversion(from: folder.at("x.npy"), to: folder.at("x.npz")).run()
    for name in ["x.npy", "x.npz"] {
      let error = tesseraError { _ = try Repair(folder.at(name)) }
      #expect(error?.kind == .usage && error?.expected?.isEmpty == false)
    }
    try RepairTests.array.store(path)
    try folder.write("x.zarr/zarr.json", text: "{")
    let error = tesseraError { _ = try Repair(path).run() }
    #expect(error?.kind == .corrupt && error?.what.hasPrefix("metadata cannot be repaired") == true)
  }

  /// Somebody's folder in the place of a shard.
  @Test func whatIsNoFileIsLeftAlone() throws {
    try RepairTests.array.store(path, layout: RepairTests.sharded)
    let shard = folder.at("x.zarr/c/0/0")
    try Directory.remove(shard)
    try folder.write("x.zarr/c/0/0/notes.txt", text: "mine")
    let before = try snapshot(path)
    let report = try Repair(path).run()
    #expect(report.losses.isEmpty && report.removed == [])
    #expect(report.remaining.map(\.path) == [shard] && report.found.problems == report.remaining)
    #expect(try snapshot(path) == before)
    try Directory.remove(shard)
    #expect(mkfifo(shard, 0o600) == 0)
    #expect(try Repair(path).run().remaining.map(\.path) == [shard])
    #expect(try Directory.kind(shard) == .other)
  }

  @Test func anAdoptedFileIsNotDropped() throws {
    try RepairTests.array.writeNpy(folder.at("x.npy"))
    try Adoption(folder.at("x.npy"), as: path, keepsLink: true, chunks: [2, 4]).run()
    let sound = try snapshot(path)
    // One bit of the index is put right, in a file of the store's own.
    try flip("x.zarr/c/0/0", -10)
    let linked = try folder.read("x.npy")
    let report = try Repair(path).run()
    #expect(report.losses.isEmpty && report.corrected.count == 1)
    #expect(try snapshot(path) == sound)
    #expect(try folder.read("x.npy") == linked)
    // Beyond that the elements are there all the same, for NumPy.
    try flip("x.zarr/c/0/0", -10, -20)
    let before = try snapshot(path)
    let refused = try Repair(path).run()
    #expect(refused.remaining.map(\.kind) == [.unsupported] && refused.losses.isEmpty)
    #expect(refused.remaining[0].what.contains(".npy"))
    #expect(try snapshot(path) == before)
  }

  /// What cannot be read at the moment is not damage.
  @Test func aReadErrorDropsNothing() throws {
    try RepairTests.array.store(path, layout: .init(codec: .zstd, chunks: [2, 4], shards: .shape([4, 4])))
    let before = try snapshot(path)
    for number in 0..<40 {
      let fault = FaultInjector([.read], failing: number, code: EIO, forever: true)
      var report = Repair.Report()
      let error = tesseraError("\(number)") {
        report = try FaultInjector.$current.withValue(fault) { try Repair(path).run() }
      }
      #expect(report.losses.isEmpty && (error != nil || fault.count <= number || !report.remaining.isEmpty))
      #expect(try snapshot(path) == before)
    }
  }

  @Test func othersAreWaitedFor() throws {
    try RepairTests.array.store(path, layout: RepairTests.sharded)
    let writer = try ArrayWriter.open(path)
    #expect(tesseraError { _ = try Repair(path).run() }?.kind == .busy)
    try writer.close()
    #expect(try Repair(path).run().remaining == [])
  }

  @Test func withoutAFillValue() throws {
    try RepairTests.array.store(path, layout: .init(codec: .gzip, chunks: [4, 4], zarrFormat: 2))
    let text = String(decoding: try folder.read("x.zarr/.zarray"), as: UTF8.self)
    let parts = text.split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.contains("\"fill_value\"") ? "  \"fill_value\": null\($0.hasSuffix(",") ? "," : "")" : String($0)
    }
    try folder.write("x.zarr/.zarray", text: parts.joined(separator: "\n"))
    try flip("x.zarr/1.0", 0)
    let report = try Repair(path).run()
    #expect(report.losses.map(\.fillValue) == [.null] && report.removed == [folder.at("x.zarr/1.0")])
  }
}
