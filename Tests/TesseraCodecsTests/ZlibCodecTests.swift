import TesseraCodecs
import TesseraCore
import Testing

@Suite struct ZlibCodecTests {
  @Test(arguments: [-1, 0, 1, 6])
  func contract(_ level: Int) throws {
    try CodecContract(ZlibCodec(level: level)).check()
  }

  #if Zlib
    @Test(arguments: Fixture.all("zlib"))
    func readsNumcodecs(_ fixture: Fixture) throws {
      #expect(try ZlibCodec().decode(fixture.frame, room: fixture.content.count) == fixture.content)
    }

    @Test func refusesWhatFollowsTheStream() throws {
      let frame = try ZlibCodec().encode([1, 2, 3]) + [0]
      let error = #expect(throws: TesseraError.self) { try ZlibCodec().decode(frame, room: 3) }
      #expect(error?.kind == .corrupt)
    }
  #endif
}
