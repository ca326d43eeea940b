import TesseraCodecs
import TesseraCore
import Testing

@Suite struct CodecRegistryTests {
  private func v3(_ name: String, _ configuration: [String: CodecDescription.Value] = [:]) throws
    -> any ByteCodec
  {
    try CodecRegistry.v3(CodecDescription(name: name, configuration: configuration), elementSize: 8)
  }

  private func v2(_ name: String, _ configuration: [String: CodecDescription.Value] = [:]) throws
    -> any ByteCodec
  {
    try CodecRegistry.v2(CodecDescription(name: name, configuration: configuration), elementSize: 8)
  }

  @Test func readsZarrV3Metadata() throws {
    let blosc = try #require(
      try v3(
        "blosc",
        [
          "cname": .string("zstd"), "clevel": .int(3), "shuffle": .string("bitshuffle"), "typesize": .int(4),
          "blocksize": .int(0),
        ]) as? BloscCodec)
    #expect(blosc.compressor == .zstd && blosc.level == 3 && blosc.shuffle == .bit && blosc.typesize == 4)
    #expect(try (v3("gzip", ["level": .int(5)]) as? GzipCodec)?.level == 5)
    let zstd = try v3("zstd", ["level": .int(-3), "checksum": .bool(true)]) as? ZstdCodec
    #expect(zstd?.level == -3 && zstd?.hasChecksum == true)
    #expect(try v3("crc32c") is CRC32CCodec)
    #expect(try v3("numcodecs.lz4", ["acceleration": .int(1)]) is LZ4BlockCodec)
    #expect(try v3("numcodecs.zlib", ["level": .int(9)]) is ZlibCodec)
    #expect(try v3("numcodecs.zstd", ["level": .int(9)]) is ZstdCodec)
    #expect(try v3("numcodecs.gzip") is GzipCodec)
    #expect(try v3("numcodecs.crc32c", ["location": .string("end")]) is CRC32CCodec)
  }

  @Test(arguments: [(0, BloscShuffle.none), (1, .byte), (2, .bit), (-1, .byte)])
  func readsZarrV2Metadata(_ number: Int, _ shuffle: BloscShuffle) throws {
    let blosc = try v2(
      "blosc", ["cname": .string("lz4"), "clevel": .int(5), "shuffle": .int(number), "blocksize": .int(0)])
    #expect((blosc as? BloscCodec)?.shuffle == shuffle)
    #expect((blosc as? BloscCodec)?.typesize == 8)
    #expect(try v2("lz4", ["acceleration": .int(1)]) is LZ4BlockCodec)
    #expect(try v2("zlib", ["level": .int(1)]) is ZlibCodec)
    #expect(try v2("gzip", ["level": .int(1)]) is GzipCodec)
    #expect(try v2("zstd", ["level": .int(1)]) is ZstdCodec)
  }

  @Test func automaticShuffleOfSingleBytesIsByBits() throws {
    let codec = try CodecRegistry.v2(
      CodecDescription(name: "blosc", configuration: ["shuffle": .int(-1)]), elementSize: 1)
    #expect((codec as? BloscCodec)?.shuffle == .bit)
  }

  @Test(
    arguments: [
      ("lzma", [:], "\"lzma\""),
      ("blosc", ["cname": .string("snappy")], "got \"snappy\""),
      ("blosc", ["cname": .string("blosclz")], "lz4, lz4hc, zlib, zstd"),
      ("blosc", ["shuffle": .string("sideways")], "got \"sideways\""),
      ("blosc", ["shuffle": .int(3)], "got 3"),
      ("blosc", ["clevel": .int(10)], "expected 0 to 9, got 10"),
      ("blosc", ["nthreads": .int(10)], "unknown parameter \"nthreads\""),
      ("gzip", ["level": .string("5")], "parameter \"level\": expected 0 to 9, got \"5\""),
      ("gzip", ["level": .other("1.5")], "got 1.5"),
      ("zstd", ["level": .int(23)], "expected -131072 to 22, got 23"),
      ("zstd", ["checksum": .int(1)], "expected true or false, got 1"),
      ("crc32c", ["location": .string("start")], "got \"start\""),
      ("numcodecs.lz4", ["level": .int(1)], "unknown parameter \"level\""),
    ] as [(String, [String: CodecDescription.Value], String)])
  func namesWhatItDoesNotKnow(
    _ name: String, _ configuration: [String: CodecDescription.Value], _ part: String
  ) {
    let error = #expect(throws: TesseraError.self) { try v3(name, configuration) }
    #expect(error?.kind == .unsupported)
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains(name) == true)
  }

  @Test func commandLineNames() throws {
    #expect(try CodecRegistry.named("none", level: nil, elementSize: 4).isEmpty)
    let lz4 = try #require(
      try CodecRegistry.named("lz4", level: nil, elementSize: 4).first as? BloscCodec)
    #expect(lz4.compressor == .lz4 && lz4.shuffle == .byte && lz4.typesize == 4 && lz4.level == 5)
    let smallest = try CodecRegistry.named("lz4", level: 9, elementSize: 4).first as? BloscCodec
    #expect(smallest?.compressor == .lz4hc)
    for name in CodecRegistry.commandLineNames {
      do {
        #expect(try CodecRegistry.named(name, level: nil, elementSize: 4).count == (name == "none" ? 0 : 1))
      } catch let error as TesseraError {
        #expect(error.kind == .unsupported)
        #expect(error.what.contains("-dev and rebuild"))
      }
    }
  }

  @Test(arguments: [
    ("lz4", 0), ("lz4", 10), ("gzip", 10), ("zstd", 23), ("none", 1), ("numcodecs.lz4", 1), ("lz5", 1),
  ])
  func refusesLevels(_ name: String, _ level: Int) {
    let error = #expect(throws: TesseraError.self) {
      try CodecRegistry.named(name, level: level, elementSize: 4)
    }
    #expect(error?.kind == .usage)
    #expect(error?.description.contains(name) == true)
  }

  @Test func features() {
    #expect(CodecRegistry.features.map(\.name) == ["lz4", "zlib", "zstd"])
    #expect(CodecRegistry.features.first { $0.name == "zlib" }?.isAvailable == ((try? Inflater()) != nil))
  }
}
