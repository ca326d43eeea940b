import TesseraCodecs
import TesseraCore
import Testing

@Suite struct StretchDeflaterTests {
  #if Zlib
    private func encode(_ deflater: StretchDeflater, _ bytes: [UInt8], _ scratch: CodecScratch) throws
      -> [UInt8]
    {
      try withExactCopy(of: bytes) { source in
        try withTarget(StretchDeflater.maximumEncodedCount(bytes.count)) {
          try deflater.encode(source, into: $0, scratch: scratch)
        }
      }
    }

    /// Stretches of any lengths, one after another, are one stream.
    @Test(arguments: [0, 1, 6, 9], SampleData.allCases)
    func stretchesAreOneStream(_ level: Int, _ kind: SampleData) throws {
      let deflater = try StretchDeflater(level: level)
      let scratch = CodecScratch()
      let bytes = kind.bytes(300_000, seed: 5)
      var stream: [UInt8] = []
      var start = 0
      for count in [1, 100_000, 65_536, 7, 134_456] {
        let stretch = Array(bytes[start..<start + count])
        let deflated = try encode(deflater, stretch, scratch)
        #expect(try deflated == encode(deflater, stretch, CodecScratch()), "whatever was deflated before")
        stream += deflated
        start += count
      }
      #expect(start == bytes.count)
      stream += StretchDeflater.end
      #expect(
        stream.count <= StretchDeflater.maximumEncodedCount(bytes.count, stretches: 5)
          + StretchDeflater.end.count)

      let inflater = try Inflater()
      var consumed = 0
      let inflated = try withExactCopy(of: stream) { source in
        try withTarget(bytes.count + 1) {
          let step = try inflater.inflate(source, into: $0)
          consumed = step.consumed
          return step.produced
        }
      }
      #expect(inflated == bytes && inflater.isFinished && consumed == stream.count)
    }

    @Test func aTargetThatIsTooSmallIsAnError() throws {
      let deflater = try StretchDeflater()
      let bytes = SampleData.noise.bytes(5000, seed: 3)
      let whole = try encode(deflater, bytes, CodecScratch()).count
      for room in [0, 1, 100, whole - 1, whole] {
        #expect(throws: TesseraError.self, "\(room) bytes") {
          try withExactCopy(of: bytes) { source in
            _ = try withTarget(room) { try deflater.encode(source, into: $0, scratch: CodecScratch()) }
          }
        }
      }
    }
  #else
    @Test func namesThePackageToInstall() {
      let error = #expect(throws: TesseraError.self) { _ = try StretchDeflater() }
      #expect(error?.kind == .unsupported && error?.what.contains("zlib1g-dev") == true)
    }
  #endif
}
