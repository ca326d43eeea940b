import CLZ4
import TesseraCore

#if Zlib
  import CZlib
#endif
#if Zstd
  import CZstd
#endif

/// The compressors that Blosc frames are written with, by Blosc's names.
package enum BloscCompressor: String, Sendable, CaseIterable {
  case lz4, lz4hc, zlib, zstd

  var format: BloscFormat {
    switch self {
    case .lz4, .lz4hc: .lz4
    case .zlib: .zlib
    case .zstd: .zstd
    }
  }

  func requireAvailable() throws {
    switch self {
    case .lz4, .lz4hc: break
    case .zlib: try Feature.zlib.require()
    case .zstd: try Feature.zstd.require()
    }
  }

  /// Compresses `source` into `target`; returns 0 when the result does not fit.
  ///
  /// Levels 1 to 9 mean what they mean to c-blosc.
  func compress(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, level: Int,
    scratch: CodecScratch
  ) throws -> Int {
    switch self {
    case .lz4:
      return Self.lz4(source, into: target, acceleration: max(1, 10 - level), scratch: scratch)
    case .lz4hc:
      return Int(
        LZ4_compress_HC_extStateHC(
          scratch.contexts.lz4hc, source.baseAddress, target.baseAddress, Int32(source.count),
          Int32(target.count), Int32(level)))
    case .zlib:
      return try scratch.contexts.deflater(.zlib, level: level).deflateWhole(source, into: target) ?? 0
    case .zstd:
      #if Zstd
        let count = ZSTD_compressCCtx(
          try scratch.contexts.zstdCompression(), target.baseAddress, target.count, source.baseAddress,
          source.count, level < 9 ? Int32(2 * level - 1) : ZSTD_maxCLevel())
        return ZSTD_isError(count) == 0 ? count : 0
      #else
        throw Feature.zstd.missing
      #endif
    }
  }

  /// One LZ4 block by the fast search; 0 when it does not fit.
  static func lz4(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, acceleration: Int,
    scratch: CodecScratch
  ) -> Int {
    Int(
      LZ4_compress_fast_extState(
        scratch.contexts.lz4, source.baseAddress, target.baseAddress, Int32(source.count),
        Int32(clamping: target.count), Int32(acceleration)))
  }
}

extension BloscFormat {
  /// Decompresses `source`, which would fill `target` exactly, to `count` bytes at least; what LZ4 has behind them is
  /// neither decoded nor checked.
  func decompress(
    _ source: UnsafeRawBufferPointer, upTo count: Int, into target: UnsafeMutableRawBufferPointer,
    scratch: CodecScratch
  ) throws {
    guard self == .lz4, count < target.count else {
      return try decompress(source, into: target, scratch: scratch)
    }
    let produced = Int(
      LZ4_decompress_safe_partial(
        source.baseAddress, target.baseAddress, Int32(source.count), Int32(count), Int32(target.count)))
    guard produced >= count else { throw wrong(produced, expected: count) }
  }

  private func wrong(_ count: Int, expected: Int) -> TesseraError {
    TesseraError(
      .corrupt, "Blosc frame: \(self) data", expected: "\(expected) bytes",
      got: count < 0 ? "bad data" : "\(count)")
  }

  /// Decompresses `source`, which must fill `target` exactly.
  func decompress(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws {
    let count: Int
    switch self {
    case .lz4:
      count = Int(
        LZ4_decompress_safe(
          source.baseAddress, target.baseAddress, Int32(source.count), Int32(target.count)))
    case .zlib:
      count = try scratch.contexts.inflater(.zlib).inflateWhole(source, into: target).produced
    case .zstd:
      count = try ZstdCodec().decode(source, into: target, scratch: scratch)
    case .blosclz, .snappy:
      throw TesseraError(
        .unsupported, "Blosc frame: compressor", expected: "lz4, lz4hc, zlib or zstd", got: "\(self)")
    }
    guard count == target.count else { throw wrong(count, expected: target.count) }
  }
}
