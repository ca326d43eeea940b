// Checksums of raw chunks, kept in the shard just before its index. The sharding codec allows gaps, so every
// other reader passes over them.
//
//   magic: 8 bytes "TSRCRC32"
//   n x crc32c: uint32 little-endian    of each chunk's stored bytes, 0 for an absent one
//   crc32c: uint32 little-endian        of all that

import TesseraCodecs
import TesseraCore

package enum ChunkChecksums {
  static let magic = Array("TSRCRC32".utf8)

  package static func byteCount(chunks: Int) -> Int { magic.count + 4 * chunks + 4 }

  package static func encode(_ checksums: [UInt32]) -> [UInt8] {
    var bytes = magic
    for checksum in checksums { withUnsafeBytes(of: checksum.littleEndian) { bytes.append(contentsOf: $0) } }
    let own = bytes.withUnsafeBytes { CRC32C.checksum($0) }
    withUnsafeBytes(of: own.littleEndian) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// The checksums in a shard of `count` chunks with its index at the end.
  ///
  /// - Throws: `.corrupt` when there are none or they are damaged.
  package static func decode(_ shard: UnsafeRawBufferPointer, count: Int, _ sharding: Sharding) throws
    -> [UInt32]
  {
    let end = shard.count - sharding.indexByteCount(chunks: count)
    let start = end - byteCount(chunks: count)
    guard sharding.indexLocation == .end, start >= 0, shard[start..<start + magic.count].elementsEqual(magic)
    else {
      throw TesseraError(.corrupt, "the shard's table of checksums is missing")
    }
    let stored = UInt32(littleEndian: shard.loadUnaligned(fromByteOffset: end - 4, as: UInt32.self))
    let computed = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: shard[start..<end - 4]))
    guard stored == computed else {
      throw TesseraError(
        .corrupt, "the shard's table of checksums (crc32c)", expected: hex(stored), got: hex(computed))
    }
    return (0..<count).map {
      UInt32(littleEndian: shard.loadUnaligned(fromByteOffset: start + magic.count + 4 * $0, as: UInt32.self))
    }
  }
}
