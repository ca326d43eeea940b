import TesseraCodecs
import TesseraCore
import Testing

@Suite struct CodecChainTests {
  static var chains: [CodecChain] {
    let all: [[any ByteCodec]] = [
      [], [CRC32CCodec()], [BloscCodec(elementSize: 4)], [GzipCodec()],
      [BloscCodec(elementSize: 4), CRC32CCodec()], [GzipCodec(level: 1), CRC32CCodec()],
      [CRC32CCodec(), ZstdCodec()], [CRC32CCodec(), LZ4BlockCodec(), CRC32CCodec()],
      [LZ4BlockCodec(), ZstdCodec(), GzipCodec(), CRC32CCodec(), CRC32CCodec()],
    ]
    return all.map(CodecChain.init).filter { (try? $0.requireAvailable()) != nil }
  }

  @Test(arguments: chains)
  func roundTrips(_ chain: CodecChain) throws {
    let scratch = CodecScratch()
    for kind in SampleData.allCases {
      for count in [0, 1, 1000, 300_000] {
        let bytes = kind.bytes(count, seed: 41)
        let encoded = try chain.encode(bytes, scratch: scratch)
        #expect(encoded.count <= chain.maximumEncodedCount(count))
        if let fixed = chain.fixedEncodedCount(count) { #expect(fixed == encoded.count) }
        #expect(try chain.decode(encoded, count: count, scratch: scratch) == bytes)
      }
    }
  }

  @Test(arguments: chains)
  func insistsOnTheExactSize(_ chain: CodecChain) throws {
    let encoded = try chain.encode(SampleData.ramp.bytes(1000, seed: 0))
    for count in [0, 999, 1001, 100_000] {
      let error = #expect(throws: TesseraError.self) { try chain.decode(encoded, count: count) }
      #expect(error?.kind == .corrupt)
    }
  }

  @Test(arguments: chains)
  func survivesDamage(_ chain: CodecChain) throws {
    let scratch = CodecScratch()
    let encoded = try chain.encode(SampleData.floats.bytes(1000, seed: 42))
    var generator = SeededGenerator(seed: 43)
    for _ in 0..<500 {
      var damaged = encoded
      damaged[Int.random(in: 0..<damaged.count, using: &generator)] ^= UInt8.random(
        in: 1...255, using: &generator)
      do {
        #expect(try chain.decode(damaged, count: 1000, scratch: scratch).count == 1000, "seed 43")
      } catch let error as TesseraError {
        #expect([.corrupt, .unsupported].contains(error.kind))
      }
    }
  }

  @Test func knowsItsKind() {
    #expect(CodecChain([]).isIdentity)
    #expect(!CodecChain([CRC32CCodec()]).isIdentity)
    #expect(CodecChain([CRC32CCodec(), CRC32CCodec()]).fixedEncodedCount(10) == 18)
    #expect(CodecChain([CRC32CCodec(), LZ4BlockCodec()]).fixedEncodedCount(10) == nil)
  }

  @Test func decodesInPart() throws {
    let bytes = SampleData.ramp.bytes(10000, seed: 0)
    for (chain, isExpected) in [
      (CodecChain([]), true), (CodecChain([BloscCodec(elementSize: 4)]), true),
      (CodecChain([CRC32CCodec()]), false), (CodecChain([BloscCodec(elementSize: 4), CRC32CCodec()]), false),
    ] {
      let encoded = try chain.encode(bytes)
      var isDone = false
      let part = try encoded.withUnsafeBytes { source in
        try withTarget(50) {
          isDone = try chain.decode(
            range: 100..<150, ofDecodedCount: 10000, from: source, into: $0, scratch: CodecScratch())
          return 50
        }
      }
      #expect(isDone == isExpected)
      if isDone { #expect(part == Array(bytes[100..<150])) }
    }
  }
}
