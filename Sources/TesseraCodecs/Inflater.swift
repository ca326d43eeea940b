import TesseraCore

#if Zlib
  import CZlib
#endif

/// Streaming decompression of one deflate stream, in pieces of any size.
///
/// Not for use by two threads at the same time.
package final class Inflater: @unchecked Sendable {
  package let format: DeflateFormat
  /// Whether the stream's end has been reached.
  package private(set) var isFinished = false

  #if Zlib
    // zlib keeps a pointer back to the structure, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>

    package init(_ format: DeflateFormat = .raw) throws {
      self.format = format
      stream = .allocate(capacity: 1)
      stream.initialize(to: z_stream())
      let status = inflateInit2_(
        stream, format.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
      guard status == Z_OK else { throw TesseraError(.memory, "no memory for zlib's state") }
    }

    private init(copying other: Inflater) throws {
      format = other.format
      isFinished = other.isFinished
      stream = .allocate(capacity: 1)
      stream.initialize(to: z_stream())
      guard inflateCopy(stream, other.stream) == Z_OK else {
        throw TesseraError(.memory, "no memory for zlib's state")
      }
    }

    deinit {
      inflateEnd(stream)
      stream.deallocate()
    }

    /// Goes back to the beginning of a stream.
    package func reset() throws {
      guard inflateReset(stream) == Z_OK else { throw TesseraError(.memory, "zlib's state is unusable") }
      isFinished = false
    }

    /// An independent inflater at the same point of the stream.
    package func copy() throws -> Inflater { try Inflater(copying: self) }

    /// Inflates until `input` is used up, `output` is full or the stream ends, whichever is first.
    ///
    /// Nothing consumed and nothing produced means that it needs more of one or the other. Damage is
    /// `.corrupt`. After the end, does nothing.
    package func inflate(
      _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws -> (consumed: Int, produced: Int, isFinished: Bool) {
      if isFinished { return (0, 0, true) }
      let taken = UInt32(clamping: input.count)
      let room = UInt32(clamping: output.count)
      // zlib takes no null output even when it may write nothing.
      var nothing: UInt8 = 0
      let status = withUnsafeMutablePointer(to: &nothing) { nothing in
        stream.pointee.next_in = UnsafeMutablePointer(
          mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = taken
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? nothing
        stream.pointee.avail_out = room
        return CZlib.inflate(stream, Z_NO_FLUSH)
      }
      switch status {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END: isFinished = true
      case Z_MEM_ERROR: throw TesseraError(.memory, "no memory for zlib's state")
      default: throw TesseraError(.corrupt, "deflated data: \(message)")
      }
      return (Int(taken - stream.pointee.avail_in), Int(room - stream.pointee.avail_out), isFinished)
    }

    private var message: String { stream.pointee.msg.map { String(cString: $0) } ?? "needs a dictionary" }
  #else
    package init(_ format: DeflateFormat = .raw) throws { throw Feature.zlib.missing }

    package func reset() throws { throw Feature.zlib.missing }
    package func copy() throws -> Inflater { throw Feature.zlib.missing }
    package func inflate(
      _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws -> (consumed: Int, produced: Int, isFinished: Bool) { throw Feature.zlib.missing }
  #endif
}
