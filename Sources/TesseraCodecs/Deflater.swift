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
      let isLast = finishing && input.count <= Int(UInt32.max)
      let step = try step(input, into: output, isLast ? Z_FINISH : Z_NO_FLUSH)
      return (step.consumed, step.produced, isFinished)
    }

    /// Deflates all of `input` and goes on to a whole byte, behind which blocks of another deflater can follow: a sync flush.
    ///
    /// - Parameter input: less than 4 GiB.
    /// - Returns: the bytes written; nil when `output` is too small.
    package func deflateFlushing(
      _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws -> Int? {
      precondition(input.count <= Int(UInt32.max) && output.count <= Int(UInt32.max))
      let step = try step(input, into: output, Z_SYNC_FLUSH)
      // Of a full output zlib does not say whether all of the flush is in it.
      return step.consumed == input.count && step.produced < output.count ? step.produced : nil
    }

    private func step(
      _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, _ flush: Int32
    ) throws -> (consumed: Int, produced: Int) {
      if isFinished || output.isEmpty { return (0, 0) }
      let taken = UInt32(clamping: input.count)
      let room = UInt32(clamping: output.count)
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.pointee.avail_in = taken
      stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = room
      switch CZlib.deflate(stream, flush) {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END: isFinished = true
      default: throw TesseraError(.memory, "zlib could not deflate")
      }
      return (Int(taken - stream.pointee.avail_in), Int(room - stream.pointee.avail_out))
    }
  #else
    package init(_ format: DeflateFormat = .raw, level: Int = 6) throws { throw Feature.zlib.missing }

    package func reset() throws { throw Feature.zlib.missing }
    package func deflate(
      _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, finishing: Bool
    ) throws -> (consumed: Int, produced: Int, isFinished: Bool) { throw Feature.zlib.missing }
    package func deflateFlushing(
      _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws -> Int? { throw Feature.zlib.missing }
  #endif
}
