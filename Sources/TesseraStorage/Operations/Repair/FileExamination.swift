import TesseraCodecs
import TesseraCore
import TesseraIO

/// Finds what of one file of an array can be kept, and what has to change so that the rest is not looked at.
///
/// It reads with `pread`, never through a mapping, so that what cannot be read at the moment is not taken for damage.
struct FileExamination {
  /// Bytes to put over those of the file.
  struct Patch {
    var offset: Int
    var bytes: [UInt8]
  }

  enum Outcome {
    case sound
    case patched([Patch])
    /// Nothing in it can be kept.
    case lost
  }

  /// An error that says nothing about the data: reading failed, or the codec is not in this build.
  struct NotJudged: Error {
    var error: TesseraError
  }

  private(set) var outcome = Outcome.sound
  var losses: [Repair.Loss] = []
  var corrected: [TesseraError] = []
  var patches: [Patch] = []

  let driver: ZarrDriver
  let path: String
  private let index: [Int]
  private let file: File
  private let size: Int
  private let scratch = ReadScratch()
  private let model: MemoryModel
  private let options: TransferOptions
  /// What is kept in lists, against the budget.
  var heldBytes = 0

  init(_ index: [Int], of driver: ZarrDriver, _ model: MemoryModel, _ options: TransferOptions) throws {
    (self.driver, self.index, self.model, self.options) = (driver, index, model, options)
    path = driver.files.path(index)
    file = try driver.files.file(index)
    size = try file.size()
  }

  /// - Throws: `NotJudged`; `.unsupported` for shards that are compressed as a whole; `.cancelled`.
  mutating func run() throws {
    guard case .bytes = driver.metadata.leaf.pipeline.body else {
      throw TesseraError(
        .unsupported, "shards that are compressed or transposed as a whole are not repaired", path: path)
    }
    guard driver.metadata.shardings.count < 2 || !driver.metadata.hasChecksums else {
      throw TesseraError(
        .unsupported, "not repaired, as shards that lie in shards have no tables of checksums", path: path,
        expected: "no attribute \(ZarrMetadata.checksumAttribute) in its metadata; then verify again")
    }
    let region = driver.fileGrid.files.fullRegion(index)
    do {
      let isKept = try examine(0..<size, level: 0, region)
      outcome = isKept ? patches.isEmpty ? .sound : .patched(patches) : .lost
    } catch let error as TesseraError where error.kind == .corrupt {
      try requireNoNpy(error)
      (losses, corrected) = ([], [])
      lose(nil, region, error)
      outcome = .lost
    }
  }

  /// What lies in a range of the file: a shard, or a chunk.
  ///
  /// - Returns: whether anything of it is kept.
  /// - Throws: `.corrupt` when it is lost as a whole.
  mutating func examine(_ range: Range<Int>, level: Int, _ region: Region) throws -> Bool {
    guard level < driver.metadata.shardings.count else {
      try judge(range, checksum: nil)
      return true
    }
    return try examineShard(range, level: level, region)
  }

  /// The elements of an adopted `.npy` file do not need the index.
  private func requireNoNpy(_ reason: TesseraError) throws {
    let magic = [0x93] + Array("NUMPY".utf8)
    guard size >= magic.count, try read(0..<magic.count) == magic else { return }
    throw TesseraError(
      .unsupported, "not repaired (\(reason.what)), as this shard is a .npy file", path: path,
      expected: "a copy of it under a name ending in .npy, and adopt or convert that")
  }

  // MARK: Chunks

  /// - Throws: `.corrupt` when the chunk does not decode, or has another checksum.
  mutating func judge(_ range: Range<Int>, checksum: UInt32?) throws {
    do {
      try options.checkCancellation()
      if driver.decoder.isRaw {
        guard range.count == driver.decoder.byteCount else {
          throw TesseraError(
            .corrupt, "size of a raw chunk", expected: "\(driver.decoder.byteCount) bytes",
            got: "\(range.count)")
        }
      } else {
        try driver.decoder.check(encodedCount: range.count)
        let bytes = scratch.encoded.reserve(range.count)
        try notJudging { try file.read(at: range.lowerBound, into: bytes) }
        _ = try driver.decoder.decode(UnsafeRawBufferPointer(bytes), scratch: scratch)
      }
    } catch let error as TesseraError where error.kind != .corrupt {
      if error.kind == .cancelled { throw error }
      throw NotJudged(error: error)
    }
    guard let checksum else { return }
    let computed = try self.checksum(range)
    guard checksum == computed else {
      throw TesseraError(
        .corrupt, "checksum of a raw chunk (crc32c)", expected: hex(checksum), got: hex(computed))
    }
  }

  func checksum(_ range: Range<Int>) throws -> UInt32 {
    var crc: UInt32 = 0
    for start in stride(from: range.lowerBound, to: range.upperBound, by: 1 << 20) {
      let piece = scratch.encoded.reserve(min(range.upperBound - start, 1 << 20))
      try notJudging { try file.read(at: start, into: piece) }
      crc = CRC32C.update(crc, UnsafeRawBufferPointer(piece))
    }
    return crc
  }

  /// Of a loss, with the reason's texts; by the size of its parts, rounded up.
  static let bytesPerLoss = 512

  /// - Throws: `.memory` when lists of that size, beside those that are held, do not fit.
  func requireRoom(_ bytes: Int) throws {
    let losses = losses.count.saturatingMultiply(FileExamination.bytesPerLoss)
    let needed = heldBytes.saturatingAdd(losses).saturatingAdd(bytes)
    guard needed <= model.buffers else {
      throw model.tooSmall(for: "the indices and losses of its shards", path: path, buffers: needed)
    }
  }

  /// Chunk `index` of the array, or a shard, is gone.
  mutating func lose(_ chunk: [Int]?, _ region: Region, _ reason: TesseraError) {
    losses.append(
      Repair.Loss(
        array: driver.description.path, file: path, chunk: chunk,
        region: region.intersection(Region(driver.grid.shape)), fillValue: driver.metadata.fillValue,
        reason: reason))
  }

  // MARK: Reading

  func read(_ range: Range<Int>) throws -> [UInt8] {
    try notJudging {
      try MemoryModel.requireAvailable(range.count, for: "the index of a shard")
      return try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
        try file.read(at: range.lowerBound, into: UnsafeMutableRawBufferPointer(buffer))
        count = range.count
      }
    }
  }

  private func notJudging<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as TesseraError { throw NotJudged(error: error) }
  }
}
