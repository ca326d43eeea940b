import TesseraCore
package import TesseraIO

/// The files of one Zarr array, opened and mapped when needed; the ones used last stay open.
package final class ChunkFiles: Sendable {
  /// One mapped file, or the knowledge that it is missing.
  package final class Entry: Sendable {
    package let mapping: Mapping?
    /// Shards whose index has been checked. An inner shard may begin where the outer one does.
    fileprivate let validated = Lock(Set<Range<Int>>())

    fileprivate init(_ mapping: Mapping?) { self.mapping = mapping }
  }

  private struct State {
    var entries: [[Int]: (entry: Entry, used: Int)] = [:]
    var clock = 0
  }

  package let folder: StoreFolder
  private let keys: ChunkKeys
  private let state = Lock(State())
  /// Descriptors are limited (1,024 by default), and one mapping each.
  private static let capacity = 64

  package init(root: String, keys: ChunkKeys) throws {
    folder = try StoreFolder(root)
    self.keys = keys
  }

  package func path(_ index: [Int]) -> String { Path.join(folder.path, keys.path(index)) }

  /// A handle of its own on the file of the shard or chunk at `index`.
  package func file(_ index: [Int]) throws -> File { try folder.open(keys.path(index)) }

  /// The file of the shard or chunk at `index`.
  package func entry(_ index: [Int]) throws -> Entry {
    let cached = state.withLock { state -> Entry? in
      state.clock += 1
      guard let found = state.entries[index] else { return nil }
      state.entries[index]!.used = state.clock
      return found.entry
    }
    if let cached { return cached }
    let entry = Entry(try open(index))
    state.withLock { state in
      if state.entries.count >= ChunkFiles.capacity,
        let oldest = state.entries.min(by: { $0.value.used < $1.value.used })
      {
        state.entries.removeValue(forKey: oldest.key)
      }
      state.entries[index] = (entry, state.clock)
    }
    return entry
  }

  private func open(_ index: [Int]) throws -> Mapping? {
    do {
      return try Mapping(file(index))
    } catch let error as TesseraError where error.kind == .notFound {
      return nil
    }
  }

  /// Forgets what was opened, after files were replaced.
  package func close() { state.withLock { $0.entries = [:] } }
}

extension ChunkFiles.Entry {
  /// The index of the shard that takes `shard` of the file's bytes, checked once.
  package func index(of shard: Range<Int>, count: Int, _ format: Sharding, path: String) throws -> ShardIndex
  {
    guard let mapping else { throw TesseraError(.notFound, "no such shard", path: path) }
    return try naming(path) {
      let isKnown = validated.withLock { $0.contains(shard) }
      let bytes = UnsafeRawBufferPointer(rebasing: mapping.bytes[shard])
      if isKnown {
        mapping.willTouch(16)
        return ShardIndex(known: bytes, count: count, format)
      }
      let index = try ShardIndex(of: bytes, count: count, format) { mapping.willTouch($0) }
      try index.validate { mapping.willTouch($0) }
      validated.withLock { _ = $0.insert(shard) }
      return index
    }
  }
}
