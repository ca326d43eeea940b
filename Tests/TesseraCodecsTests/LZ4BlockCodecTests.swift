import TesseraCodecs
import TesseraCore
import Testing

@Suite struct LZ4BlockCodecTests {
  @Test(arguments: [1, 10])
  func contract(_ acceleration: Int) throws {
    try CodecContract(LZ4BlockCodec(acceleration: acceleration)).check()
  }

  @Test(arguments: Fixture.all("lz4"))
  func readsNumcodecs(_ fixture: Fixture) throws {
    #expect(try LZ4BlockCodec().decode(fixture.frame, room: fixture.content.count) == fixture.content)
  }

  @Test func beginsWithTheSize() throws {
    #expect(try LZ4BlockCodec().encode([]) == [0, 0, 0, 0, 0])
    #expect(try LZ4BlockCodec().encode([UInt8](repeating: 0, count: 258))[..<4] == [2, 1, 0, 0])
  }

  @Test(arguments: [[0xFF, 0xFF, 0xFF, 0xFF, 0], [0, 0, 0, 0x80, 0], [5, 0, 0, 0, 0], [0, 0, 0]])
  func refusesFalseSizes(_ frame: [UInt8]) {
    let error = #expect(throws: TesseraError.self) { try LZ4BlockCodec().decode(frame, room: 100) }
    #expect(error?.kind == .corrupt)
  }
}
