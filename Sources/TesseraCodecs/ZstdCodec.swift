import TesseraCore

#if Zstd
  import CZstd
#endif

/// Zstandard frames in a chunk: one written, any number read, with or without their content size.
///
/// Spec: RFC 8878; Zarr v3 codec `zstd` (registered, version 1.0); numcodecs `zstd`.
package struct ZstdCodec: ByteCodec {
  /// Up to 22; below 0 is faster and larger; 0 is the library's choice.
  package let level: Int
  /// Whether frames carry a checksum of their content.
  package let hasChecksum: Bool

  /// The library's own limits (ZSTD_minCLevel, ZSTD_maxCLevel).
  private static let levels = -131072...22

  package init(level: Int = 3, hasChecksum: Bool = false) {
    precondition(Self.levels.contains(level), "zstd has levels -131072 to 22")
    self.level = level
    self.hasChecksum = hasChecksum
  }

  init(_ configuration: inout CodecConfiguration) throws {
    level = try configuration.int("level", in: Self.levels, default: 0)
    hasChecksum = try configuration.bool("checksum", default: false)
  }

  package var v3: CodecDescription {
    CodecDescription(
      name: "zstd", configuration: ["level": .int(level), "checksum": .bool(hasChecksum)])
  }

  package var v2: CodecDescription? {
    // numcodecs knows "checksum" only since 0.13, so it is written only when it says something.
    hasChecksum ? v3 : CodecDescription(name: "zstd", configuration: ["level": .int(level)])
  }

  package func requireAvailable() throws { try Feature.zstd.require() }

  /// At least ZSTD_compressBound: above it, the library works straight into the target.
  package func maximumEncodedCount(_ count: Int) -> Int { count + count >> 8 + 128 }

  package func encode(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws -> Int {
    #if Zstd
      let context = try scratch.contexts.zstdCompression()
      ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters)
      ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
      ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, hasChecksum ? 1 : 0)
      let count = ZSTD_compress2(
        context, target.baseAddress, target.count, source.baseAddress, source.count)
      guard ZSTD_isError(count) == 0 else { throw failure(.memory, count) }
      return count
    #else
      throw Feature.zstd.missing
    #endif
  }

  package func decode(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws -> Int {
    #if Zstd
      guard !source.isEmpty else { throw TesseraError(.corrupt, "zstd data", got: "0 bytes") }
      let context = try scratch.contexts.zstdDecompression()
      let count = ZSTD_decompressDCtx(
        context, target.baseAddress, target.count, source.baseAddress, source.count)
      guard ZSTD_isError(count) == 0 else { throw failure(.corrupt, count) }
      return count
    #else
      throw Feature.zstd.missing
    #endif
  }

  #if Zstd
    private func failure(_ kind: TesseraError.Kind, _ code: Int) -> TesseraError {
      TesseraError(kind, "zstd: \(String(cString: ZSTD_getErrorName(code)))")
    }
  #endif
}
