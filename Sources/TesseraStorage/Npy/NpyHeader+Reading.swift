import TesseraCore
import TesseraIO

extension NpyHeader {
  /// Reads the header of a file.
  static func read(_ file: File) throws -> NpyHeader {
    try read(size: file.size()) { try file.read(at: 0, into: $0) }
  }

  /// Reads a header with a function that fills a buffer from the start of the `.npy` bytes.
  ///
  /// - Parameter size: bytes of the whole; asked for again once the header is read, as rows may be appended meanwhile, their
  ///   elements before the header that tells of them.
  static func read(
    size: @autoclosure () throws -> Int, _ fill: (UnsafeMutableRawBufferPointer) throws -> Void
  ) throws -> NpyHeader {
    let first = try size()
    let count = try Buffer.withTemporary(min(first, prefixByteCount)) { prefix in
      try fill(prefix)
      return try byteCount(of: UnsafeRawBufferPointer(prefix), fileSize: first)
    }
    return try Buffer.withTemporary(count) { whole in
      try fill(whole)
      return try parse(UnsafeRawBufferPointer(whole), fileSize: size())
    }
  }
}
