import TesseraCodecs
import TesseraCore

extension FileExamination {
  /// What is known of one shard while it is examined. Ranges are counted from the shard's start.
  private struct Shard {
    let range: Range<Int>
    let level: Int
    let sharding: Sharding
    /// The box of the array that it holds, and how many chunks that are along each axis.
    let region: Region
    let counts: [Int]
    /// Where the index begins.
    var indexStart = 0
    var index: [UInt8] = []
    /// nil for an index that its checksum vouches for, or that has none.
    var distrust: TesseraError?
    var ranges: [Range<Int>?] = []
    var reasons: [Int: TesseraError] = [:]

    /// An entry as it is and as it will be, its range, its place in their order, and its checksum likewise.
    static let bytesPerPlace = 2 * 16 + MemoryLayout<Range<Int>?>.stride + 8 + 4 * 4

    func region(of ordinal: Int) -> Region {
      var rest = ordinal
      var lower = region.lower
      for axis in counts.indices.reversed() {
        lower[axis] += rest % counts[axis] * sharding.chunkShape[axis]
        rest /= counts[axis]
      }
      return Region(lower: lower, lengths: sharding.chunkShape)
    }
  }

  /// - Returns: whether any of its chunks is kept.
  /// - Throws: `.corrupt` when there is no telling where its chunks are.
  mutating func examineShard(_ range: Range<Int>, level: Int, _ region: Region) throws -> Bool {
    let sharding = driver.metadata.shardings[level]
    var shard = Shard(
      range: range, level: level, sharding: sharding, region: region,
      counts: sharding.counts(region.lengths))
    let count = shard.counts.saturatingProduct()
    let (held, places) = (heldBytes, count.saturatingMultiply(Shard.bytesPerPlace))
    try requireRoom(places)
    heldBytes += places
    defer { heldBytes = held }
    try readIndex(of: &shard, count)
    try readRanges(of: &shard)
    let table = try level == 0 ? readTable(of: shard, count) : nil
    // A checksum at the chunk's place in the table vouches for the entry of the index as well.
    if let reason = shard.distrust, table == nil, !chunksCheckThemselves(level) {
      throw reason
    }
    try examineChunks(of: &shard, table)
    for (ordinal, reason) in shard.reasons.sorted(by: { $0.key < $1.key }) {
      shard.ranges[ordinal] = nil
      let box = shard.region(of: ordinal)
      let isChunk = level + 1 == driver.metadata.shardings.count
      lose(isChunk ? zip(box.lower, box.lengths).map { $0 / $1 } : nil, box, reason)
    }
    try patch(shard, table)
    return shard.ranges.contains { $0 != nil }
  }

  /// Whether a chunk that decodes at all is known to be what was written.
  private func chunksCheckThemselves(_ level: Int) -> Bool {
    level + 1 == driver.metadata.shardings.count
      && driver.decoder.pipeline.chain.codecs.contains { $0 is CRC32CCodec }
  }

  // MARK: The index

  private mutating func readIndex(of shard: inout Shard, _ count: Int) throws {
    let indexSize = count.saturatingMultiply(16).saturatingAdd(shard.sharding.hasIndexChecksum ? 4 : 0)
    guard indexSize <= shard.range.count else {
      throw TesseraError(
        .corrupt, "shard is shorter than its index", expected: "\(indexSize) bytes or more",
        got: "\(shard.range.count)")
    }
    shard.indexStart = shard.sharding.indexLocation == .start ? 0 : shard.range.count - indexSize
    let start = shard.range.lowerBound + shard.indexStart
    shard.index = try read(start..<start + indexSize)
    guard shard.sharding.hasIndexChecksum else { return }
    shard.distrust = correct(&shard.index, "shard index checksum (crc32c)")
  }

  /// Puts right the one bit that explains a checksum which ends `bytes`.
  ///
  /// - Returns: nil when the checksum is right now; otherwise what is wrong.
  private mutating func correct(_ bytes: inout [UInt8], _ what: String) -> TesseraError? {
    let end = bytes.count - 4
    let (stored, computed, bit) = bytes.withUnsafeBytes { all -> (UInt32, UInt32, Int?) in
      let stored = UInt32(littleEndian: all.loadUnaligned(fromByteOffset: end, as: UInt32.self))
      let content = UnsafeRawBufferPointer(rebasing: all[..<end])
      return (stored, CRC32C.checksum(content), CRC32C.flippedBit(in: content, stored: stored))
    }
    if stored == computed { return nil }
    let error = TesseraError(.corrupt, what, path: path, expected: hex(stored), got: hex(computed))
    guard let bit else { return error }
    if bit < 8 * end {
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    } else {
      bytes.replaceSubrange(end..., with: littleEndian(computed))
    }
    corrected.append(error)
    return nil
  }

  private func littleEndian(_ value: UInt32) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  /// The entries, and those among them that cannot be right: outside the shard, or on the same bytes.
  private func readRanges(of shard: inout Shard) throws {
    let count = shard.index.count / 16
    let isAtStart = shard.sharding.indexLocation == .start
    let payload = isAtStart ? shard.index.count..<shard.range.count : 0..<shard.indexStart
    var ranges: [Range<Int>?] = []
    var reasons: [Int: TesseraError] = [:]
    try shard.index.withUnsafeBytes { bytes in
      let entries = UnsafeRawBufferPointer(rebasing: bytes[..<(16 * count)])
      let index = ShardIndex(entries: entries, payload: payload, shard.sharding)
      for ordinal in 0..<count {
        do {
          ranges.append(try index.range(ordinal))
        } catch {
          ranges.append(nil)
          try note(error, of: ordinal, in: &reasons)
        }
      }
    }
    let inOrder = ranges.indices.filter { ranges[$0]?.isEmpty == false }.sorted {
      ranges[$0]!.lowerBound < ranges[$1]!.lowerBound
    }
    var before: Int?
    for ordinal in inOrder {
      guard let range = ranges[ordinal] else { continue }
      if let other = before, let taken = ranges[other], taken.upperBound > range.lowerBound {
        let error = TesseraError(
          .corrupt, "shard index: chunks \(other) and \(ordinal) overlap", expected: "ranges of their own",
          got: "\(taken) and \(range)")
        try note(error, of: other, in: &reasons)
        try note(error, of: ordinal, in: &reasons)
        if taken.upperBound >= range.upperBound { continue }
      }
      before = ordinal
    }
    (shard.ranges, shard.reasons) = (ranges, reasons)
  }

  private func note(_ reason: any Error, of ordinal: Int, in reasons: inout [Int: TesseraError]) throws {
    guard let reason = reason as? TesseraError else { throw reason }
    reasons[ordinal] = reason
    try requireRoom(reasons.count.saturatingMultiply(FileExamination.bytesPerLoss))
  }

  // MARK: The table of checksums

  private struct Table {
    var start: Int
    var bytes: [UInt8]
    var checksums: [UInt32]
    /// What is wrong with it as a whole.
    var distrust: TesseraError?

    var isTrusted: Bool { distrust == nil }
  }

  /// nil when the array has none.
  private mutating func readTable(of shard: Shard, _ count: Int) throws -> Table? {
    guard driver.metadata.hasChecksums else { return nil }
    let size = ChunkChecksums.byteCount(chunks: count)
    guard shard.sharding.indexLocation == .end, shard.indexStart >= size else {
      throw TesseraError(
        .unsupported, "not repaired, as the shard has no table of checksums", path: path,
        expected: "a shard written by a program that knows --checksum")
    }
    let start = shard.indexStart - size
    var bytes = try read(shard.range.lowerBound + start..<shard.range.lowerBound + shard.indexStart)
    var distrust = correct(&bytes, "the shard's table of checksums (crc32c)")
    if !bytes.starts(with: ChunkChecksums.magic), distrust == nil {
      distrust = TesseraError(.corrupt, "the shard's table of checksums is missing")
    }
    let checksums = bytes.withUnsafeBytes { all in
      (0..<count).map {
        UInt32(
          littleEndian: all.loadUnaligned(
            fromByteOffset: ChunkChecksums.magic.count + 4 * $0, as: UInt32.self))
      }
    }
    return Table(start: start, bytes: bytes, checksums: checksums, distrust: distrust)
  }

  // MARK: Chunks

  private mutating func examineChunks(of shard: inout Shard, _ table: Table?) throws {
    let bounds = Region(driver.grid.shape)
    // Chunks beyond the array are looked at only where something else that is wrong may be their fault.
    let looksAtAll = shard.distrust != nil || table?.isTrusted == false
    var fitting = 0
    for ordinal in shard.ranges.indices where shard.reasons[ordinal] == nil {
      let box = shard.region(of: ordinal)
      let isInside = !bounds.intersection(box).isEmpty
      guard let range = shard.ranges[ordinal] else {
        if let reason = absence(of: ordinal, shard, table), isInside {
          try note(reason, of: ordinal, in: &shard.reasons)
        }
        continue
      }
      guard isInside || looksAtAll else { continue }
      let place = shard.range.lowerBound + range.lowerBound..<shard.range.lowerBound + range.upperBound
      do {
        if shard.level + 1 < driver.metadata.shardings.count {
          if try !examine(place, level: shard.level + 1, box) { shard.ranges[ordinal] = nil }
        } else {
          try judge(place, checksum: table?.checksums[ordinal])
          fitting += 1
        }
      } catch let error as TesseraError where error.kind == .corrupt {
        try note(error, of: ordinal, in: &shard.reasons)
      }
    }
    if let table, let reason = table.distrust, fitting == 0 {
      // No telling the chunks that are right from those that are not.
      throw TesseraError(
        .unsupported, "not repaired, as no checksum fits (\(reason.what))", path: path,
        expected: "the table as it was written, or convert the array to a new one")
    }
  }

  /// Why a chunk that the index calls absent may have been there; nil when it was not.
  private func absence(of ordinal: Int, _ shard: Shard, _ table: Table?) -> TesseraError? {
    guard let distrust = shard.distrust else { return nil }
    if let table, table.isTrusted, table.checksums[ordinal] == 0 { return nil }
    return TesseraError(
      .corrupt, "absent in an index that is damaged", expected: distrust.expected, got: distrust.got)
  }

  // MARK: What has to change

  private mutating func patch(_ shard: Shard, _ table: Table?) throws {
    let old = shard.range.lowerBound
    let index = ShardIndex.encode(shard.ranges, shard.sharding)
    let start = old + shard.indexStart
    if try index != read(start..<start + index.count) { patches.append(Patch(offset: start, bytes: index)) }
    guard let table else { return }
    let checksums = zip(table.checksums, shard.ranges).map { $1 == nil ? 0 : $0 }
    let bytes = ChunkChecksums.encode(checksums)
    let place = old + table.start
    if try bytes != read(place..<place + bytes.count) { patches.append(Patch(offset: place, bytes: bytes)) }
  }
}
