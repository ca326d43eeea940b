// The index of a Zarr v3 shard, at its end or its start.
//
//   n x (offset: uint64, nbytes: uint64)   C order over the shard's chunks; offsets from the shard's start
//   crc32c: uint32                         of the 16 n bytes before it, little-endian, when configured
//
// Both fields 2^64 - 1: the chunk is absent and reads as the fill value; one alone is corruption.

import TesseraCodecs
import TesseraCore

/// A checked view of an index that lies in mapped memory; nothing is copied.
package struct ShardIndex {
  package static let absent = UInt64.max

  private let entries: UnsafeRawBufferPointer
  private let order: ByteOrder
  /// The bytes of the shard that are not its index.
  private let payload: Range<Int>

  /// Entries are looked at in pieces of so many bytes, each told of before it is touched.
  private static let pieceBytes = 1 << 20

  /// Checks sizes and the checksum of the index of `shard`, which holds `count` chunks.
  ///
  /// - Parameter willTouch: called before bytes are touched, with their number; an index may be larger than what
  ///   may be resident of a mapping.
  /// - Throws: `.corrupt` when the shard is shorter than its index or the checksum differs.
  package init(
    of shard: UnsafeRawBufferPointer, count: Int, _ format: Sharding, willTouch: (Int) -> Void = { _ in }
  ) throws {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: 16)
    let indexSize = bytes &+ (format.hasIndexChecksum ? 4 : 0)
    guard !overflow, indexSize > 0, shard.count >= indexSize else {
      throw TesseraError(
        .corrupt, "shard is shorter than its index", expected: "\(indexSize) bytes or more",
        got: "\(shard.count)")
    }
    let start = format.indexLocation == .start ? 0 : shard.count - indexSize
    entries = UnsafeRawBufferPointer(rebasing: shard[start..<start + bytes])
    order = format.indexOrder
    payload = format.indexLocation == .start ? indexSize..<shard.count : 0..<start
    if format.hasIndexChecksum {
      let stored = UInt32(littleEndian: shard.loadUnaligned(fromByteOffset: start + bytes, as: UInt32.self))
      var computed: UInt32 = 0
      forEachPiece(willTouch) {
        computed = CRC32C.update(computed, UnsafeRawBufferPointer(rebasing: entries[$0]))
      }
      guard stored == computed else {
        throw TesseraError(
          .corrupt, "shard index checksum (crc32c)", expected: hex(stored), got: hex(computed))
      }
    }
  }

  /// A view of entries on their own, whatever their checksum says.
  ///
  /// - Parameter payload: where in the shard chunks may lie.
  init(entries: UnsafeRawBufferPointer, payload: Range<Int>, _ format: Sharding) {
    (self.entries, self.payload, order) = (entries, payload, format.indexOrder)
  }

  /// A view of an index that was checked before.
  package init(known shard: UnsafeRawBufferPointer, count: Int, _ format: Sharding) {
    let start = format.indexLocation == .start ? 0 : shard.count - format.indexByteCount(chunks: count)
    entries = UnsafeRawBufferPointer(rebasing: shard[start..<start + 16 * count])
    order = format.indexOrder
    let end = start + format.indexByteCount(chunks: count)
    payload = format.indexLocation == .start ? end..<shard.count : 0..<start
  }

  package var count: Int { entries.count / 16 }

  /// Where chunk `ordinal` lies in the shard; nil when it is absent.
  ///
  /// - Throws: `.corrupt` when the entry points outside the shard.
  package func range(_ ordinal: Int) throws -> Range<Int>? {
    let offset = field(2 * ordinal)
    let size = field(2 * ordinal + 1)
    if offset == ShardIndex.absent, size == ShardIndex.absent { return nil }
    let (end, overflow) = offset.addingReportingOverflow(size)
    // An empty chunk may lie anywhere.
    guard !overflow, end <= UInt64(payload.upperBound), offset >= UInt64(payload.lowerBound) || size == 0
    else {
      throw TesseraError(
        .corrupt, "shard index entry \(ordinal)",
        expected: "a range within bytes \(payload.lowerBound) to \(payload.upperBound) of the shard",
        got: "offset \(offset), size \(size)")
    }
    return Int(offset)..<Int(end)
  }

  private func field(_ position: Int) -> UInt64 {
    let value = entries.loadUnaligned(fromByteOffset: 8 * position, as: UInt64.self)
    return order == .little ? UInt64(littleEndian: value) : UInt64(bigEndian: value)
  }

  /// Checks every entry: inside the shard, and no two chunks share bytes.
  package func validate(willTouch: (Int) -> Void = { _ in }) throws {
    var highest = 0
    var isSorted = true
    try forEachPiece(willTouch) { bytes in
      for ordinal in bytes.lowerBound / 16..<bytes.upperBound / 16 where isSorted {
        guard let range = try range(ordinal), !range.isEmpty else { continue }
        // Writers go forward, so this is one quick sweep; only another order needs sorting.
        isSorted = range.lowerBound >= highest
        highest = range.upperBound
      }
    }
    if !isSorted { try validateBySorting() }
  }

  /// Calls `body` with the ranges of the entries' bytes, one after another.
  private func forEachPiece(_ willTouch: (Int) -> Void, _ body: (Range<Int>) throws -> Void) rethrows {
    for start in stride(from: 0, to: entries.count, by: ShardIndex.pieceBytes) {
      let piece = start..<min(start + ShardIndex.pieceBytes, entries.count)
      willTouch(piece.count)
      try body(piece)
    }
  }

  private func validateBySorting() throws {
    var ranges: [(range: Range<Int>, ordinal: Int)] = []
    for ordinal in 0..<count {
      if let range = try range(ordinal), !range.isEmpty { ranges.append((range, ordinal)) }
    }
    ranges.sort { $0.range.lowerBound < $1.range.lowerBound }
    for (first, second) in zip(ranges, ranges.dropFirst()) {
      guard first.range.upperBound <= second.range.lowerBound else {
        throw TesseraError(
          .corrupt, "shard index: chunks \(first.ordinal) and \(second.ordinal) overlap",
          expected: "ranges of their own", got: "\(first.range) and \(second.range)")
      }
    }
  }

  /// The bytes of an index as written to the end (or start) of a shard.
  package static func encode(_ ranges: [Range<Int>?], _ format: Sharding) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(16 * ranges.count + 4)
    for range in ranges {
      for field in [range.map { UInt64($0.lowerBound) } ?? absent, range.map { UInt64($0.count) } ?? absent] {
        let stored = format.indexOrder == .little ? field.littleEndian : field.bigEndian
        withUnsafeBytes(of: stored) { bytes.append(contentsOf: $0) }
      }
    }
    if format.hasIndexChecksum {
      let checksum = bytes.withUnsafeBytes { CRC32C.checksum($0) }
      withUnsafeBytes(of: checksum.littleEndian) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }
}

/// `0x00c0ffee`
package func hex(_ value: UInt32) -> String {
  let digits = String(value, radix: 16)
  return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
}
