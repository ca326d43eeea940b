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
}
