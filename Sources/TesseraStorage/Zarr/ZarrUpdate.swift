package import TesseraCore
import TesseraIO
import TesseraKernels

/// Writes regions of a Zarr array, in any order and from several threads.
///
/// A file that changes is built anew beside its name, from its old chunks and the new ones, and renamed when
/// it is published; so readers see each file as it was or as it will be.
package final class ZarrUpdate: Sendable {
  /// One file that is being changed.
  private final class OpenFile: Sendable {
    let writer: ShardFileWriter
    /// Held while a chunk is changed; true once the file was published and a new one must be opened.
    let isClosed = Lock(false)

    init(_ writer: ShardFileWriter) { self.writer = writer }
  }

  private struct State {
    var files: [[Int]: (file: OpenFile, used: Int)] = [:]
    var clock = 0
  }

  private let root: String
  private let folder: StoreFolder
  private let metadata: ZarrMetadata
  private let itemSize: Int
  private let grid: FileGrid
  private let encoder: ChunkEncoder
  private let decoder: ChunkDecoder
  private let sharding: Sharding?
  private let unsynced: UnsyncedFiles
  private let isVisible: Bool
  private let state = Lock(State())
  private static let maximumOpenFiles = 64
  /// A chunk's range and checksum while its file is written, and its entry in the index.
  private static let bytesPerPlace = 64

  /// - Parameter isVisible: whether `root` has its name already, so that readers see files as they are published.
  package init(_ metadata: ZarrMetadata, root: String, isVisible: Bool = true) throws {
    self.isVisible = isVisible
    let dtype = try metadata.description.supportedDType()
    self.metadata = metadata
    self.root = root
    folder = try StoreFolder(root)
    itemSize = dtype.itemSize
    let leaf = metadata.leaf
    grid = try FileGrid(metadata)
    encoder = try ChunkEncoder(metadata, dtype: dtype)
    decoder = ChunkDecoder(leaf.pipeline, shape: leaf.shape, dtype: dtype, fill: metadata.fill)
    sharding = metadata.shardings.first
    try MemoryModel.requireAvailable(encoder.byteCount, for: "a chunk of \(Shape.describe(leaf.shape))")
    let places = grid.placesPerFile
    try MemoryModel.requireAvailable(
      places.saturatingMultiply(ZarrUpdate.bytesPerPlace), for: "the index of a shard of \(places) chunks")
    unsynced = UnsyncedFiles(root: root)
  }

  /// Writes a region given with byte strides along its axes, native-endian.
  package func write(
    _ region: Region, from source: UnsafeRawPointer, strides: [Int], scratch: WriteScratch
  ) throws {
    if region.isEmpty { return }
    try grid.chunks.chunks(touching: region).forEachIndex { index in
      let chunk = grid.chunks.region(index)
      let part = chunk.intersection(region)
      let offset = zip(zip(part.lower, region.lower), strides).reduce(0) { $0 + ($1.0.0 - $1.0.1) * $1.1 }
      if part == chunk {
        let bytes = try encoder.encode(
          source + offset, strides: strides, lengths: chunk.lengths,
          output: scratch.output.reserve(encoder.maximumEncodedCount), scratch: scratch)
        try changeFile(of: index) { writer, ordinal in try put(bytes, writer, ordinal) }
      } else {
        try changeFile(of: index) { writer, ordinal in
          try patch(part, of: chunk, from: source + offset, strides, writer, ordinal, scratch)
        }
      }
    }
  }

  /// Cuts off what the files hold beyond `shape`, so that growing again, up to `largest`, shows the fill value there.
  ///
  /// Files may hold more than the array did: an append that was interrupted leaves its rows behind.
  package func trim(to shape: Shape, largest: Shape, scratch: WriteScratch) throws {
    // What was not published yet would not be found.
    try flush()
    let bounds = Region(shape)
    let files = try ChunkGrid(shape: largest, chunkShape: grid.files.chunkShape)
    var straddling: [[Int]] = []
    var outside: [[Int]] = []
    try ZarrFiles.forEach(in: folder.confined, keys: metadata.keys, grid: files) { file, _ in
      let region = grid.files.fullRegion(file)
      if bounds.intersection(region).isEmpty {
        outside.append(file)
      } else if !bounds.contains(region) {
        straddling.append(file)
      }
    }
    for file in outside { try Directory.remove(path(file)) }
    for file in straddling {
      try grid.chunks.chunks(touching: grid.files.fullRegion(file)).forEachIndex { index in
        let chunk = grid.chunks.fullRegion(index)
        let kept = bounds.intersection(chunk)
        if bounds.contains(chunk) { return }
        try changeFile(of: index) { writer, ordinal in
          if kept.isEmpty { return writer.clear(ordinal) }
          guard writer.range(ordinal) != nil else { return }
          let elements = try load(kept.lengths, writer, ordinal, scratch)
          try encodeAndPut(elements, kept.lengths, writer, ordinal, scratch)
        }
      }
    }
  }

  private func path(_ file: [Int]) -> String { Path.join(root, metadata.keys.path(file)) }

  // MARK: Chunks

  private func put(_ bytes: UnsafeRawBufferPointer?, _ writer: ShardFileWriter, _ ordinal: Int) throws {
    guard let bytes else { return writer.clear(ordinal) }
    try writer.replace(bytes, ordinal: ordinal)
  }

  private func patch(
    _ part: Region, of chunk: Region, from source: UnsafeRawPointer, _ strides: [Int],
    _ writer: ShardFileWriter,
    _ ordinal: Int, _ scratch: WriteScratch
  ) throws {
    let elements = try load(chunk.lengths, writer, ordinal, scratch)
    let chunkStrides = Shape.strides(of: chunk.lengths).map { $0 * itemSize }
    let offset = zip(zip(part.lower, chunk.lower), chunkStrides).reduce(0) { $0 + ($1.0.0 - $1.0.1) * $1.1 }
    StridedCopy.copy(
      shape: part.lengths, itemSize: itemSize, swapUnit: 1, from: source, sourceStrides: strides,
      to: elements.baseAddress! + offset, targetStrides: chunkStrides)
    try encodeAndPut(elements, chunk.lengths, writer, ordinal, scratch)
  }

  private func encodeAndPut(
    _ elements: UnsafeMutableRawBufferPointer, _ lengths: [Int], _ writer: ShardFileWriter, _ ordinal: Int,
    _ scratch: WriteScratch
  ) throws {
    let strides = Shape.strides(of: lengths).map { $0 * itemSize }
    let bytes = try encoder.encode(
      UnsafeRawPointer(elements.baseAddress!), strides: strides, lengths: lengths,
      output: scratch.output.reserve(encoder.maximumEncodedCount), scratch: scratch)
    try put(bytes, writer, ordinal)
  }

  /// The first `lengths` elements of a chunk as they are now, C-contiguous.
  private func load(
    _ lengths: [Int], _ writer: ShardFileWriter, _ ordinal: Int, _ scratch: WriteScratch
  ) throws -> UnsafeMutableRawBufferPointer {
    let target = scratch.elements.reserve(lengths.reduce(itemSize, *))
    let strides = Shape.strides(of: lengths).map { $0 * itemSize }
    if let range = writer.range(ordinal) {
      try decoder.check(encodedCount: range.count)
      let encoded = scratch.read.encoded.reserve(range.count)
      try writer.read(range, ordinal: ordinal, into: encoded)
      let view = try decoder.decode(UnsafeRawBufferPointer(encoded), scratch: scratch.read)
      StridedCopy.copy(
        shape: lengths, itemSize: itemSize, swapUnit: view.swapUnit, from: view.base,
        sourceStrides: view.strides,
        to: target.baseAddress!, targetStrides: strides)
    } else {
      metadata.fill.withUnsafeBytes {
        Fill.fill(target.baseAddress!, count: target.count / itemSize, pattern: $0)
      }
    }
    return target
  }

  // MARK: Files

  /// Calls `body` with the file that holds a chunk, and the chunk's number in it; exclusive per file.
  private func changeFile(of index: [Int], _ body: (ShardFileWriter, Int) throws -> Void) throws {
    let (file, ordinal) = grid.place(ofChunk: index)
    while true {
      let open = try openFile(file)
      let isDone = try open.isClosed.withLock { isClosed -> Bool in
        if isClosed { return false }
        try body(open.writer, ordinal)
        return true
      }
      if isDone { return }
    }
  }

  private func openFile(_ file: [Int]) throws -> OpenFile {
    try state.withLock { state in
      state.clock += 1
      if let known = state.files[file] {
        state.files[file]!.used = state.clock
        return known.file
      }
      if state.files.count >= ZarrUpdate.maximumOpenFiles,
        let oldest = state.files.min(by: { $0.value.used < $1.value.used })
      {
        // Published before anybody can open it again.
        try publish(oldest.value.file)
        state.files.removeValue(forKey: oldest.key)
      }
      let opened = OpenFile(try writer(file))
      state.files[file] = (opened, state.clock)
      return opened
    }
  }

  /// A writer that holds the chunks the file has now.
  private func writer(_ file: [Int]) throws -> ShardFileWriter {
    let key = metadata.keys.path(file)
    try folder.requireConfinedParent(of: key)
    let chunks = grid.placesPerFile
    let writer = ShardFileWriter(
      path(file), sharding, chunks: chunks, expected: chunks,
      hasChecksums: metadata.hasChecksums)
    do {
      guard try folder.kind(key) == .file else { return writer }
      let mapping = try Mapping(folder.open(key))
      defer { withExtendedLifetime(mapping) {} }
      try naming(path(file)) { try mapping.whole { try copyChunks(of: mapping, to: writer, chunks) } }
      return writer
    } catch {
      writer.discard()
      throw error
    }
  }

  private func copyChunks(of mapping: Mapping, to writer: ShardFileWriter, _ chunks: Int) throws {
    guard let sharding else {
      return try writer.write(mapping.bytes, at: writer.place(mapping.count, ordinal: 0), ordinal: 0)
    }
    let index = try ShardIndex(of: mapping.bytes, count: chunks, sharding) { mapping.willTouch($0) }
    try index.validate { mapping.willTouch($0) }
    // Copied, not made anew: they would fit whatever the chunks have become.
    let checksums =
      try metadata.hasChecksums ? ChunkChecksums.decode(mapping.bytes, count: chunks, sharding) : nil
    for ordinal in 0..<chunks {
      guard let range = try index.range(ordinal) else { continue }
      mapping.willTouch(range.count)
      try writer.write(
        UnsafeRawBufferPointer(rebasing: mapping.bytes[range]),
        at: writer.place(range.count, ordinal: ordinal), ordinal: ordinal, checksum: checksums?[ordinal])
    }
  }

  private func publish(_ file: OpenFile) throws {
    try file.isClosed.withLock { isClosed in
      if isClosed { return }
      let path = file.writer.path
      if try file.writer.publish(syncsFirst: isVisible) { unsynced.add(path) } else { unsynced.forget(path) }
      isClosed = true
    }
  }

  /// Gives all changed files their names; returns when they are on the disk.
  package func flush() throws {
    try state.withLock { state in
      for (key, value) in state.files {
        try publish(value.file)
        state.files.removeValue(forKey: key)
      }
    }
    try unsynced.sync()
    try Directory.syncTree(root)
  }

  /// Forgets changes that were not published.
  package func discard() {
    state.withLock { state in
      for value in state.files.values { value.file.writer.discard() }
      state.files = [:]
    }
  }
}
