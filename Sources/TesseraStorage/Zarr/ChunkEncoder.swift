package import TesseraCodecs
package import TesseraCore
import TesseraKernels

/// The memory one thread lends to writes, reused from write to write.
package final class WriteScratch: Sendable {
  package let codec = CodecScratch()
  /// One chunk in its stored order, before compression.
  package let chunk = Buffer()
  /// Encoded chunks that wait for their place in a file.
  package let output = Buffer()
  /// The elements of one chunk, while part of it is changed.
  package let elements = Buffer()
  package let read: ReadScratch

  package init(read: ReadScratch = ReadScratch()) { self.read = read }
}

/// Turns elements into the bytes of one chunk.
package struct ChunkEncoder: Sendable {
  private let chain: CodecChain
  private let shape: [Int]
  private let itemSize: Int
  private let swapUnit: Int
  private let strides: [Int]
  private let fill: [UInt8]
  package let byteCount: Int

  /// - Throws: `.unsupported` for chunks that are shards compressed or transposed as a whole.
  package init(_ metadata: ZarrMetadata, dtype: DType) throws {
    let leaf = metadata.leaf
    guard case .bytes(let order) = leaf.pipeline.body, metadata.shardings.count <= 1 else {
      throw TesseraError(.unsupported, "cannot write into nested shards; convert to a new store instead")
    }
    chain = leaf.pipeline.chain
    shape = leaf.shape
    let itemSize = dtype.itemSize
    self.itemSize = itemSize
    swapUnit = order == .native ? 1 : dtype.swapUnit
    strides = leaf.pipeline.strides(shape).map { $0 * itemSize }
    fill = metadata.fill
    byteCount = shape.reduce(itemSize, *)
  }

  /// Whether the stored bytes are the elements themselves.
  package var isRaw: Bool { chain.isIdentity }

  /// What `encode` may need in `output`.
  package var maximumEncodedCount: Int { isRaw ? byteCount : chain.maximumEncodedCount(byteCount) }

  /// Encodes the chunk whose first `lengths` elements along each axis lie at `source`; the rest of the
  /// chunk, beyond the array, becomes the fill value.
  ///
  /// - Returns: the encoded bytes, in `output` or where they lay already; nil when every element is the
  ///   fill value, bit for bit.
  package func encode(
    _ source: UnsafeRawPointer, strides sourceStrides: [Int], lengths: [Int],
    output: UnsafeMutableRawBufferPointer, scratch: WriteScratch
  ) throws -> UnsafeRawBufferPointer? {
    // A raw chunk is gathered right where it waits; others wait compressed.
    let elements = gather(source, sourceStrides, lengths, isRaw ? output : scratch.chunk.reserve(byteCount))
    let isFill = storedFill.withUnsafeBytes {
      Fill.isFilled(elements.baseAddress!, count: byteCount / itemSize, pattern: $0)
    }
    if isFill { return nil }
    if isRaw { return elements }
    let count = try chain.encode(elements, into: output, scratch: scratch.codec)
    return UnsafeRawBufferPointer(rebasing: output[..<count])
  }

  /// The chunk's elements in stored order: where they are, or copied together.
  private func gather(
    _ source: UnsafeRawPointer, _ sourceStrides: [Int], _ lengths: [Int],
    _ target: UnsafeMutableRawBufferPointer
  ) -> UnsafeRawBufferPointer {
    let isWhole = lengths == shape
    let isInPlace = zip(shape.indices, sourceStrides).allSatisfy { shape[$0] == 1 || $1 == strides[$0] }
    if isWhole, isInPlace, swapUnit == 1 { return UnsafeRawBufferPointer(start: source, count: byteCount) }
    if !isWhole {
      storedFill.withUnsafeBytes {
        Fill.fill(target.baseAddress!, count: byteCount / itemSize, pattern: $0)
      }
    }
    StridedCopy.copy(
      shape: lengths, itemSize: itemSize, swapUnit: swapUnit, from: source, sourceStrides: sourceStrides,
      to: target.baseAddress!, targetStrides: strides)
    return UnsafeRawBufferPointer(rebasing: target[..<byteCount])
  }

  private var storedFill: [UInt8] {
    guard swapUnit > 1 else { return fill }
    return stride(from: 0, to: itemSize, by: swapUnit).flatMap { fill[$0..<$0 + swapUnit].reversed() }
  }
}
