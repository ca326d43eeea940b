import CLZ4
import TesseraCore

#if Zstd
  import CZstd
#endif

/// The states of the compression libraries, made on first use and kept: making one costs more than
/// compressing a small block.
final class CodecContexts {
  private let lz4Buffer = Buffer()

  /// State for `LZ4_compress_fast_extState`, which initialises it itself.
  var lz4: UnsafeMutableRawPointer? { lz4Buffer.reserve(Int(LZ4_sizeofState())).baseAddress }

  /// State for `LZ4_compress_HC_extStateHC`, which initialises it itself.
  var lz4hc: UnsafeMutableRawPointer? { lz4Buffer.reserve(Int(LZ4_sizeofStateHC())).baseAddress }

  private var inflaters: [DeflateFormat: Inflater] = [:]
  private var deflater: Deflater?

  /// An inflater at the beginning of a stream.
  func inflater(_ format: DeflateFormat) throws -> Inflater {
    if let kept = inflaters[format] {
      try kept.reset()
      return kept
    }
    let made = try Inflater(format)
    inflaters[format] = made
    return made
  }

  /// A deflater at the beginning of a stream.
  func deflater(_ format: DeflateFormat, level: Int) throws -> Deflater {
    if let kept = deflater, kept.format == format, kept.level == level {
      try kept.reset()
      return kept
    }
    let made = try Deflater(format, level: level)
    deflater = made
    return made
  }

  #if Zstd
    private var zstdCompressor: OpaquePointer?
    private var zstdDecompressor: OpaquePointer?

    func zstdCompression() throws -> OpaquePointer {
      if zstdCompressor == nil { zstdCompressor = ZSTD_createCCtx() }
      guard let zstdCompressor else { throw TesseraError(.memory, "no memory for zstd's state") }
      return zstdCompressor
    }

    func zstdDecompression() throws -> OpaquePointer {
      if zstdDecompressor == nil { zstdDecompressor = ZSTD_createDCtx() }
      guard let zstdDecompressor else { throw TesseraError(.memory, "no memory for zstd's state") }
      return zstdDecompressor
    }

    deinit {
      ZSTD_freeCCtx(zstdCompressor)
      ZSTD_freeDCtx(zstdDecompressor)
    }
  #endif
}
