import TesseraCore

#if Zlib
  import CZlib
#endif

/// Streaming compression into one deflate stream, in pieces of any size.
///
/// Not for use by two threads at the same time.
package final class Deflater: @unchecked Sendable {
  package let format: DeflateFormat
  /// 0 (stored) to 9 (smallest), or -1 for zlib's choice.
  package let level: Int
  /// Whether the stream's end has been written.
  package private(set) var isFinished = false

  #if Zlib
    // zlib keeps a pointer back to the structure, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>

    package init(_ format: DeflateFormat = .raw, level: Int = 6) throws {
      precondition((-1...9).contains(level), "deflate has levels -1 to 9")
      self.format = format
      self.level = level
      stream = .allocate(capacity: 1)
      stream.initialize(to: z_stream())
      let status = deflateInit2_(
        stream, Int32(level), Z_DEFLATED, format.windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size))
      guard status == Z_OK else { throw TesseraError(.memory, "no memory for zlib's state") }
    }

    deinit {
      deflateEnd(stream)
      stream.deallocate()
    }

    /// Goes back to the beginning of a stream.
    package func reset() throws {
      guard deflateReset(stream) == Z_OK else { throw TesseraError(.memory, "zlib's state is unusable") }
      isFinished = false
    }

    /// Deflates until `input` is used up or `output` is full; with `finishing`, goes on to write the
    /// stream's end, which may take several calls with the rest of the input.
    package func deflate(
      _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, finishing: Bool
    ) throws -> (consumed: Int, produced: Int, isFinished: Bool) {
      if isFinished || output.isEmpty { return (0, 0, isFinished) }
      let taken = UInt32(clamping: input.count)
      let room = UInt32(clamping: output.count)
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.pointee.avail_in = taken
      stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = room
      let isLast = finishing && Int(taken) == input.count
      switch CZlib.deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH) {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END: isFinished = true
      default: throw TesseraError(.memory, "zlib could not deflate")
      }
      return (Int(taken - stream.pointee.avail_in), Int(room - stream.pointee.avail_out), isFinished)
    }
  #else
    package init(_ format: DeflateFormat = .raw, level: Int = 6) throws { throw Feature.zlib.missing }

    package func reset() throws { throw Feature.zlib.missing }
    package func deflate(
      _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, finishing: Bool
    ) throws -> (consumed: Int, produced: Int, isFinished: Bool) { throw Feature.zlib.missing }
  #endif
}
