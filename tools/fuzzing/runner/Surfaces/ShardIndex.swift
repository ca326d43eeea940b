import TesseraCodecs
import TesseraCore
import TesseraStorage

extension Surface {
  /// A byte of flags (1 big-endian, 2 checksum, 4 index at the start, 8 the checksum is made right), a byte for the
  /// number of chunks, and a shard.
  static let shardIndex = Surface("shard-index") { bytes in
    guard bytes.count >= 2 else { return }
    let sharding = shardings[Int(bytes[0] & 7)]
    let count = Int(bytes[1])
    var shard = Array(bytes[2...])
    if bytes[0] & 8 != 0 { mend(&shard, count, sharding) }
    try shard.withUnsafeBytes { shard in
      attempt { try ChunkChecksums.decode(shard, count: count, sharding) }
      let index = try ShardIndex(of: shard, count: count, sharding)
      attempt { for ordinal in 0..<count { _ = try index.range(ordinal) } }
      try index.validate()
      try check(index, shard, sharding)
    }
  }

  private static func check(_ index: ShardIndex, _ shard: UnsafeRawBufferPointer, _ sharding: Sharding) throws
  {
    let ranges = must("an index that is valid") { try (0..<index.count).map { try index.range($0) } }
    let found = ranges.compactMap(\.self).filter { !$0.isEmpty }.sorted { $0.lowerBound < $1.lowerBound }
    require(
      found.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= shard.count }, "a chunk beyond its shard")
    require(
      zip(found, found.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }, "chunks that overlap")
    let written = ShardIndex.encode(ranges, sharding)
    let start = sharding.indexLocation == .start ? 0 : shard.count - written.count
    require(shard[start..<start + written.count].elementsEqual(written), "an index that was written")
  }

  /// No fuzzer finds a checksum by chance.
  private static func mend(_ shard: inout [UInt8], _ count: Int, _ sharding: Sharding) {
    let size = sharding.indexByteCount(chunks: count)
    guard sharding.hasIndexChecksum, shard.count >= size else { return }
    let start = sharding.indexLocation == .start ? 0 : shard.count - size
    let checksum = shard[start..<start + size - 4].withUnsafeBytes { CRC32C.checksum($0) }
    withUnsafeBytes(of: checksum.littleEndian) {
      shard.replaceSubrange(start + size - 4..<start + size, with: $0)
    }
  }

  /// By the flags.
  private static let shardings = (0..<8).map { flags in
    let bytes: JSONValue = ["name": "bytes", "configuration": ["endian": flags & 1 == 0 ? "little" : "big"]]
    let document: JSONObject = [
      "zarr_format": 3, "node_type": "array", "shape": [1], "data_type": "uint8", "fill_value": 0,
      "chunk_grid": ["name": "regular", "configuration": ["chunk_shape": [1]]],
      "chunk_key_encoding": "default",
      "codecs": [
        [
          "name": "sharding_indexed",
          "configuration": [
            "chunk_shape": [1], "codecs": ["bytes"],
            "index_codecs": flags & 2 == 0 ? [bytes] : [bytes, "crc32c"],
            "index_location": flags & 4 == 0 ? "end" : "start",
          ],
        ]
      ],
    ]
    return must("metadata of shards") { try ZarrMetadata(v3: document) }.shardings[0]
  }
}
