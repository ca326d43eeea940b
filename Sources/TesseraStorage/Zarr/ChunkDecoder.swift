import TesseraCodecs
package import TesseraCore
import TesseraKernels

/// Where a decoded chunk's elements lie in memory.
package struct ChunkView {
  package var base: UnsafeRawPointer
  /// Bytes between neighbours along the chunk's axes.
  package var strides: [Int]
  /// Bytes to reverse per scalar; 1 when they are native already.
  package var swapUnit: Int
}

/// Turns the bytes of one chunk into elements.
package struct ChunkDecoder: Sendable {
  package let pipeline: ChunkPipeline
  package let shape: [Int]
  package let itemSize: Int
  private let scalarSize: Int
  private let fill: [UInt8]
  private let strides: [Int]
  package let byteCount: Int

  package init(_ pipeline: ChunkPipeline, shape: [Int], dtype: DType, fill: [UInt8]) {
    self.init(pipeline, shape: shape, itemSize: dtype.itemSize, scalarSize: dtype.swapUnit, fill: fill)
  }

  private init(_ pipeline: ChunkPipeline, shape: [Int], itemSize: Int, scalarSize: Int, fill: [UInt8]) {
    self.pipeline = pipeline
    self.shape = shape
    self.itemSize = itemSize
    self.scalarSize = scalarSize
    self.fill = fill
    strides = pipeline.strides(shape).map { $0 * itemSize }
    byteCount = shape.reduce(itemSize, *)
  }

  private func swapUnit(_ order: ByteOrder) -> Int { order == .native ? 1 : scalarSize }

  /// Whether a chunk's bytes are its elements, so that they can be used where they lie.
  package var isRaw: Bool {
    guard case .bytes = pipeline.body else { return false }
    return pipeline.chain.isIdentity
  }

  /// Decodes a chunk, or only checks its size when it is raw; the view is valid until `scratch` is used again.
  ///
  /// - Throws: `.corrupt` when the bytes do not decode to exactly one chunk.
  package func decode(_ bytes: UnsafeRawBufferPointer, scratch: ReadScratch) throws -> ChunkView {
    switch pipeline.body {
    case .bytes(let order):
      if pipeline.chain.isIdentity { return try checkedRaw(bytes) }
      try checkClaim(of: bytes.count)
      try requireMemory()
      let target = scratch.chunk.reserve(byteCount)
      try pipeline.chain.decode(bytes, into: target, scratch: scratch.codec)
      return ChunkView(
        base: UnsafeRawPointer(target.baseAddress!), strides: strides, swapUnit: swapUnit(order))
    case .sharding(let sharding):
      try checkClaim(of: bytes.count)
      try requireMemory()
      let target = scratch.chunk.reserve(byteCount)
      try decodeShard(bytes, sharding, into: target, scratch: scratch)
      return ChunkView(base: UnsafeRawPointer(target.baseAddress!), strides: strides, swapUnit: 1)
    }
  }

  /// The elements of a raw chunk, of which only the size is looked at.
  package func checkedRaw(_ bytes: UnsafeRawBufferPointer) throws -> ChunkView {
    guard let base = bytes.baseAddress, bytes.count == byteCount else { throw wrongSize(bytes.count) }
    return view(base: base)
  }

  /// Whether a part is a whole chunk, wanted as it is stored.
  package func isWhole(_ part: StridedRegion, strides targetStrides: [Int]) -> Bool {
    guard case .bytes(let order) = pipeline.body, swapUnit(order) == 1 else { return false }
    return shape.indices.allSatisfy { axis in
      let taken = part.axes[axis]
      return taken.count == shape[axis] && (taken.step == 1 || taken.count == 1)
        && (targetStrides[axis] == strides[axis] || taken.count == 1)
    }
  }

  /// Decodes a whole chunk to where its elements are wanted as they are stored.
  package func decode(
    _ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableRawPointer, scratch: ReadScratch
  ) throws {
    try checkClaim(of: bytes.count)
    try pipeline.chain.decode(
      bytes, into: UnsafeMutableRawBufferPointer(start: target, count: byteCount), scratch: scratch.codec)
  }

  /// What a byte of a compressed chunk may stand for. zstd spends 4 bytes on 128 KiB of one value; no other codec
  /// comes near.
  private static let mostPerByte = 1 << 16

  /// Refuses a chunk whose few bytes cannot be as large as its metadata says, before memory is asked for.
  private func checkClaim(of encodedCount: Int) throws {
    // A shard may be all fill value.
    let hasIndex = if case .sharding = pipeline.body { true } else { false }
    let perByte = pipeline.chain.codecs.reduce(hasIndex ? ChunkDecoder.mostPerByte : 1) { product, _ in
      product.saturatingMultiply(ChunkDecoder.mostPerByte)
    }
    let most = encodedCount.saturatingMultiply(perByte).saturatingAdd(ChunkDecoder.mostPerByte)
    guard byteCount <= most else {
      throw TesseraError(
        .corrupt, "a chunk of \(encodedCount) bytes", expected: "one that can decode to \(byteCount) bytes",
        got: "at most \(most)")
    }
  }

  /// Refuses more bytes than anybody makes of a chunk, before memory is asked for: a file may be as large as it likes.
  ///
  /// - Throws: `.corrupt`, for shards `.unsupported`; `.memory` when the chunk itself can never be in memory.
  package func check(encodedCount: Int) throws {
    try checkClaim(of: encodedCount)
    try requireMemory()
    let body =
      switch pipeline.body {
      case .bytes: byteCount
      case .sharding(let sharding): mostShardCount(sharding)
      }
    let most = pipeline.chain.mostEncodedCount(body)
    guard encodedCount <= most else {
      // A shard may have gaps, so that one of any size may be whole: it must not be taken for damage.
      throw TesseraError(
        pipeline.isSharded ? .unsupported : .corrupt, "size of an encoded chunk",
        expected: "at most \(most) bytes", got: "\(encodedCount)")
    }
  }

  /// A shard may have gaps, but one of more than twice its elements, beside its indices, is not worth trusting.
  private func mostShardCount(_ sharding: Sharding) -> Int {
    let indices = ChunkDecoder.indexByteCount(sharding, shape: pipeline.storedShape(shape))
    // Beyond any memory the exact number does not matter, and codecs may still add to it.
    return min(byteCount.saturatingMultiply(2).saturatingAdd(indices).saturatingAdd(65536), 1 << 56)
  }

  /// Of a shard, and of those within it.
  private static func indexByteCount(_ sharding: Sharding, shape: [Int]) -> Int {
    let chunks = sharding.counts(shape).saturatingProduct()
    var each = 0
    if case .sharding(let inner) = sharding.pipeline.body {
      each = indexByteCount(inner, shape: sharding.chunkShape)
    }
    // What an encoder adds to each chunk, however small, may be more than the chunk.
    let overhead = 2 * sharding.pipeline.chain.maximumEncodedCount(0)
    return chunks.saturatingMultiply(each.saturatingAdd(16 + overhead)).saturatingAdd(4)
  }

  private func requireMemory() throws {
    try MemoryModel.requireAvailable(byteCount, for: "a chunk of \(Shape.describe(shape))")
  }

  /// Decodes only bytes `range` of the stored form into `target`.
  ///
  /// - Returns: false when the codecs cannot decode in part.
  package func decode(
    range: Range<Int>, from bytes: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer,
    scratch: ReadScratch
  ) throws -> Bool {
    guard case .bytes = pipeline.body else { return false }
    // A frame's blocks are as large as it says, up to all of the chunk.
    try checkClaim(of: bytes.count)
    return try pipeline.chain.decode(
      range: range, ofDecodedCount: byteCount, from: bytes, into: target, scratch: scratch.codec)
  }

  /// About how many bytes are decoded to get at one of them.
  package var partialDecodeCount: Int { min(byteCount, blockCount ?? byteCount) }

  /// Whether a part of a chunk may take less than all of it.
  package var decodesInPart: Bool { blockCount != nil }

  /// How many bytes of an encoded chunk are decoded to get at a stretch; all of them where the codecs cannot decode in part.
  package func decodedCount(for range: Range<Int>, in bytes: UnsafeRawBufferPointer) throws -> Int {
    try pipeline.chain.decodedCount(for: range, in: bytes) ?? byteCount
  }

  /// Of what is decoded on its own; nil where only the whole is.
  private var blockCount: Int? {
    guard case .bytes = pipeline.body, pipeline.chain.codecs.count == 1 else { return nil }
    return pipeline.chain.codecs[0].partialDecodeCount
  }

  /// The view of a chunk of which only a part, beginning at `base`, was decoded.
  package func view(base: UnsafeRawPointer) -> ChunkView {
    guard case .bytes(let order) = pipeline.body else {
      return ChunkView(base: base, strides: strides, swapUnit: 1)
    }
    return ChunkView(base: base, strides: strides, swapUnit: swapUnit(order))
  }

  private func wrongSize(_ got: Int) -> TesseraError {
    TesseraError(.corrupt, "size of a raw chunk", expected: "\(byteCount) bytes", got: "\(got)")
  }

  /// A shard that is transposed or compressed as a whole, decoded at one go. Its own memory, as this is rare
  /// and recursive.
  private func decodeShard(
    _ encoded: UnsafeRawBufferPointer, _ sharding: Sharding, into target: UnsafeMutableRawBufferPointer,
    scratch: ReadScratch
  ) throws {
    guard !pipeline.chain.isIdentity else { return try decodeShard(plain: encoded, sharding, into: target) }
    let most = mostShardCount(sharding)
    try MemoryModel.requireAvailable(most, for: "a shard of \(Shape.describe(shape))")
    try Buffer.withTemporary(most) { shard in
      let count = try pipeline.chain.decode(encoded, upTo: shard, scratch: scratch.codec)
      try decodeShard(plain: UnsafeRawBufferPointer(rebasing: shard[..<count]), sharding, into: target)
    }
  }

  private func decodeShard(
    plain shard: UnsafeRawBufferPointer, _ sharding: Sharding, into target: UnsafeMutableRawBufferPointer
  ) throws {
    let stored = pipeline.storedShape(shape)
    let grid = try ChunkGrid(shape: Shape(stored: stored), chunkShape: sharding.chunkShape)
    let index = try ShardIndex(of: shard, count: grid.count, sharding)
    try index.validate()
    let inner = ChunkDecoder(
      sharding.pipeline, shape: sharding.chunkShape, itemSize: itemSize, scalarSize: scalarSize, fill: fill)
    let innerScratch = ReadScratch()
    // The views it decodes to are used until the end.
    defer { withExtendedLifetime(innerScratch) {} }
    let targetStrides = Shape.strides(of: stored).map { $0 * itemSize }
    for ordinal in 0..<grid.count {
      let lower = grid.fullRegion(grid.index(ordinal: ordinal)).lower
      let place = target.baseAddress! + zip(lower, targetStrides).reduce(0) { $0 + $1.0 * $1.1 }
      if let range = try index.range(ordinal) {
        let view = try inner.decode(UnsafeRawBufferPointer(rebasing: shard[range]), scratch: innerScratch)
        StridedCopy.copy(
          shape: sharding.chunkShape, itemSize: itemSize, swapUnit: view.swapUnit, from: view.base,
          sourceStrides: view.strides, to: place, targetStrides: targetStrides)
      } else {
        fill.withUnsafeBytes {
          StridedCopy.copy(
            shape: sharding.chunkShape, itemSize: itemSize, swapUnit: 1, from: $0.baseAddress!,
            sourceStrides: [Int](repeating: 0, count: stored.count), to: place, targetStrides: targetStrides)
        }
      }
    }
  }
}
