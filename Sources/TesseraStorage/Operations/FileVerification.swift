import TesseraCodecs
import TesseraCore
import TesseraIO

/// The check of one file of a Zarr array: its index, those of the shards in it, and every chunk that is there.
///
/// Goes down from shard to shard, so that an absent one costs nothing, however many chunks it would hold.
private struct FileVerification {
  let driver: ZarrDriver
  let path: String
  // A handle of its own, so that what is cached does not hide what is on disk.
  let mapping: Mapping
  let checksums: [UInt32]?
  let scratch: ReadScratch
  let options: TransferOptions

  /// Metadata may claim any number of chunks in a file, so damage is not listed without end.
  struct TooManyProblems: Error {}

  private var shardings: [Sharding] { driver.metadata.shardings }

  /// Checks what lies in a range of the file: a shard, or at the innermost level a chunk.
  ///
  /// - Parameters:
  ///   - lower: where it begins in the array.
  ///   - shape: of the shard, in elements.
  ///   - depth: in how many shards it lies.
  func verify(
    _ range: Range<Int>, at lower: [Int], shape: [Int], depth: Int, _ report: inout Verification.Report
  ) throws {
    guard depth < shardings.count else { return try verifyChunk(range, at: lower, &report) }
    let sharding = shardings[depth]
    let counts = sharding.counts(shape)
    let index = try mapping.whole { try checkedIndex(range, count: counts.reduce(1, *), sharding) }
    let steps = Shape.strides(of: counts)
    let bounds = driver.grid.shape
    let inside = counts.indices.map { axis in
      let chunk = sharding.chunkShape[axis]
      return 0..<min(counts[axis], (bounds[axis] - lower[axis] + chunk - 1) / chunk)
    }
    try Region(inside).forEachIndex { position in
      let ordinal = zip(position, steps).reduce(0) { $0 + $1.0 * $1.1 }
      if ordinal % FileVerification.entriesPerPiece == 0 {
        try options.checkCancellation()
        mapping.willTouch(16 * FileVerification.entriesPerPiece)
      }
      do {
        guard let inner = try index.range(ordinal) else { return }
        try verify(
          range.lowerBound + inner.lowerBound..<range.lowerBound + inner.upperBound,
          at: place(position, lower, sharding), shape: sharding.chunkShape, depth: depth + 1, &report)
      } catch let error as TesseraError where error.kind != .cancelled {
        report.problems.append(error.at(name(place(position, lower, sharding), depth: depth + 1)))
        if report.problems.count >= Verification.maximumProblems { throw TooManyProblems() }
      }
    }
  }

  private static let entriesPerPiece = 4096

  private func place(_ position: [Int], _ lower: [Int], _ sharding: Sharding) -> [Int] {
    position.indices.map { lower[$0] + position[$0] * sharding.chunkShape[$0] }
  }

  private func name(_ lower: [Int], depth: Int) -> String {
    let index = zip(lower, shardings[depth - 1].chunkShape).map { $0 / $1 }
    return "\(path): \(depth == shardings.count ? "chunk" : "inner shard") \(Shape.describe(index))"
  }

  /// Once for each shard, rather than once for each chunk that it is said to hold.
  private func checkedIndex(_ shard: Range<Int>, count: Int, _ sharding: Sharding) throws -> ShardIndex {
    let bytes = UnsafeRawBufferPointer(rebasing: mapping.bytes[shard])
    let index = try ShardIndex(of: bytes, count: count, sharding) { mapping.willTouch($0) }
    try index.validate { mapping.willTouch($0) }
    return index
  }

  private func verifyChunk(_ range: Range<Int>, at lower: [Int], _ report: inout Verification.Report) throws {
    try options.checkCancellation()
    report.chunks += 1
    let decoder = driver.decoder
    try mapping.whole {
      let bytes = UnsafeRawBufferPointer(rebasing: mapping.bytes[range])
      if decoder.isRaw {
        _ = try decoder.checkedRaw(bytes)
      } else {
        _ = try decoder.decode(driver.fetch(bytes, mapping, scratch), scratch: scratch)
      }
      guard let checksums else { return }
      let index = zip(lower, driver.grid.chunkShape).map { $0 / $1 }
      let ordinal = driver.fileGrid.place(ofChunk: index).ordinal
      let computed = mapping.checksum(bytes)
      guard checksums[ordinal] == computed else {
        throw TesseraError(
          .corrupt, "checksum of a raw chunk (crc32c)", expected: hex(checksums[ordinal]), got: hex(computed))
      }
    }
  }
}

extension ZarrDriver {
  /// Checks one file: its index, and every chunk in it.
  func verifyFile(
    _ file: [Int], _ report: inout Verification.Report, _ scratch: ReadScratch, _ options: TransferOptions
  ) throws {
    let path = files.path(file)
    do {
      let mapping = try Mapping(files.file(file))
      report.bytes += mapping.count
      let check = FileVerification(
        driver: self, path: path, mapping: mapping,
        checksums: try mapping.whole { try checksums(of: mapping) },
        scratch: scratch, options: options)
      try check.verify(
        0..<mapping.count, at: fileGrid.files.fullRegion(file).lower, shape: metadata.fileShape, depth: 0,
        &report)
    } catch is FileVerification.TooManyProblems {
      report.problems.append(
        TesseraError(.corrupt, "too many problems; the rest of the file is not looked at", path: path))
    } catch let error as TesseraError where error.kind != .cancelled {
      report.problems.append(error.at(path))
    }
  }

  private func checksums(of mapping: Mapping) throws -> [UInt32]? {
    guard metadata.hasChecksums, let sharding = metadata.shardings.first
    else { return nil }
    guard metadata.shardings.count == 1 else {
      throw TesseraError(
        .corrupt, "checksums of chunks", expected: "shards without shards in them",
        got: "\(metadata.shardings.count) levels")
    }
    let count = sharding.counts(metadata.fileShape).reduce(1, *)
    // First, so that of a damaged file it is told what is found without this library too.
    _ = try ShardIndex(of: mapping.bytes, count: count, sharding) { mapping.willTouch($0) }
    return try ChunkChecksums.decode(mapping.bytes, count: count, sharding)
  }
}

extension Mapping {
  /// The CRC-32C of mapped bytes, touched a piece at a time.
  fileprivate func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var crc: UInt32 = 0
    for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
      let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<min(bytes.count, start + (1 << 20))])
      willTouch(piece.count)
      crc = CRC32C.update(crc, piece)
    }
    return crc
  }
}
