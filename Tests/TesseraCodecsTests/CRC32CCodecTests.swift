import TesseraCodecs
import TesseraCore
import Testing

@Suite struct CRC32CCodecTests {
  @Test func contract() throws {
    try CodecContract(CRC32CCodec()).check()
  }

  @Test func appendsTheChecksum() throws {
    #expect(try CRC32CCodec().encode(Array("123456789".utf8)).suffix(4) == [0x83, 0x92, 0x06, 0xE3])
  }

  /// Unlike compression, a checksum notices every single flip.
  @Test func noticesEveryFlip() throws {
    let encoded = try CRC32CCodec().encode(SampleData.ramp.bytes(40, seed: 0))
    for bit in 0..<encoded.count * 8 {
      var damaged = encoded
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      let error = #expect(throws: TesseraError.self) { try CRC32CCodec().decode(damaged, room: 40) }
      #expect(error?.what == "CRC-32C")
    }
  }
}
