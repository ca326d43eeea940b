import TesseraCodecs
import TesseraCore

extension Surface {
  /// One for each codec: two bytes with the room there is for what is decoded, little-endian, and the encoded form.
  static let decoders = [
    decoder("lz4", LZ4BlockCodec()), decoder("blosc", BloscCodec(elementSize: 4)),
    decoder("zstd", ZstdCodec()),
    decoder("gzip", GzipCodec()), decoder("zlib", ZlibCodec()), decoder("crc32c", CRC32CCodec()),
  ]

  private static func decoder(_ name: String, _ codec: any ByteCodec) -> Surface {
    // Kept, as threads keep theirs: what one chunk leaves behind must not show in the next.
    let scratch = CodecScratch()
    return Surface(name) { bytes in
      guard bytes.count >= 2 else { return }
      let room = Int(bytes[0]) | Int(bytes[1]) << 8
      let frame = UnsafeRawBufferPointer(rebasing: bytes[2...])
      attempt { try decode(codec, frame, 0..<room / 2, of: room, scratch) }
      let decoded = try decode(codec, frame, room: room, filler: 0xAA, scratch)
      let again = must("what was decoded once") {
        try decode(codec, frame, room: room, filler: 0x55, scratch)
      }
      require(again == decoded, "\(name) leaves bytes unwritten")
      checkParts(codec, frame, decoded, scratch)
      checkEncoding(codec, decoded, scratch)
    }
  }

  private static func checkParts(
    _ codec: any ByteCodec, _ frame: UnsafeRawBufferPointer, _ decoded: [UInt8], _ scratch: CodecScratch
  ) {
    let count = decoded.count
    for range in [0..<count, 0..<count / 2, count / 3..<count / 3 * 2, count - count / 5..<count] {
      let part = must("a part of what was decoded") { try decode(codec, frame, range, of: count, scratch) }
      require(part.map { $0 == Array(decoded[range]) } ?? true, "bytes \(range) of \(count)")
    }
  }

  private static func checkEncoding(_ codec: any ByteCodec, _ decoded: [UInt8], _ scratch: CodecScratch) {
    var encoded = [UInt8](repeating: 0, count: codec.maximumEncodedCount(decoded.count))
    let count = must("to encode") {
      try decoded.withUnsafeBytes { source in
        try encoded.withUnsafeMutableBytes { try codec.encode(source, into: $0, scratch: scratch) }
      }
    }
    let again = must("what was encoded") {
      try encoded[..<count].withUnsafeBytes {
        try decode(codec, $0, room: decoded.count, filler: 0xAA, scratch)
      }
    }
    require(again == decoded, "what was encoded")
  }

  private static func decode(
    _ codec: any ByteCodec, _ frame: UnsafeRawBufferPointer, room: Int, filler: UInt8, _ scratch: CodecScratch
  ) throws -> [UInt8] {
    // An array may have more room than it says, so a sanitizer would miss a byte too many.
    let target = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 1)
    defer { target.deallocate() }
    target.initializeMemory(as: UInt8.self, repeating: filler)
    let count = try codec.decode(frame, into: target, scratch: scratch)
    require((0...room).contains(count), "\(count) bytes in room for \(room)")
    return Array(target[..<count])
  }

  /// nil where the codec decodes nothing in part.
  private static func decode(
    _ codec: any ByteCodec, _ frame: UnsafeRawBufferPointer, _ range: Range<Int>, of count: Int,
    _ scratch: CodecScratch
  ) throws -> [UInt8]? {
    let target = UnsafeMutableRawBufferPointer.allocate(byteCount: range.count, alignment: 1)
    defer { target.deallocate() }
    target.initializeMemory(as: UInt8.self, repeating: 0x55)
    let isPossible = try codec.decode(
      range: range, ofDecodedCount: count, from: frame, into: target, scratch: scratch)
    return isPossible ? Array(target) : nil
  }
}
