import TesseraCodecs
import TesseraCore
import Testing

@Suite struct ZstdCodecTests {
  @Test(arguments: [(1, false), (3, true), (-5, false)])
  func contract(_ level: Int, _ hasChecksum: Bool) throws {
    try CodecContract(ZstdCodec(level: level, hasChecksum: hasChecksum)).check()
  }

  #if Zstd
    /// With and without checksum and content size, and several frames in a row.
    @Test(arguments: Fixture.all("zstd"))
    func readsOthers(_ fixture: Fixture) throws {
      #expect(try ZstdCodec().decode(fixture.frame, room: fixture.content.count) == fixture.content)
    }

    @Test func writesAChecksumOnRequest() throws {
      let bytes = SampleData.floats.bytes(4000, seed: 1)
      let plain = try ZstdCodec().encode(bytes)
      let checked = try ZstdCodec(hasChecksum: true).encode(bytes)
      #expect(checked.count == plain.count + 4)
      var damaged = checked
      damaged[damaged.count - 1] ^= 1
      let error = #expect(throws: TesseraError.self) { try ZstdCodec().decode(damaged, room: 4000) }
      #expect(error?.description.contains("checksum") == true)
    }
  #endif

  @Test func leavesTheChecksumOutOfV2WhereItCan() {
    #expect(ZstdCodec(level: 5).v2?.configuration == ["level": .int(5)])
    #expect(
      ZstdCodec(level: 5, hasChecksum: true).v2?.configuration == ["level": .int(5), "checksum": .bool(true)])
  }
}
