import TesseraCodecs

// Codecs on arrays. Memory is exactly as large as the contract allows, so that a sanitizer sees any
// step outside, and what is handed out begins as a pattern that no test expects.

extension ByteCodec {
  func encode(_ bytes: [UInt8], scratch: CodecScratch = CodecScratch()) throws -> [UInt8] {
    try withExactCopy(of: bytes) { source in
      try withTarget(maximumEncodedCount(bytes.count)) { try encode(source, into: $0, scratch: scratch) }
    }
  }

  func decode(_ bytes: [UInt8], room: Int, scratch: CodecScratch = CodecScratch()) throws -> [UInt8] {
    try withExactCopy(of: bytes) { source in
      try withTarget(room) { try decode(source, into: $0, scratch: scratch) }
    }
  }

  /// nil when the codec does not decode in part.
  func decode(
    _ range: Range<Int>, of count: Int, from bytes: [UInt8], scratch: CodecScratch = CodecScratch()
  ) throws -> [UInt8]? {
    var isDone = false
    let result = try withExactCopy(of: bytes) { source in
      try withTarget(range.count) {
        isDone = try decode(range: range, ofDecodedCount: count, from: source, into: $0, scratch: scratch)
        return range.count
      }
    }
    return isDone ? result : nil
  }
}

extension CodecChain {
  func encode(_ bytes: [UInt8], scratch: CodecScratch = CodecScratch()) throws -> [UInt8] {
    try withExactCopy(of: bytes) { source in
      try withTarget(maximumEncodedCount(bytes.count)) { try encode(source, into: $0, scratch: scratch) }
    }
  }

  func decode(_ bytes: [UInt8], count: Int, scratch: CodecScratch = CodecScratch()) throws -> [UInt8] {
    try withExactCopy(of: bytes) { source in
      try withTarget(count) {
        try decode(source, into: $0, scratch: scratch)
        return count
      }
    }
  }
}

func withExactCopy<Result>(
  of bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> Result
) rethrows -> Result {
  let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
  defer { copy.deallocate() }
  copy.copyBytes(from: bytes)
  return try body(UnsafeRawBufferPointer(copy))
}

/// The bytes that `body` says it wrote into memory of `count` bytes.
func withTarget(_ count: Int, _ body: (UnsafeMutableRawBufferPointer) throws -> Int) rethrows -> [UInt8] {
  let target = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
  defer { target.deallocate() }
  target.initializeMemory(as: UInt8.self, repeating: 0xA5)
  return Array(target[..<(try body(target))])
}
