import TesseraCodecs
import TesseraCore
import Testing

@Suite struct GzipCodecTests {
  @Test(arguments: [0, 1, 6])
  func contract(_ level: Int) throws {
    try CodecContract(GzipCodec(level: level)).check()
  }

  #if Zlib
    @Test(arguments: Fixture.all("gzip"))
    func readsPython(_ fixture: Fixture) throws {
      #expect(try GzipCodec().decode(fixture.frame, room: fixture.content.count) == fixture.content)
    }

    @Test func checksTheChecksum() throws {
      var frame = try GzipCodec().encode([UInt8](repeating: 3, count: 100))
      frame[frame.count - 8] ^= 1
      let error = #expect(throws: TesseraError.self) { try GzipCodec().decode(frame, room: 100) }
      #expect(error?.description == "deflated data: incorrect data check")
    }

    @Test func refusesWhatFollowsTheLastMember() throws {
      let frame = try GzipCodec().encode([1, 2, 3]) + [7]
      #expect(throws: TesseraError.self) { try GzipCodec().decode(frame, room: 3) }
    }
  #endif
}
