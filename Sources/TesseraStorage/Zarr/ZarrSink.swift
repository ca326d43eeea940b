import TesseraCodecs
package import TesseraCore
package import TesseraIO

/// Writes the files of a Zarr array: of a new one in a folder that nobody reads yet, or those of an existing one
/// from some file on.
package final class ZarrSink: ArraySink {
  package let metadata: ZarrMetadata
  package let requirements: SinkRequirements
  private let root: String
  private let folder: StoreFolder
  private let grid: FileGrid
  private let encoder: ChunkEncoder
  private let sharding: Sharding?
  private let itemSize: Int
  private let hasChecksums: Bool
  /// Where blocks are counted from along the first axis.
  private let firstRow: Int
  private let open = Lock<[[Int]: ShardFileWriter]>([:])
  /// Of how many unfinished files the descriptors are kept: 1,024 is what a process may have by default.
  private static let mostDescriptors = 64
  private let unsynced: UnsyncedFiles

  /// Makes the folder, if need be, and writes the metadata into it.
  package convenience init(_ metadata: ZarrMetadata, root: String) throws {
    try self.init(metadata, existing: root, skippingFiles: 0)
    try Directory.make(root)
    try ZarrStore.write(metadata, to: root)
  }

  /// Writes into an existing store; its metadata is left as it is.
  ///
  /// - Parameters:
  ///   - metadata: of the array as it will be.
  ///   - skippingFiles: how many files along the first axis are not touched: blocks are counted from there.
  package init(_ metadata: ZarrMetadata, existing root: String, skippingFiles: Int) throws {
    firstRow = skippingFiles == 0 ? 0 : skippingFiles * metadata.fileShape[0]
    var part = metadata
    if firstRow > 0 {
      part.shape = try Shape([metadata.shape[0] - firstRow] + metadata.shape.dimensions.dropFirst())
    }
    requirements = try ZarrSink.requirements(part)
    self.metadata = metadata
    let dtype = requirements.dtype
    self.root = root
    folder = try StoreFolder(root)
    itemSize = dtype.itemSize
    sharding = metadata.shardings.first
    grid = try FileGrid(metadata)
    encoder = try ChunkEncoder(metadata, dtype: dtype)
    hasChecksums = metadata.hasChecksums
    unsynced = UnsyncedFiles(root: root)
  }

  /// A chunk's range and checksum while its file is written, its entry in the index, and a copy of each.
  private static let bytesPerPlace = 64
  /// What is kept of an encoded chunk on its way into a file, beside its bytes.
  private static let bytesPerPending = 192
  /// What is kept of an unfinished file, beside the places of its chunks.
  private static let bytesPerFile = 768

  /// What a store with that metadata needs.
  package static func requirements(_ metadata: ZarrMetadata) throws -> SinkRequirements {
    guard let dtype = metadata.dtype else {
      throw TesseraError(.unsupported, "cannot write dtype \(metadata.dtypeName)")
    }
    let encoder = try ChunkEncoder(metadata, dtype: dtype)
    let chunk = metadata.leaf.shape
    // Where each chunk lies, of the file being written and the one being finished.
    let places = zip(metadata.fileShape, chunk).map { $0 / $1 }.saturatingProduct(bytesPerPlace)
    let (shape, file) = (metadata.shape, metadata.fileShape)
    return SinkRequirements(
      shape: shape, dtype: dtype, unit: chunk, fileShape: file, keptBytes: places.saturatingMultiply(2)
    ) { block in
      let chunks = zip(block, chunk).map { ($0 + $1 - 1) / $1 }.saturatingProduct()
      // Files that a block holds all of are written one after another; others stay until their last block.
      let isWhole = block.indices.allSatisfy { block[$0] >= min(file[$0], shape[$0]) }
      let files = isWhole ? 1 : zip(block, file).map { ($0 + $1 - 1) / $1 }.saturatingProduct()
      // The encoded chunks of the block; when compressing, one gathered chunk and the codec's own work.
      return chunks.saturatingMultiply(encoder.maximumEncodedCount + bytesPerPending).saturatingAdd(
        encoder.isRaw ? 0 : encoder.byteCount.saturatingMultiply(2)
      ).saturatingAdd((files - 1).saturatingMultiply(places.saturatingAdd(bytesPerFile)))
    }
  }

  package func isStored(_ block: Region) throws -> Bool {
    var isStored = true
    try grid.files.chunks(touching: block).forEachIndex { file in
      if isStored { isStored = try Directory.kind(path(file)) == .file }
    }
    guard isStored else { return false }
    try grid.files.chunks(touching: block).forEachIndex { file in
      // Whoever wrote it may have been killed before syncing, or when it wrote the file once more beside one that was missing.
      unsynced.add(path(file))
      try File.removeLeftover(ShardFileWriter.temporary(of: path(file)))
    }
    return true
  }

  private func path(_ file: [Int]) -> String { Path.join(root, metadata.keys.path(file)) }

  /// An encoded chunk on its way into a file.
  private struct Pending {
    var file: [Int]
    var ordinal: Int
    var bytes: UnsafeRawBufferPointer?
    var writer: ShardFileWriter?
    var place = 0..<0
  }

  package func store(
    _ block: Region, turn: Int, from source: UnsafeRawBufferPointer, gate: OrderedGate,
    scratch: WriteScratch
  ) throws {
    var block = block
    if firstRow > 0 { block.lower[0] += firstRow }
    var pending = try encode(block, source, scratch)
    guard !holdsWholeFiles(block) else {
      // Nobody else has chunks for them, so that neither places nor descriptors are kept.
      try gate.pass(turn) {}
      return try writeFiles(of: block, pending)
    }
    try gate.pass(turn) {
      for position in pending.indices {
        let writer = try writer(pending[position].file)
        pending[position].writer = writer
        if let bytes = pending[position].bytes {
          pending[position].place = writer.place(bytes.count, ordinal: pending[position].ordinal)
        }
      }
    }
    for chunk in pending {
      guard let writer = chunk.writer else { continue }
      if let bytes = chunk.bytes { try writer.write(bytes, at: chunk.place, ordinal: chunk.ordinal) }
      if writer.finishedChunk() {
        try publish(writer, chunk.file)
      } else if open.withLock({ $0.count }) > ZarrSink.mostDescriptors {
        writer.rest()
      }
    }
  }

  private func holdsWholeFiles(_ block: Region) -> Bool {
    block.lower.indices.allSatisfy { axis in
      let (file, end) = (grid.files.chunkShape[axis], block.lower[axis] + block.lengths[axis])
      return block.lower[axis] % file == 0 && (end % file == 0 || end == grid.files.shape[axis])
    }
  }

  /// Writes files one after another, all of whose chunks are at hand.
  private func writeFiles(of block: Region, _ pending: [Pending]) throws {
    let chunks = grid.chunks.chunks(touching: block)
    try grid.files.chunks(touching: block).forEachIndex { file in
      let writer = try writer(file)
      try grid.chunks(inFile: file).forEachIndex { index in
        let chunk = pending[chunks.ordinal(index)]
        if let bytes = chunk.bytes {
          try writer.write(
            bytes, at: writer.place(bytes.count, ordinal: chunk.ordinal), ordinal: chunk.ordinal)
        }
        if writer.finishedChunk() { try publish(writer, file) }
      }
    }
  }

  private func encode(_ block: Region, _ source: UnsafeRawBufferPointer, _ scratch: WriteScratch) throws
    -> [Pending]
  {
    let itemSize = itemSize
    let strides = Shape.strides(of: block.lengths).map { $0 * itemSize }
    let chunks = grid.chunks.chunks(touching: block)
    let output = scratch.output.reserve(chunks.count * encoder.maximumEncodedCount)
    var used = 0
    var pending: [Pending] = []
    pending.reserveCapacity(chunks.count)
    try chunks.forEachIndex { index in
      let region = grid.chunks.region(index)
      let offset = zip(zip(region.lower, block.lower), strides).reduce(0) { $0 + ($1.0.0 - $1.0.1) * $1.1 }
      let bytes = try encoder.encode(
        source.baseAddress! + offset, strides: strides, lengths: region.lengths,
        output: UnsafeMutableRawBufferPointer(rebasing: output[used...]), scratch: scratch)
      if let bytes, bytes.baseAddress! >= UnsafeRawPointer(output.baseAddress!),
        bytes.baseAddress! < UnsafeRawPointer(output.baseAddress! + output.count)
      {
        used += bytes.count
      }
      let (file, ordinal) = grid.place(ofChunk: index)
      pending.append(Pending(file: file, ordinal: ordinal, bytes: bytes))
    }
    return pending
  }

  private func writer(_ file: [Int]) throws -> ShardFileWriter {
    try open.withLock { open in
      if let writer = open[file] { return writer }
      try folder.requireConfinedParent(of: metadata.keys.path(file))
      let writer = ShardFileWriter(
        path(file), sharding, chunks: grid.placesPerFile, expected: grid.chunks(inFile: file).count,
        hasChecksums: hasChecksums)
      open[file] = writer
      return writer
    }
  }

  private func publish(_ writer: ShardFileWriter, _ file: [Int]) throws {
    if try writer.publish() { unsynced.add(writer.path) }
    open.withLock { _ = $0.removeValue(forKey: file) }
  }

  package func sync() throws { try unsynced.sync() }

  /// Removes what is not complete, and new files that nothing refers to.
  package func discard() {
    open.withLock { open in
      for writer in open.values { writer.discard() }
      open = [:]
    }
    unsynced.remove()
  }
}
