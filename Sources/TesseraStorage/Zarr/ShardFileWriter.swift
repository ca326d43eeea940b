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
    /// Places of chunks that were replaced, to be used again.
    var free: [Range<Int>] = []
    /// Chunks still to come.
    var remaining: Int

    /// Joins a place that is free again to the free ones beside it, or to the end of the file.
    mutating func release(_ range: Range<Int>) {
      var range = range
      while let number = free.firstIndex(where: {
        $0.upperBound == range.lowerBound || $0.lowerBound == range.upperBound
      }) {
        let other = free.remove(at: number)
        range = min(range.lowerBound, other.lowerBound)..<max(range.upperBound, other.upperBound)
      }
      if range.upperBound == next { next = range.lowerBound } else { free.append(range) }
    }
  }

  package let path: String
  private let temporary: String
  private let handle = Lock(Handle())
  private let sharding: Sharding?
  private let hasChecksums: Bool
  private let state: Lock<State>

  /// The file, while it is open.
  private struct Handle {
    var file: File?
    var isCreated = false
  }

  /// Dirty pages of this size are handed to the disk while the next ones are filled.
  private static let writebackBytes = 8 << 20

  /// Makes no file yet: the first chunk that is written does.
  ///
  /// - Parameters:
  ///   - chunks: how many chunks the file has places for.
  ///   - expected: how many will be added, absent ones included.
  ///   - hasChecksums: whether a table of CRC-32C goes before the index.
  package init(
    _ path: String, _ sharding: Sharding?, chunks: Int, expected: Int, hasChecksums: Bool = false
  ) {
    self.path = path
    self.sharding = sharding
    self.hasChecksums = hasChecksums
    temporary = ShardFileWriter.temporary(of: path)
    let first = sharding?.indexLocation == .start ? sharding!.indexByteCount(chunks: chunks) : 0
    state = Lock(
      State(
        next: first, ranges: [Range<Int>?](repeating: nil, count: chunks),
        checksums: hasChecksums ? [UInt32](repeating: 0, count: chunks) : [], remaining: expected))
  }

  /// Where a file is built.
  static func temporary(of path: String) -> String {
    Path.join(Path.parent(path), ".\(Path.name(path)).tessera-partial")
  }

  /// The file, opened again after a rest.
  private func file() throws -> File {
    try handle.withLock { handle in
      if let file = handle.file { return file }
      let file =
        try handle.isCreated ? File(temporary, .readWrite) : ShardFileWriter.create(temporary)
      handle = Handle(file: file, isCreated: true)
      return file
    }
  }

  /// Gives the descriptor back until the next chunk: descriptors are limited, and files can be many.
  package func rest() { handle.withLock { $0.file = nil } }

  /// An empty file; none is left behind when that fails half way.
  private static func create(_ temporary: String) throws -> File {
    do {
      try Directory.remove(temporary)
      do {
        return try File(temporary, .create)
      } catch let error as TesseraError where error.kind == .notFound {
        try Directory.make(Path.parent(temporary))
        return try File(temporary, .create)
      }
    } catch {
      try? Directory.remove(temporary)
      throw error
    }
  }

  /// Takes the next place in the file for a chunk of `count` bytes.
  package func place(_ count: Int, ordinal: Int) -> Range<Int> {
    state.withLock { state in
      let range = state.next..<state.next + count
      state.next = range.upperBound
      state.ranges[ordinal] = range
      return range
    }
  }

  /// Writes a chunk that was there before, or is new. The place of the one it replaces is used again, so that
  /// writing a chunk in many small parts does not make the file longer; when writing fails, the old one stays.
  package func replace(_ bytes: UnsafeRawBufferPointer, ordinal: Int) throws {
    let range = freePlace(bytes.count)
    do {
      try write(bytes, at: range, ordinal: ordinal)
    } catch {
      state.withLock { $0.release(range) }
      throw error
    }
    clear(ordinal)
    state.withLock { $0.ranges[ordinal] = range }
  }

  private func freePlace(_ count: Int) -> Range<Int> {
    state.withLock { state in
      if let number = state.free.firstIndex(where: { $0.count >= count }) {
        let found = state.free.remove(at: number)
        if found.count > count { state.release(found.lowerBound + count..<found.upperBound) }
        return found.lowerBound..<found.lowerBound + count
      }
      let range = state.next..<state.next + count
      state.next = range.upperBound
      return range
    }
  }

  /// Writes a chunk at the place it was given.
  ///
  /// - Parameter known: its checksum, when it is copied from a shard whose table has one.
  package func write(
    _ bytes: UnsafeRawBufferPointer, at range: Range<Int>, ordinal: Int, checksum known: UInt32? = nil
  ) throws {
    let file = try file()
    try file.write(bytes, at: range.lowerBound)
    if hasChecksums {
      let checksum = known ?? CRC32C.checksum(bytes)
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
  package func clear(_ ordinal: Int) {
    state.withLock { state in
      guard let range = state.ranges[ordinal] else { return }
      state.release(range)
      state.ranges[ordinal] = nil
    }
  }

  /// Reads a chunk that was written before.
  ///
  /// - Throws: `.corrupt` when it is not what its checksum was made of.
  package func read(_ range: Range<Int>, ordinal: Int, into target: UnsafeMutableRawBufferPointer) throws {
    try file().read(at: range.lowerBound, into: target)
    guard hasChecksums else { return }
    let (stored, computed) = (
      state.withLock { $0.checksums[ordinal] }, CRC32C.checksum(UnsafeRawBufferPointer(target))
    )
    guard stored == computed else {
      throw TesseraError(
        .corrupt, "checksum of raw chunk \(ordinal) (crc32c)", path: path, expected: hex(stored),
        got: hex(computed))
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
    let file = try file()
    if let sharding { try writeIndex(ranges, checksums, end, sharding) } else { try moveToStart() }
    let isSynced = try syncsFirst || Directory.kind(path, followLinks: false) != nil
    if isSynced { try file.sync() }
    try Syscalls.rename(temporary, to: path)
    rest()
    return !isSynced
  }

  /// The chunk of a file without an index is the file; one that was replaced lies behind the old one.
  private func moveToStart() throws {
    guard let range = range(0) else { return }
    let file = try file()
    if range.lowerBound > 0 {
      try Buffer.withTemporary(range.count) { bytes in
        try file.read(at: range.lowerBound, into: bytes)
        let end = state.withLock { $0.next }
        // Never over itself: a write that fails leaves it whole.
        if range.lowerBound < range.count {
          try file.write(UnsafeRawBufferPointer(bytes), at: end)
          state.withLock { state in
            state.next = end + range.count
            state.ranges[0] = end..<end + range.count
          }
        }
        try file.write(UnsafeRawBufferPointer(bytes), at: 0)
      }
      state.withLock { state in
        state.ranges[0] = 0..<range.count
        state.next = range.count
        state.free = []
      }
    }
    if try file.size() > range.count { try file.truncate(to: range.count) }
  }

  private func writeIndex(_ ranges: [Range<Int>?], _ checksums: [UInt32], _ end: Int, _ sharding: Sharding)
    throws
  {
    var end = end
    let file = try file()
    if hasChecksums, sharding.indexLocation == .end {
      let table = ChunkChecksums.encode(checksums)
      try file.write(table, at: end)
      end += table.count
    }
    let index = ShardIndex.encode(ranges, sharding)
    if sharding.indexLocation == .start {
      try file.write(index, at: 0)
    } else {
      try file.write(index, at: end)
      end += index.count
    }
    // What was at the end may have found a place further in front.
    if try file.size() > end { try file.truncate(to: end) }
  }

  package func discard() { try? Directory.remove(temporary) }
}
