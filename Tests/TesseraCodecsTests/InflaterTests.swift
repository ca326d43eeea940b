import TesseraCodecs
import TesseraCore
import Testing

@Suite struct InflaterTests {
  #if Zlib
    /// Deflates in pieces of `pieceCount`, into room of `roomCount` at a time.
    private func deflate(_ bytes: [UInt8], pieceCount: Int, roomCount: Int) throws -> [UInt8] {
      let deflater = try Deflater(.raw, level: 6)
      var result: [UInt8] = []
      var consumed = 0
      while !deflater.isFinished {
        let end = min(consumed + pieceCount, bytes.count)
        result += try withExactCopy(of: Array(bytes[consumed..<end])) { piece in
          try withTarget(roomCount) {
            let step = try deflater.deflate(piece, into: $0, finishing: end == bytes.count)
            consumed += step.consumed
            return step.produced
          }
        }
      }
      return result
    }

    /// Inflates what is left of `bytes` from `consumed` on.
    private func inflate(
      _ inflater: Inflater, _ bytes: [UInt8], from consumed: inout Int, pieceCount: Int, roomCount: Int,
      steps: Int = .max
    ) throws -> [UInt8] {
      var result: [UInt8] = []
      var step = 0
      while !inflater.isFinished, step < steps {
        let end = min(consumed + pieceCount, bytes.count)
        var isStuck = false
        result += try withExactCopy(of: Array(bytes[consumed..<end])) { piece in
          try withTarget(roomCount) {
            let step = try inflater.inflate(piece, into: $0)
            consumed += step.consumed
            isStuck = step.consumed == 0 && step.produced == 0
            return step.produced
          }
        }
        if isStuck { break }
        step += 1
      }
      return result
    }

    @Test(arguments: [(1, 1), (7, 1000), (1000, 7), (100_000, 100_000)], SampleData.allCases)
    func roundTripsInPieces(_ counts: (Int, Int), _ kind: SampleData) throws {
      let bytes = kind.bytes(20000, seed: 51)
      let deflated = try deflate(bytes, pieceCount: counts.0, roomCount: counts.1)
      var consumed = 0
      // What follows the stream in an archive is not consumed.
      let inflated = try inflate(
        Inflater(), deflated + [1, 2, 3], from: &consumed, pieceCount: counts.1, roomCount: counts.0)
      #expect(inflated == bytes)
      #expect(consumed == deflated.count)
    }

    @Test func copiesGoOnByThemselves() throws {
      let bytes = SampleData.floats.bytes(50000, seed: 52)
      let deflated = try deflate(bytes, pieceCount: 50000, roomCount: 60000)
      let first = try Inflater()
      var consumed = 0
      let head = try inflate(first, deflated, from: &consumed, pieceCount: 1000, roomCount: 900, steps: 20)
      #expect(!first.isFinished)
      let second = try first.copy()
      for inflater in [first, second] {
        var position = consumed
        let tail = try inflate(inflater, deflated, from: &position, pieceCount: 1000, roomCount: 900)
        #expect(head + tail == bytes)
      }
    }

    @Test func stopsWithoutInput() throws {
      let deflated = try deflate(SampleData.ramp.bytes(1000, seed: 0), pieceCount: 1000, roomCount: 2000)
      for count in 0..<deflated.count {
        let inflater = try Inflater()
        var consumed = 0
        let part = try inflate(
          inflater, Array(deflated[..<count]), from: &consumed, pieceCount: 5000, roomCount: 5000)
        #expect(!inflater.isFinished && part.count <= 1000)
      }
    }

    @Test func namesTheDamage() throws {
      let error = #expect(throws: TesseraError.self) {
        var consumed = 0
        _ = try inflate(Inflater(), [0xFF, 0xFF, 0xFF], from: &consumed, pieceCount: 3, roomCount: 10)
      }
      #expect(error?.description == "deflated data: invalid block type")
    }

    @Test func resets() throws {
      let deflated = try deflate([1, 2, 3], pieceCount: 3, roomCount: 100)
      let inflater = try Inflater()
      for _ in 0..<3 {
        var consumed = 0
        #expect(
          try inflate(inflater, deflated, from: &consumed, pieceCount: 100, roomCount: 100) == [1, 2, 3])
        try inflater.reset()
      }
    }
  #else
    @Test func namesThePackage() {
      let error = #expect(throws: TesseraError.self) { try Inflater() }
      #expect(error?.kind == .unsupported)
      #expect(error?.what == "this build has no zlib: install zlib1g-dev and rebuild")
      #expect(throws: TesseraError.self) { try Deflater() }
    }
  #endif
}
