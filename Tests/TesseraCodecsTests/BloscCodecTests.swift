import Glibc
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraCodecs

@Suite struct BloscCodecTests {
  static let contracts = BloscCompressor.allCases.flatMap { compressor in
    BloscShuffle.allCases.flatMap { shuffle in
      (compressor == .lz4 ? [1, 4, 7, 16] : [4]).map { typesize in
        let level = compressor == .lz4hc || compressor == .zstd ? 1 : 5
        return CodecContract(BloscCodec(compressor, level: level, shuffle: shuffle, elementSize: typesize))
      }
    }
  }

  @Test(arguments: sampled(0..<contracts.count, every: 2).map { BloscCodecTests.contracts[$0] })
  func contract(_ contract: CodecContract) throws {
    try contract.check(decodesInPart: true)
  }

  @Test(arguments: [0, 1, 9])
  func levels(_ level: Int) throws {
    try CodecContract(BloscCodec(level: level, elementSize: 4)).check(decodesInPart: true)
  }

  /// Sizes are signed numbers of 32 bits; the frame is mapped, and next to nothing of it is in memory.
  @Test func framesOfTwoGibibytesAreRefused() throws {
    let count = (1 << 31) + 24
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    let address = mmap(nil, count, PROT_READ | PROT_WRITE, flags, -1, 0)
    try #require(address != MAP_FAILED)
    defer { munmap(address, count) }
    let frame = UnsafeMutableRawBufferPointer(start: address, count: count)
    frame.copyBytes(from: [2, 1, 0x30, 4])
    for (offset, value) in [(4, 4096), (8, 4096), (12, count), (16, 20), (20, 1 << 31)] {
      frame.storeBytes(of: UInt32(value).littleEndian, toByteOffset: offset, as: UInt32.self)
    }
    let error = #expect(throws: TesseraError.self) { try BloscHeader(UnsafeRawBufferPointer(frame)) }
    #expect(error?.kind == .corrupt)
  }

  /// Small blocks: many offsets, a short last block, and parts that span several.
  @Test(arguments: [1, 100, 1024, 4096])
  func blockSizes(_ size: Int) throws {
    try CodecContract(BloscCodec(elementSize: 4, blockSize: size)).roundTrips()
    try CodecContract(BloscCodec(elementSize: 4, blockSize: size)).decodesInPart(isExpected: true)
    try CodecContract(BloscCodec(elementSize: 4, blockSize: size)).survivesDamage(seed: 12)
  }

  /// Whole elements within blocks of byte planes: planes are decoded as far as they are wanted, stored ones not at all.
  @Test(arguments: [2, 4, 8, 16]) func elementsOfBlocks(_ typesize: Int) throws {
    var random = SeededGenerator(seed: UInt64(typesize))
    let scratch = CodecScratch()
    for compressor in BloscCompressor.allCases where (try? compressor.requireAvailable()) != nil {
      let codec = BloscCodec(compressor, level: 1, elementSize: typesize, blockSize: 8192)
      for kind in SampleData.allCases {
        let elements = 40_000 / typesize
        let bytes = kind.bytes(elements * typesize, seed: 8)
        let frame = try codec.encode(bytes, scratch: scratch)
        for _ in 0..<40 {
          let first = Int.random(in: 0..<elements, using: &random)
          let last = Int.random(in: first..<elements, using: &random)
          let range = first * typesize..<(last + 1) * typesize
          let part = try codec.decode(range, of: bytes.count, from: frame, scratch: scratch)
          #expect(part == Array(bytes[range]), "\(compressor) \(kind) \(range)")
        }
      }
    }
  }

  @Test(arguments: Fixture.all("blosc").filter { !$0.name.contains("blosclz") })
  func readsFramesOfCBlosc(_ fixture: Fixture) throws {
    do {
      let header = try fixture.frame.withUnsafeBytes { try BloscHeader($0) }
      if !header.isStored && header.decodedCount > 0 {
        try BloscCompressor.allCases.first { $0.format == header.format }?.requireAvailable()
      }
    } catch let error as TesseraError {
      #expect(error.kind == .unsupported)
      return
    }
    let count = fixture.content.count
    let codec = BloscCodec(elementSize: 1)
    #expect(try codec.decode(fixture.frame, room: count) == fixture.content)
    for range in [count / 3..<count, 0..<count / 2, count / 2..<count / 2] {
      #expect(try codec.decode(range, of: count, from: fixture.frame) == Array(fixture.content[range]))
    }
  }

  @Test func hasFixtures() {
    #expect(Fixture.all("blosc").count > 100)
  }

  /// Every header byte of somebody else's frame takes every value.
  @Test(arguments: Fixture.all("blosc").filter { $0.content.count < 2000 })
  func survivesAnyHeader(_ fixture: Fixture) throws {
    let scratch = CodecScratch()
    let codec = BloscCodec(elementSize: 1)
    for position in 0..<min(24, fixture.frame.count) {
      for value in UInt8.min...UInt8.max {
        var frame = fixture.frame
        frame[position] = value
        do {
          let decoded = try codec.decode(frame, room: fixture.content.count, scratch: scratch)
          #expect(decoded.count <= fixture.content.count)
        } catch let error as TesseraError {
          #expect([.corrupt, .unsupported].contains(error.kind))
        }
      }
    }
  }

  @Test func namesCompressorsItCannotRead() throws {
    let fixture = try #require(Fixture.all("blosc-blosclz").first)
    let error = #expect(throws: TesseraError.self) {
      try BloscCodec(elementSize: 1).decode(fixture.frame, room: fixture.content.count)
    }
    #expect(error?.kind == .unsupported)
    #expect(
      error?.description == "Blosc frame: compressor: expected lz4, lz4hc, zlib or zstd, got blosclz")
  }

  @Test func writesTheDocumentedHeader() throws {
    let frame = try BloscCodec(elementSize: 4).encode([UInt8](repeating: 0, count: 1000))
    #expect(Array(frame[..<12]) == [2, 1, 0x21, 4, 0xE8, 3, 0, 0, 0xE8, 3, 0, 0])
    let empty = try BloscCodec(elementSize: 4).encode([])
    #expect(empty == [2, 1, 0x33, 4, 0, 0, 0, 0, 1, 0, 0, 0, 16, 0, 0, 0])
  }

  @Test func refusesMoreThanAFrameHolds() throws {
    // Address space alone: nothing of it is ever touched.
    let count = Int(Int32.max) - 15
    let source = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 4096)
    defer { source.deallocate() }
    let error = #expect(throws: TesseraError.self) {
      try BloscCodec(elementSize: 4).encode(
        UnsafeRawBufferPointer(source), into: source, scratch: CodecScratch())
    }
    #expect(error?.kind == .unsupported)
    #expect(error?.got == "2147483632")
  }

  /// A frame whose size differs from the one expected for the chunk cannot be read in part.
  @Test func checksTheSizeBeforeReadingInPart() throws {
    let frame = try BloscCodec(elementSize: 4).encode([UInt8](repeating: 1, count: 1000))
    let error = #expect(throws: TesseraError.self) {
      try BloscCodec(elementSize: 4).decode(0..<10, of: 1004, from: frame)
    }
    #expect(error?.kind == .corrupt)
  }

  /// Repeated rows of noise are compressible although no short sample shows it.
  @Test(arguments: [400, 12_000, 60_000, 160_000], [UInt64(9), 10, 11])
  func compressesRepeatedRows(_ rowCount: Int, _ seed: UInt64) throws {
    let row = SampleData.noise.bytes(rowCount, seed: seed)
    // Joining would go byte by byte, which takes seconds without optimisation.
    var bytes: [UInt8] = []
    for _ in 0..<2_000_000 / rowCount { bytes += row }
    let frame = try BloscCodec(elementSize: 4).encode(bytes)
    #expect(frame.count * 2 < bytes.count, "seed \(seed)")
  }

  @Test func storesNoise() throws {
    let bytes = SampleData.noise.bytes(1 << 20, seed: 10)
    let frame = try BloscCodec(elementSize: 4).encode(bytes)
    #expect(frame.count == bytes.count + 16)
    #expect(frame[2] & 0x02 != 0)
  }

  @Test(arguments: [(4, 12_582_912), (4, 10_000_000), (8, 3_000_000), (3, 1_000_000), (16, 40_000_000)])
  func cutsChunksEvenly(_ typesize: Int, _ count: Int) throws {
    let size = BloscBlockSize.choose(for: BloscCodec(elementSize: typesize), count: count)
    #expect(size <= count)
    #expect(count % typesize != 0 || count % size == 0)
    #expect(size % typesize == 0 || size == count)
  }
}
