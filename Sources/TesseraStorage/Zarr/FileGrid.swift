package import TesseraCore

/// Which file of a Zarr array holds which chunk: the grid of its files over the grid of its chunks.
package struct FileGrid: Sendable {
  /// Chunks that are decoded on their own, over the whole array.
  package let chunks: ChunkGrid
  /// Files, over the whole array.
  package let files: ChunkGrid
  /// Chunks of a full file along each axis.
  private let chunksPerFile: [Int]

  package init(_ metadata: ZarrMetadata) throws {
    chunks = try ChunkGrid(shape: metadata.shape, chunkShape: metadata.leaf.shape)
    files = try ChunkGrid(shape: metadata.shape, chunkShape: metadata.fileShape)
    chunksPerFile = zip(files.chunkShape, chunks.chunkShape).map { $0 / $1 }
  }

  /// For how many chunks a file has places.
  package var placesPerFile: Int { chunksPerFile.reduce(1, *) }

  /// Where a chunk is: its file, and its number among the file's chunks in C order, which is its number in the
  /// index of a shard without shards in it.
  package func place(ofChunk index: [Int]) -> (file: [Int], ordinal: Int) {
    var file = index
    var ordinal = 0
    for (axis, length) in chunksPerFile.enumerated() {
      let within: Int
      (file[axis], within) = index[axis].quotientAndRemainder(dividingBy: length)
      ordinal = ordinal * length + within
    }
    return (file, ordinal)
  }

  /// The chunks of the array that lie in a file.
  package func chunks(inFile file: [Int]) -> Region { chunks.chunks(touching: files.region(file)) }
}
