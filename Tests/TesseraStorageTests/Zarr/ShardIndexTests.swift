import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// Shards whose index lies, with checksums that fit.
@Suite struct ShardIndexTests {
  private static let format = Sharding(chunkShape: [2], pipeline: ChunkPipeline())

  /// An index of any fields, with its checksum.
  private static func index(_ entries: [(UInt64, UInt64)]) -> [UInt8] {
    // `encode` writes ranges only; fields are patched in, and the checksum made anew.
    var bytes: [UInt8] = []
    for (offset, size) in entries {
      for field in [offset, size] { withUnsafeBytes(of: field.littleEndian) { bytes.append(contentsOf: $0) } }
    }
    withUnsafeBytes(of: crc32c(bytes).littleEndian) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Bit by bit, as the polynomial says.
  private static func crc32c(_ bytes: [UInt8]) -> UInt32 {
    var crc = ~UInt32(0)
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }
    return ~crc
  }

  @Test func checksumIsTheStandardOne() {
    #expect(ShardIndexTests.crc32c(Array("123456789".utf8)) == 0xE306_9283)
    #expect(
      ShardIndex.encode([0..<2, nil], ShardIndexTests.format)
        == ShardIndexTests.index([(0, 2), (.max, .max)]))
  }

  private func read(_ entries: [(UInt64, UInt64)], body: [UInt8]) throws -> (
    array: ModelArray?, error: TesseraError?
  ) {
    let folder = try TemporaryFolder()
    try folder.write(
      "x.zarr/zarr.json",
      text: CrashTests.metadata(
        shape: "[\(entries.count * 2)]", file: "[\(entries.count * 2)]", codecs: CrashTests.sharding("[2]")))
    try folder.write("x.zarr/c/0", body + ShardIndexTests.index(entries))
    var array: ModelArray?
    let error = tesseraError { array = try ModelArray(reading: folder.at("x.zarr")) }
    return (array, error)
  }

  @Test func anyOrderAndAnyGapsAreRead() throws {
    let (array, error) = try read([(5, 2), (.max, .max), (0, 2)], body: [1, 2, 99, 99, 99, 5, 6])
    #expect(error == nil)
    #expect(array?.bytes == [5, 6, 0, 0, 1, 2])
  }

  @Test(
    arguments: [
      // Shared bytes.
      [(0, 2), (1, 2)], [(0, 2), (0, 2)], [(2, 2), (1, 2)],
      // Outside.
      [(0, 2), (100, 2)], [(0, 2), (39, 2)], [(0, 2), (UInt64.max - 1, 2)], [(0, 2), (UInt64.max - 1, 1)],
      // One field absent.
      [(0, 2), (.max, 2)], [(0, 2), (2, .max)], [(0, 2), (1 << 63, 1 << 63)], [(0, 2), (0, 1 << 62)],
      // Raw chunks of another size.
      [(0, 2), (2, 1)], [(0, 2), (2, 0)], [(0, 3), (3, 1)], [(0, 1), (2, 2)],
    ] as [[(UInt64, UInt64)]])
  func liesAreRefused(_ entries: [(UInt64, UInt64)]) throws {
    let (_, error) = try read(entries, body: [1, 2, 3, 4])
    #expect(error?.kind == .corrupt, "\(entries)")
    #expect(error?.path?.contains("x.zarr/c/0") == true)
  }

  /// A chunk cannot lie where the index is.
  @Test func anEntryWithinTheIndexIsRefused() throws {
    let (array, error) = try read([(0, 2), (10, 2)], body: [1, 2, 3, 4])
    withKnownIssue("ShardIndex.range allows ranges up to the end of the shard, its index included") {
      #expect(error != nil, "read as \(array as Any)")
    }
  }

  @Test func aFlippedBitAnywhereInAnIndexIsNoticed() throws {
    let whole = ShardIndexTests.index([(0, 2), (2, 2)])
    for bit in 0..<whole.count * 8 {
      var bytes = whole
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      let shard = [1, 2, 3, 4] + bytes
      let error = shard.withUnsafeBytes { raw in
        tesseraError { try ShardIndex(of: raw, count: 2, ShardIndexTests.format).validate() }
      }
      #expect(error != nil, "bit \(bit)")
    }
  }

  @Test func countsThatCannotBeDoNotOverflow() {
    let shard: [UInt8] = [UInt8](repeating: 0, count: 36)
    for count in [3, 1 << 20, 1 << 59, Int.max] {
      let error = shard.withUnsafeBytes { raw in
        tesseraError { _ = try ShardIndex(of: raw, count: count, ShardIndexTests.format) }
      }
      #expect(error?.kind == .corrupt, "\(count)")
    }
  }
}
