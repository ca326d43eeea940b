/// Bytes that can be read at any offset: a file, or memory.
package protocol ByteSource {
  var byteCount: Int { get }

  /// Fills `buffer` with the bytes from `offset` on; throws when there are fewer.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws
}

extension ByteSource {
  /// The `count` bytes at `offset`; for small counts that have been checked.
  func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      try read(
        at: offset,
        into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]))
      initialized = count
    }
  }
}

extension Array where Element == UInt8 {
  /// The little-endian number of `size` bytes at `offset`, which must be within the array.
  func littleEndian(at offset: Int, size: Int) -> UInt64 {
    (0..<size).reversed().reduce(0) { $0 << 8 | UInt64(self[offset + $1]) }
  }

  func uint16(at offset: Int) -> Int { Int(littleEndian(at: offset, size: 2)) }
  func uint32(at offset: Int) -> Int { Int(littleEndian(at: offset, size: 4)) }

  mutating func append(littleEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}
