package import TesseraCore

/// What `zarr.json` (v3) or `.zarray` and `.zattrs` (v2) say of an array, in one form for both.
package struct ZarrMetadata: Sendable {
  package var version: Int
  package var shape: Shape
  /// nil for types that are described but not computed on.
  package var dtype: DType?
  package var dtypeName: String
  /// One element, native-endian; empty when there is no dtype.
  package var fill: [UInt8]
  package var fillValue: JSONValue
  /// The shape of what one file holds: a shard, or a chunk.
  package var fileShape: [Int]
  package var keys: ChunkKeys
  package var pipeline: ChunkPipeline
  /// The codecs as metadata names them, joined by `+`.
  package var codec: String
  package var attributes: JSONObject
  /// What the axes are called, as `ArrayDescription` has it.
  package var dimensionNames: [String?]?
  /// The document as it was read, so that rewriting one field leaves the others alone.
  package var document: JSONObject

  /// The shards within shards that can be read chunk by chunk, from the file inwards.
  package var shardings: [Sharding] {
    var levels: [Sharding] = []
    var next = pipeline.sharding
    while let level = next {
      levels.append(level)
      next = level.pipeline.sharding
    }
    return levels
  }

  /// What is decoded on its own may have fewer elements than this; nothing could hold more.
  static let maximumLeafCount = 1 << 40

  /// - Throws: `.unsupported` for chunks no memory can hold.
  func requireHandyChunks() throws {
    let count = leaf.shape.saturatingProduct()
    guard count < ZarrMetadata.maximumLeafCount else {
      throw TesseraError(
        .unsupported, "chunks are too large", expected: "fewer than 2^40 elements",
        got: Shape.describe(leaf.shape))
    }
  }

  /// The shape and pipeline of what is decoded on its own.
  package var leaf: (shape: [Int], pipeline: ChunkPipeline) {
    shardings.last.map { ($0.chunkShape, $0.pipeline) } ?? (fileShape, pipeline)
  }

  package var description: ArrayDescription {
    let leafShape = leaf.shape
    return ArrayDescription(
      path: "", format: version == 3 ? .zarr3 : .zarr2, shape: shape, dtype: dtype, dtypeName: dtypeName,
      chunks: leafShape, shards: shardings.isEmpty ? nil : fileShape, codec: codec,
      fillValue: fillValue, attributes: attributes, dimensionNames: dimensionNames)
  }

  /// The same array with another shape.
  package func reshaped(_ shape: Shape) -> ZarrMetadata {
    var copy = self
    copy.shape = shape
    copy.document["shape"] = JSONValue(shape.dimensions)
    return copy
  }
}
