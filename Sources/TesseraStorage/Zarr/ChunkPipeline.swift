package import TesseraCodecs
package import TesseraCore

/// How one chunk becomes bytes: a transposition, then bytes or a shard, then bytes-to-bytes codecs.
///
/// Zarr v3 core, "Codecs": https://zarr-specs.readthedocs.io/en/latest/v3/core/index.html#codecs
package struct ChunkPipeline: Sendable {
  package indirect enum Body: Sendable {
    /// The elements in C order, in that byte order.
    case bytes(ByteOrder)
    case sharding(Sharding)
  }

  /// Axis `i` of what is stored is axis `transpose[i]` of the chunk; nil for the identity.
  package var transpose: [Int]?
  package var body: Body
  package var chain: CodecChain

  package init(transpose: [Int]? = nil, body: Body = .bytes(.little), chain: CodecChain = CodecChain([])) {
    self.transpose = transpose
    self.body = body
    self.chain = chain
  }

  /// The shape in which a chunk of that shape is stored.
  package func storedShape(_ shape: [Int]) -> [Int] {
    transpose.map { order in order.map { shape[$0] } } ?? shape
  }

  /// The strides, in elements of the stored form, along the axes of a chunk of that shape.
  package func strides(_ shape: [Int]) -> [Int] {
    let stored = Shape.strides(of: storedShape(shape))
    guard let transpose else { return stored }
    var strides = stored
    for (position, axis) in transpose.enumerated() { strides[axis] = stored[position] }
    return strides
  }

  package var isSharded: Bool {
    if case .sharding = body { true } else { false }
  }

  /// The shard that this pipeline is and nothing else, so that its chunks can be read one by one.
  package var sharding: Sharding? {
    guard transpose == nil, chain.isIdentity, case .sharding(let sharding) = body else { return nil }
    return sharding
  }
}

/// The sharding codec: many chunks and an index in one file.
///
/// https://zarr-specs.readthedocs.io/en/latest/v3/codecs/sharding-indexed/index.html
package struct Sharding: Sendable {
  package enum IndexLocation: String, Sendable { case start, end }

  package var chunkShape: [Int]
  package var pipeline: ChunkPipeline
  package var indexOrder: ByteOrder = .little
  package var hasIndexChecksum = true
  package var indexLocation: IndexLocation = .end

  /// Chunks along each axis of a shard of that shape.
  package func counts(_ shardShape: [Int]) -> [Int] { zip(shardShape, chunkShape).map { $0 / $1 } }

  package func indexByteCount(chunks: Int) -> Int { 16 * chunks + (hasIndexChecksum ? 4 : 0) }
}
