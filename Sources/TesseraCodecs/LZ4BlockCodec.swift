import CLZ4
import TesseraCore

/// The size of the chunk in 4 little-endian bytes, then one LZ4 block.
///
/// Layout: numcodecs `lz4` (Zarr v2, and `numcodecs.lz4` in v3); LZ4 block format description, 2022.
package struct LZ4BlockCodec: ByteCodec {
  /// Larger is faster and compresses less.
  package let acceleration: Int

  /// LZ4_MAX_INPUT_SIZE
  private static let maximumDecodedCount = 0x7E00_0000
  private static let headerCount = 4

  package init(acceleration: Int = 1) {
    precondition((1...65537).contains(acceleration), "lz4 has accelerations 1 to 65537")
    self.acceleration = acceleration
  }

  init(_ configuration: inout CodecConfiguration) throws {
    // The library treats what is below 1 as 1.
    let acceleration = try configuration.int("acceleration", in: -65537...65537, default: 1)
    self.init(acceleration: max(1, acceleration))
  }

  package var v3: CodecDescription { description("numcodecs.lz4") }
  package var v2: CodecDescription? { description("lz4") }

  private func description(_ name: String) -> CodecDescription {
    CodecDescription(name: name, configuration: ["acceleration": .int(acceleration)])
  }

  package func maximumEncodedCount(_ count: Int) -> Int { count + count / 255 + 16 + Self.headerCount }

  package func encode(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws -> Int {
    guard source.count <= Self.maximumDecodedCount else {
      throw TesseraError(
        .unsupported, "numcodecs.lz4: chunk too large", expected: "at most \(Self.maximumDecodedCount) bytes",
        got: "\(source.count)")
    }
    target.storeLittleEndian(UInt32(source.count), at: 0)
    let body = target.part(from: Self.headerCount)
    let count = BloscCompressor.lz4(source, into: body, acceleration: acceleration, scratch: scratch)
    guard count > 0 else {
      throw TesseraError(.unsupported, "lz4: no room for the encoded form", got: "\(target.count) bytes")
    }
    return count + Self.headerCount
  }

  package func decode(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws -> Int {
    guard let claimed = source.littleEndianUInt32(at: 0).flatMap({ Int32(exactly: $0) }),
      let body = source.part(Self.headerCount, source.count - Self.headerCount),
      let bodyCount = Int32(exactly: body.count)
    else { throw TesseraError(.corrupt, "numcodecs.lz4 chunk", got: "\(source.count) bytes") }
    guard Int(claimed) <= target.count else {
      throw TesseraError(
        .corrupt, "numcodecs.lz4 size", expected: "at most \(target.count)", got: "\(claimed)")
    }
    let count = LZ4_decompress_safe(body.baseAddress, target.baseAddress, bodyCount, claimed)
    guard count == claimed else {
      throw TesseraError(
        .corrupt, "LZ4 block", expected: "\(claimed) bytes", got: count < 0 ? "bad data" : "\(count)")
    }
    return Int(count)
  }
}
