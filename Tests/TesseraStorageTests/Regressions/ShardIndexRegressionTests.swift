import TesseraCodecs
import TesseraCore
import TesseraStorage
import Testing

@Suite struct ShardIndexRegressionTests {
  /// An outer entry that covers the whole file made the inner shard "known" under another number of chunks; its
  /// index was then read from before the mapping.
  @Test func aShardThatClaimsToBeInsideItselfIsCorrupt() throws {
    let folder = try RegressionFolder()
    let inner = RegressionFolder.sharding([1])
    let codecs = RegressionFolder.sharding([1024], inner)
    // One outer chunk whose range is the file, index included: 16 bytes; an inner index would have 16 KiB.
    let path = try folder.store(
      "a.zarr", shape: [1024], chunk: [1024], codecs: codecs, files: ["c/0": entry(0, 16)])
    let array = try StoredArray.open(path)
    #expect(throws: TesseraError.self) { try array.elements(as: Float.self) }
    let error = #expect(throws: TesseraError.self) { try array.elements(as: Float.self) }
    #expect(error?.kind == .corrupt)
    #expect(error?.what.contains("shard index entry 0") == true)
  }

  @Test(arguments: ["end", "start"])
  func chunksDoNotLieInTheIndex(_ location: String) throws {
    let folder = try RegressionFolder()
    let index = location == "end" ? entry(8, 8) + entry(.max, .max) : entry(0, 8) + entry(.max, .max)
    let body = [UInt8](repeating: 1, count: 8)
    let bytes = location == "end" ? body + index : index + body
    let codecs = RegressionFolder.sharding([2], location: location)
    let path = try folder.store("a.zarr", shape: [4], chunk: [4], codecs: codecs, files: ["c/0": bytes])
    #expect(throws: TesseraError.self) { try StoredArray.open(path).elements(as: Float.self) }
  }

  /// `verify` looked for each of its chunks, which would have taken days.
  @Test(.timeLimit(.minutes(1)))
  func whatAnAbsentShardIsSaidToHoldIsNotLookedFor() throws {
    let folder = try RegressionFolder()
    let codecs = RegressionFolder.sharding([1 << 38], RegressionFolder.sharding([1]))
    let path = try folder.store(
      "a.zarr", shape: [1 << 39], chunk: [1 << 39], codecs: codecs,
      files: ["c/0": entry(.max, .max) + entry(.max, .max)])
    let report = try Verification(path).run()
    #expect(report.problems.isEmpty)
    #expect(report.chunks == 0)
  }

  /// Those of shards that are there are all found; a shard whose index is damaged is one problem, whatever it was to hold.
  @Test func shardsWithinShardsAreVerified() throws {
    let folder = try RegressionFolder()
    let codecs = RegressionFolder.sharding([2], RegressionFolder.sharding([1]))
    let inner = [UInt8](repeating: 1, count: 8) + entry(0, 4) + entry(4, 4)
    let size = UInt64(inner.count)
    func problems(_ second: [UInt8], chunks: Int) throws -> [TesseraError] {
      let path = try folder.store(
        "a.zarr", shape: [6], chunk: [6], codecs: codecs,
        files: ["c/0": inner + inner + entry(0, size) + second + entry(.max, .max)])
      let report = try Verification(path).run()
      #expect(report.chunks == chunks)
      return report.problems
    }
    #expect(try problems(entry(size, size), chunks: 4).isEmpty)
    // The second shard has no room for its index.
    let found = try problems(entry(size, 8), chunks: 2)
    #expect(found.count == 1)
    #expect(found.allSatisfy { $0.what.contains("shorter than its index") })
    #expect(found.first?.path?.hasSuffix(": inner shard (1,)") == true)
  }

  /// There is a checksum for each shard within the file, which were looked up by the numbers of the chunks in those.
  @Test func checksumsAreOfShardsWithoutShardsInThem() throws {
    let folder = try RegressionFolder()
    let inner = [UInt8](repeating: 1, count: 8) + entry(0, 4) + entry(4, 4)
    let table = ChunkChecksums.encode([inner.withUnsafeBytes { CRC32C.checksum($0) }])
    let path = try folder.store(
      "a.zarr", shape: [2], chunk: [2],
      codecs: RegressionFolder.sharding([2], RegressionFolder.sharding([1])),
      attributes: #"{"\#(ZarrMetadata.checksumAttribute)":"crc32c"}"#,
      files: ["c/0": inner + table + entry(0, UInt64(inner.count))])
    let report = try Verification(path).run()
    #expect(report.problems.map(\.what) == ["checksums of chunks"])
  }
}
