import TesseraCore

/// A zlib stream in a chunk.
///
/// Spec: RFC 1950; numcodecs `zlib` (Zarr v2, and `numcodecs.zlib` in v3).
package struct ZlibCodec: ByteCodec {
  /// 0 (stored) to 9 (smallest), or -1 for zlib's choice.
  package let level: Int

  package init(level: Int = 6) {
    precondition((-1...9).contains(level), "zlib has levels -1 to 9")
    self.level = level
  }

  init(_ configuration: inout CodecConfiguration) throws {
    self.init(level: try configuration.int("level", in: -1...9, default: 1))
  }

  package var v3: CodecDescription {
    CodecDescription(name: "numcodecs.zlib", configuration: ["level": .int(level)])
  }

  package var v2: CodecDescription? { CodecDescription(name: "zlib", configuration: ["level": .int(level)]) }

  package func requireAvailable() throws { try Feature.zlib.require() }

  package func maximumEncodedCount(_ count: Int) -> Int { DeflateFormat.maximumEncodedCount(count) }

  package func encode(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws -> Int {
    let deflater = try scratch.contexts.deflater(.zlib, level: level)
    guard let count = try deflater.deflateWhole(source, into: target) else {
      throw TesseraError(.unsupported, "zlib: no room for the encoded form", got: "\(target.count) bytes")
    }
    return count
  }

  package func decode(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws -> Int {
    let (consumed, produced) = try scratch.contexts.inflater(.zlib).inflateWhole(source, into: target)
    guard consumed == source.count else {
      throw TesseraError(.corrupt, "zlib stream", expected: "\(consumed) bytes", got: "\(source.count)")
    }
    return produced
  }
}
