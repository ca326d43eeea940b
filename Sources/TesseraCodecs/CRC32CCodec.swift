import TesseraCore

/// The bytes as they are, then their CRC-32C in 4 little-endian bytes.
///
/// Spec: Zarr v3 codec `crc32c`, version 1.0; numcodecs' `crc32c` is the same with its default
/// `location`, "end".
package struct CRC32CCodec: ByteCodec {
  package init() {}

  init(_ configuration: inout CodecConfiguration) throws {
    let location = try configuration.string("location", default: "end")
    guard location == "end" else {
      throw configuration.invalid("location", expected: "\"end\"", .string(location))
    }
  }

  package var v3: CodecDescription { CodecDescription(name: "crc32c") }
  package var v2: CodecDescription? { CodecDescription(name: "crc32c") }

  package func maximumEncodedCount(_ count: Int) -> Int { count + 4 }
  package func fixedEncodedCount(_ count: Int) -> Int? { count + 4 }

  package func encode(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws -> Int {
    target.copyMemory(from: source)
    target.storeLittleEndian(CRC32C.checksum(source), at: source.count)
    return source.count + 4
  }

  package func decode(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws -> Int {
    let body = try verified(source)
    guard body.count <= target.count else {
      throw TesseraError(
        .corrupt, "bytes before the CRC-32C", expected: "at most \(target.count)", got: "\(body.count)")
    }
    target.copyMemory(from: body)
    return body.count
  }

  package func decodedInPlace(_ source: UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer? {
    try verified(source)
  }

  private func verified(_ source: UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer {
    guard let stored = source.littleEndianUInt32(at: source.count - 4),
      let body = source.part(0, source.count - 4)
    else {
      throw TesseraError(
        .corrupt, "bytes with a CRC-32C", expected: "at least 4", got: "\(source.count)")
    }
    let actual = CRC32C.checksum(body)
    guard actual == stored else {
      throw TesseraError(.corrupt, "CRC-32C", expected: hexadecimal(stored), got: hexadecimal(actual))
    }
    return body
  }

  private func hexadecimal(_ value: UInt32) -> String { "0x" + String(value, radix: 16) }
}
