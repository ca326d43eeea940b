import Testing

@testable import TesseraCodecs

@Suite struct ChecksumTests {
  /// One bit at a time, straight from the definition.
  private func slow(_ polynomial: UInt32, _ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { crc, byte in
      (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? polynomial : 0) }
    }
  }

  @Test func checkValues() {
    let digits = Array("123456789".utf8)
    #expect(digits.withUnsafeBytes { CRC32.checksum($0) } == 0xCBF4_3926)
    #expect(digits.withUnsafeBytes { CRC32C.checksum($0) } == 0xE306_9283)
    #expect([UInt8]().withUnsafeBytes { CRC32C.checksum($0) } == 0)
    // RFC 3720, B.4: 32 bytes of zeros.
    #expect([UInt8](repeating: 0, count: 32).withUnsafeBytes { CRC32C.checksum($0) } == 0x8A91_36AA)
  }

  /// Every length around the widths of the vector loops, at odd addresses too.
  @Test(arguments: [UInt64(21)])
  func agreesWithTheDefinition(_ seed: UInt64) {
    let bytes = SampleData.noise.bytes(1200, seed: seed)
    for count in Array(0..<300) + [511, 512, 513, 767, 768, 1023, 1024, 1100] {
      for start in [0, 3] {
        let part = Array(bytes[start..<start + count])
        bytes.withUnsafeBytes { all in
          let raw = UnsafeRawBufferPointer(rebasing: all[start..<start + count])
          #expect(CRC32.checksum(raw) == slow(0xEDB8_8320, part), "seed \(seed), \(count) bytes")
          #expect(CRC32C.checksum(raw) == slow(0x82F6_3B78, part), "seed \(seed), \(count) bytes")
          #expect(CRC32.portable(raw) == CRC32.checksum(raw))
          #expect(CRC32C.portable(raw) == CRC32C.checksum(raw))
        }
      }
    }
  }

  @Test(arguments: [UInt64(22)])
  func continuesAndCombines(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let bytes = SampleData.noise.bytes(5000, seed: seed)
    bytes.withUnsafeBytes { all in
      for _ in 0..<200 {
        let cut = Int.random(in: 0...all.count, using: &generator)
        let head = UnsafeRawBufferPointer(rebasing: all[..<cut])
        let tail = UnsafeRawBufferPointer(rebasing: all[cut...])
        #expect(CRC32.update(CRC32.checksum(head), tail) == CRC32.checksum(all), "seed \(seed), cut \(cut)")
        #expect(CRC32C.update(CRC32C.checksum(head), tail) == CRC32C.checksum(all))
        #expect(
          CRC32.combine(CRC32.checksum(head), CRC32.checksum(tail), secondCount: tail.count)
            == CRC32.checksum(all))
        #expect(
          CRC32C.combine(CRC32C.checksum(head), CRC32C.checksum(tail), secondCount: tail.count)
            == CRC32C.checksum(all))
      }
    }
  }

  #if Zlib
    /// gzip's trailer holds the CRC-32 that zlib computed.
    @Test func agreesWithZlib() throws {
      let bytes = SampleData.floats.bytes(100_003, seed: 23)
      let trailer = try GzipCodec(level: 1).encode(bytes).suffix(8)
      let checksum = trailer.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      #expect(bytes.withUnsafeBytes { CRC32.checksum($0) } == checksum)
    }
  #endif
}
