// The file is a valid `.npy` at every moment: NumPy ignores what comes after the elements, and a shard may have
// gaps before its first chunk. Its chunks are whole stretches of the body:
//
//   header | chunk 0 | chunk 1 | … | chunk n-1 | zeros up to a whole chunk | shard index
//
// In C order a chunk is some rows, in Fortran order some positions of the last axis, stored transposed.

import TesseraCore
import TesseraIO

/// Turns a `.npy` file into a Zarr store without copying its elements: the file becomes the shard.
///
/// What is written is the index, 16 bytes a chunk, after the elements; then the file gets a second name
/// inside the store, and loses its first unless that is kept.
public struct Adoption: Sendable {
  private let source: String
  private let destination: String
  private let keepsLink: Bool
  private let overwrite: Bool
  private let chunks: [Int]?
  private let waiting: Waiting?
  private let header: NpyHeader
  private let metadata: ZarrMetadata
  private let chunkBytes: Int
  private let chunkCount: Int

  /// Reads the header and plans; nothing is written.
  ///
  /// - Parameters:
  ///   - source: a `.npy` file on the file system of `destination`, C or Fortran order, either byte order.
  ///   - destination: the store to make: a name ending in `.zarr`, or a name in a Zarr group.
  ///   - keepsLink: whether the `.npy` name stays, as a second name of the same file.
  ///   - chunks: the chunk shape, whole along all axes but the slowest; nil for the default rule.
  ///   - waiting: waits until other writers are done; nil throws `.busy` at once.
  /// - Throws: `TesseraError`: `.usage` for scalars, empty arrays, chunks that are not stretches of the file, files in
  ///   the folder of a Zarr array, destinations around the file, other destinations, and places in an array or in a
  ///   group of format 2; `.exists`; `.notFound` for a file or folder that is missing; `.corrupt` and `.unsupported` as
  ///   `StoredArray.open`.
  public init(
    _ source: String, as destination: String, keepsLink: Bool = false, chunks: [Int]? = nil,
    overwrite: Bool = false, waiting: Waiting? = nil
  ) throws {
    self.source = source
    (self.chunks, self.waiting) = (chunks, waiting)
    self.destination = Path.trimmed(destination)
    self.keepsLink = keepsLink
    self.overwrite = overwrite
    guard try ArrayLocation(existing: source).form == .npy else {
      throw TesseraError(
        .usage, "only a .npy file can be adopted", path: source, expected: "a .npy file (or use convert)")
    }
    try Adoption.requireStore(destination)
    // The store would get a second name of the link, not of the file.
    guard try Directory.kind(source, followLinks: false) == .file else {
      throw TesseraError(
        .usage, "cannot adopt through a symbolic link", path: source, expected: "the file itself")
    }
    // With a second name too: both stores would change it.
    try ZarrPlace.requireOutsideArrays(
      source, instead: "a .npy file outside of it (or use convert, which copies the array)")
    // What is made is a shard, which format 2 does not have.
    _ = try ZarrPlace(self.destination).resolve(ArrayLayout(zarrFormat: 3))
    try Staging.requireFree(self.destination, overwrites: overwrite)
    // No groups are made around it. Before overlaps are looked for, as a place in the source is none at all.
    try Directory.require(Path.parent(self.destination))
    try Overlap.check(self.destination, readFrom: source)
    let file = try File(source)
    let header = try naming(source) { try NpyHeader.read(file) }
    let dtype = try naming(source) { try header.supportedDType() }
    guard header.shape.rank > 0, header.shape.count > 0 else {
      throw TesseraError(
        .usage, "nothing to adopt in an array of shape \(header.shape)", path: source,
        expected: "one or more elements along one or more axes (or use convert)")
    }
    self.header = header
    let axis = header.fortranOrder ? header.shape.rank - 1 : 0
    let chunk = try Adoption.chunk(header, dtype, axis: axis, chunks: chunks)
    chunkBytes = chunk.reduce(dtype.itemSize, *)
    chunkCount = (header.shape[axis] + chunk[axis] - 1) / chunk[axis]
    metadata = try Adoption.metadata(header, dtype, chunk: chunk, axis: axis, chunkCount: chunkCount)
    // Asked again when it runs.
    if overwrite { try Replacement.check(self.destination) }
  }

  /// - Throws: `.usage` for the name of another form, which the folder that is made would not be.
  private static func requireStore(_ destination: String) throws {
    let form = (try? ArrayLocation(destination: destination))?.form
    guard try form == .zarr || form == nil && ZarrStore.isStore(Path.parent(Path.trimmed(destination))) else {
      throw TesseraError(
        .usage, "destination of an adopted file", path: destination,
        expected: "a name ending in .zarr, or one in a Zarr group", got: "'\(Path.name(destination))'")
    }
  }

  private static func chunk(_ header: NpyHeader, _ dtype: DType, axis: Int, chunks: [Int]?) throws -> [Int] {
    var chunk = header.shape.dimensions
    if let chunks {
      guard chunks.count == chunk.count, chunks[axis] > 0,
        chunk.indices.allSatisfy({ $0 == axis || chunks[$0] >= chunk[$0] })
      else {
        var whole = chunk.map(String.init)
        whole[axis] = "N"
        throw TesseraError(
          .usage, "chunk shape of an adopted file", expected: whole.joined(separator: "x"),
          got: Shape.describe(chunks))
      }
      chunk[axis] = min(chunks[axis], chunk[axis])
    } else {
      let slice = chunk.indices.filter { $0 != axis }.reduce(dtype.itemSize) { $0 * chunk[$1] }
      chunk[axis] = max(1, min(chunk[axis], DefaultShapes.chunkBytes / slice))
    }
    return chunk
  }

  private static func metadata(
    _ header: NpyHeader, _ dtype: DType, chunk: [Int], axis: Int, chunkCount: Int
  ) throws -> ZarrMetadata {
    var shard = chunk
    shard[axis] *= chunkCount
    let order = header.order == .little ? "little" : "big"
    var codecs: [JSONValue] = [
      dtype.itemSize == 1
        ? ["name": "bytes"] : ["name": "bytes", "configuration": ["endian": .string(order)]]
    ]
    if axis != 0 {
      let reversed = Array(chunk.indices.reversed())
      codecs.insert(["name": "transpose", "configuration": ["order": JSONValue(reversed)]], at: 0)
    }
    let sharding: JSONValue = [
      "name": "sharding_indexed",
      "configuration": [
        "chunk_shape": JSONValue(chunk), "codecs": .array(codecs),
        "index_codecs": [["name": "bytes", "configuration": ["endian": "little"]], ["name": "crc32c"]],
        "index_location": "end",
      ],
    ]
    return try ZarrMetadata(v3: [
      "zarr_format": 3, "node_type": "array", "shape": JSONValue(header.shape.dimensions),
      "data_type": .string(dtype.name),
      "chunk_grid": ["name": "regular", "configuration": ["chunk_shape": JSONValue(shard)]],
      "chunk_key_encoding": ["name": "default", "configuration": ["separator": "/"]],
      "fill_value": FillValue.json([UInt8](repeating: 0, count: dtype.itemSize), dtype: dtype),
      "codecs": [sharding], "attributes": [:],
    ])
  }

  /// The index for chunks that lie one after another from the header on.
  private var index: [UInt8] {
    let ranges = (0..<chunkCount).map { number -> Range<Int>? in
      let start = header.dataOffset + number * chunkBytes
      return start..<start + chunkBytes
    }
    return ShardIndex.encode(ranges, metadata.shardings[0])
  }

  /// What will be written: the index, and nothing is read.
  public var explanation: Explanation {
    Explanation(passes: [
      .init(
        source: source, shape: header.shape, blockShape: metadata.leaf.shape, blocks: chunkCount, threads: 1,
        sourceReads: 0, bytesRead: 0, bytesWritten: 16 * chunkCount + 4,
        predictedPeakBytes: MemoryModel.base + 48 * chunkCount)
    ])
  }

  /// Does it.
  ///
  /// - Throws: `.usage` when the file has other names that an index would change for; `.busy` when another process
  ///   writes into the file or to the destination, or has changed the file since it was looked at, unless it may wait;
  ///   `.system` when the destination is on another file system or the file cannot be written. The `.npy` then has its
  ///   name and its elements, and may have the index after them.
  /// - Complexity: the index alone, whatever the size of the array.
  @discardableResult
  public func run() throws -> WorkReport {
    let start = ProcessLimits.now
    if overwrite { try Replacement.check(destination) }
    let locks = waiting?.locks()
    let groups = try ZarrGroup.lockParents(of: destination, waiting: locks)
    defer { withExtendedLifetime(groups) {} }
    try ZarrPlace.recheck(destination, ArrayLayout(zarrFormat: 3))
    let staging = try Staging(destination, overwrites: overwrite, waiting: locks)
    let file = try File.locked(source, waiting: locks)
    if try NpyHeader.read(file) == header {
      return try adopt(file, to: staging, since: start)
    }
    guard locks != nil else {
      throw TesseraError(.busy, "the array was changed meanwhile; try again", path: source)
    }
    let again = try Adoption(
      source, as: destination, keepsLink: keepsLink, chunks: chunks, overwrite: overwrite, waiting: waiting)
    return try again.adopt(file, to: staging, since: start)
  }

  private func adopt(_ file: File, to staging: Staging, since start: Double) throws -> WorkReport {
    let oldSize = try file.size()
    try appendIndex(file)
    let key = metadata.keys.path([Int](repeating: 0, count: header.shape.rank))
    let shard = Path.join(staging.payload, key)
    do {
      try Directory.make(Path.parent(shard))
      try Syscalls.link(source, to: shard)
    } catch let error as TesseraError {
      // Nothing refers to the index.
      try? file.truncate(to: oldSize)
      throw TesseraError(
        error.kind, "cannot give the file a name in the store (\(error.what))", path: destination,
        expected: "a destination on the file system of \(source)")
    }
    try ZarrStore.write(metadata, to: staging.payload)
    try staging.publish()
    try ZarrGroup.refreshParents(of: destination)
    if !keepsLink {
      try afterwards(destination, "\(source) keeps its name") {
        try Syscalls.unlink(source)
        try Directory.sync(Path.parent(source))
      }
    }
    let bytes = header.shape.count * (metadata.dtype?.itemSize ?? 1)
    return WorkReport(
      bytesIn: bytes, bytesOut: 16 * chunkCount + 4,
      storedBytes: (try? ZarrDriver(metadata, path: destination).storedBytes()) ?? 0,
      seconds: ProcessLimits.now - start,
      peakResident: ProcessLimits.peakResident)
  }

  private func appendIndex(_ file: File) throws {
    let index = index
    let stamp = try file.stamp()
    let end = header.dataOffset + chunkCount * chunkBytes
    if try hasIndex(index, file, end: end, size: stamp.size) { return }
    // Another store may have this file as its shard, and finds its index at the end.
    guard stamp.links == 1 else {
      throw TesseraError(
        .usage, "the file has \(stamp.links) names (hard links)", path: source,
        expected: "one, as an index is appended to it; adopt a copy instead")
    }
    do {
      try file.write(index, at: max(end, stamp.size))
      try file.sync()
    } catch {
      try? file.truncate(to: stamp.size)
      throw error
    }
  }

  /// Whether an interrupted adoption has appended that very index already.
  private func hasIndex(_ index: [UInt8], _ file: File, end: Int, size: Int) throws -> Bool {
    guard size >= end + index.count else { return false }
    var found = [UInt8](repeating: 0, count: index.count)
    try found.withUnsafeMutableBytes { try file.read(at: size - index.count, into: $0) }
    return found == index
  }
}
