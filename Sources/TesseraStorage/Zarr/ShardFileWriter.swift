import Synchronization
import TesseraCodecs
import TesseraCore
import TesseraIO

/// One file of a Zarr array while it is written: a shard to which chunks are added, or a single chunk.
///
/// Built beside its name and renamed at the end, so readers see the old file or the new one.
package final class ShardFileWriter: Sendable {
  private struct State {
    var next: Int
    var ranges: [Range<Int>?]
    var checksums: [UInt32]
    /// Chunks still to come.
    var remaining: Int
  }

  package let path: String
  private let temporary: String
  private let file: File
  private let sharding: Sharding?
  private let hasChecksums: Bool
  private let state: Mutex<State>

  /// Dirty pages of this size are handed to the disk while the next ones are filled.
  private static let writebackBytes = 8 << 20

  /// - Parameters:
  ///   - chunks: how many chunks the file has places for.
  ///   - expected: how many will be added, absent ones included.
  ///   - hasChecksums: whether a table of CRC-32C goes before the index.
  package init(
    _ path: String, _ sharding: Sharding?, chunks: Int, expected: Int, hasChecksums: Bool = false
  ) throws {
    self.path = path
    self.sharding = sharding
    self.hasChecksums = hasChecksums
    temporary = Path.join(Path.parent(path), ".\(Path.name(path)).tessera-partial")
    do {
      try Directory.remove(temporary)
      file = try File(temporary, .create)
    } catch let error as TesseraError where error.kind == .notFound {
      try Directory.make(Path.parent(path))
      file = try File(temporary, .create)
    }
    let first = sharding?.indexLocation == .start ? sharding!.indexByteCount(chunks: chunks) : 0
    state = Mutex(
      State(
        next: first, ranges: [Range<Int>?](repeating: nil, count: chunks),
        checksums: hasChecksums ? [UInt32](repeating: 0, count: chunks) : [], remaining: expected))
  }

  /// Takes a place in the file for a chunk of `count` bytes: the next one; or, for a chunk that is written again,
  /// its old one where that is large enough or can grow.
  package func place(_ count: Int, ordinal: Int) -> Range<Int> {
    state.withLock { state in
      var range = state.next..<state.next + count
      if let old = state.ranges[ordinal], old.count >= count || old.upperBound == state.next {
        range = old.lowerBound..<old.lowerBound + count
      }
      state.next = max(state.next, range.upperBound)
      state.ranges[ordinal] = range
      return range
    }
  }

  /// Empties a file of one chunk, for the chunk to be written anew.
  package func restart(_ count: Int) throws {
    state.withLock { state in
      state.next = count
      state.ranges = [0..<count]
    }
    try file.truncate(to: 0)
  }

  /// Writes a chunk at the place it was given.
  ///
  /// - Parameter checksum: of a chunk that is taken over as it is, so that damage to it stays visible.
  package func write(
    _ bytes: UnsafeRawBufferPointer, at range: Range<Int>, ordinal: Int, checksum: UInt32? = nil
  ) throws {
    try file.write(bytes, at: range.lowerBound)
    if hasChecksums {
      let checksum = checksum ?? CRC32C.checksum(bytes)
      state.withLock { $0.checksums[ordinal] = checksum }
    }
    let piece = ShardFileWriter.writebackBytes
    if range.upperBound / piece != range.lowerBound / piece {
      file.startWriteback(max(0, (range.lowerBound / piece - 1) * piece)..<range.upperBound / piece * piece)
    }
  }

  /// The place of a chunk that was written before; nil when it is absent.
  package func range(_ ordinal: Int) -> Range<Int>? { state.withLock { $0.ranges[ordinal] } }

  /// Makes a chunk absent.
  package func clear(_ ordinal: Int) { state.withLock { $0.ranges[ordinal] = nil } }

  /// Reads a chunk that was written before.
  ///
  /// - Throws: `.corrupt` when it was taken over with a checksum that it does not have.
  package func read(_ range: Range<Int>, ordinal: Int, into target: UnsafeMutableRawBufferPointer) throws {
    try file.read(at: range.lowerBound, into: target)
    guard hasChecksums else { return }
    let expected = state.withLock { $0.checksums[ordinal] }
    let computed = CRC32C.checksum(UnsafeRawBufferPointer(target))
    guard computed == expected else {
      throw TesseraError(
        .corrupt, "checksum of a raw chunk (crc32c)", path: path, expected: hex(expected), got: hex(computed))
    }
  }

  /// Counts a chunk as done and says whether it was the last.
  package func finishedChunk() -> Bool {
    state.withLock { state in
      state.remaining -= 1
      return state.remaining == 0
    }
  }

  /// Writes the index and gives the file its name; a file without any chunk is not kept.
  ///
  /// - Parameter syncsFirst: whether readers find the file as soon as it has its name, so that after a power failure
  ///   it must not be there without its content.
  /// - Returns: whether the new file is there and still has to be synced. A file that replaces another
  ///   is synced before.
  package func publish(syncsFirst: Bool = false) throws -> Bool {
    let (ranges, checksums, end) = state.withLock { ($0.ranges, $0.checksums, $0.next) }
    guard ranges.contains(where: { $0 != nil }) else {
      try Directory.remove(temporary)
      try Directory.remove(path)
      return false
    }
    if let sharding { try writeIndex(ranges, checksums, end, sharding) }
    let isSynced = try syncsFirst || Directory.kind(path, followLinks: false) != nil
    if isSynced { try file.sync() }
    try Syscalls.rename(temporary, to: path)
    return !isSynced
  }

  private func writeIndex(_ ranges: [Range<Int>?], _ checksums: [UInt32], _ end: Int, _ sharding: Sharding)
    throws
  {
    var end = end
    if hasChecksums, sharding.indexLocation == .end {
      let table = ChunkChecksums.encode(checksums)
      try file.write(table, at: end)
      end += table.count
    }
    let index = ShardIndex.encode(ranges, sharding)
    try file.write(index, at: sharding.indexLocation == .start ? 0 : end)
  }

  package func discard() { try? Directory.remove(temporary) }
}
