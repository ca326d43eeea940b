import TesseraCore
import Testing

@testable import TesseraStorage

@Suite struct ChunkEncoderTests {
  /// Encodes one chunk of four `uint16` of the same value under fill value 256.
  private func isAbsent(_ value: UInt16, endian: String) throws -> Bool {
    let text = CrashTests.metadata(
      shape: "[4]", dtype: "uint16", file: "[4]",
      codecs: #"{"name": "bytes", "configuration": {"endian": "\#(endian)"}}"#)
    let replaced = text.split(separator: #""fill_value": 0"#).joined(separator: #""fill_value": 256"#)
    let document = try #require(try JSONValue(parsing: replaced).object)
    let metadata = try ZarrMetadata(v3: document)
    let encoder = try ChunkEncoder(metadata, dtype: .uint16)
    var output = [UInt8](repeating: 0, count: encoder.maximumEncodedCount)
    return try [UInt16](repeating: value, count: 4).withUnsafeBytes { source in
      try output.withUnsafeMutableBytes { output in
        try encoder.encode(
          source.baseAddress!, strides: [2], lengths: [4], output: output, scratch: WriteScratch()) == nil
      }
    }
  }

  @Test func onlyChunksOfTheFillValueAreAbsent() throws {
    #expect(try isAbsent(256, endian: "little"))
    #expect(try !isAbsent(1, endian: "little"))
  }

  /// 1 has, big-endian, the bytes that 256 has little-endian.
  @Test func onlyChunksOfTheFillValueAreAbsentInBigEndianStores() throws {
    #expect(try isAbsent(256, endian: "big"))
    #expect(try !isAbsent(1, endian: "big"))
  }
}
