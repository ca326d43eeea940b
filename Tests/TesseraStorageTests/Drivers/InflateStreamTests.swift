import TesseraCodecs
import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// Random access to a deflated stream against the bytes it was made of.
@Suite(.enabled(if: CodecRegistry.features.contains { $0.name == "zlib" && $0.isAvailable }))
struct InflateStreamTests {
  private static func deflate(_ bytes: [UInt8], level: Int) throws -> [UInt8] {
    let deflater = try Deflater(.raw, level: level)
    var out: [UInt8] = []
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
    defer { piece.deallocate() }
    try bytes.withUnsafeBytes { source in
      var done = 0
      while !deflater.isFinished {
        let step = try deflater.deflate(
          UnsafeRawBufferPointer(rebasing: source[done...]), into: piece, finishing: true)
        done += step.consumed
        out.append(contentsOf: piece[..<step.produced])
      }
    }
    return out
  }

  /// `count` bytes that compress well and differ everywhere: 8-byte counters.
  private static func content(_ count: Int, seed: UInt64) -> [UInt8] {
    var random = SeededGenerator(seed: seed)
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      var run = random.next()
      for position in stride(from: 0, to: count & ~7, by: 8) {
        if position & 0xFFFF == 0 { run = random.next() }
        raw.storeBytes(of: run &+ UInt64(position >> 12), toByteOffset: position, as: UInt64.self)
      }
      for position in count & ~7..<count { raw[position] = 7 }
      initialized = count
    }
  }

  private func stream(_ folder: TemporaryFolder, _ content: [UInt8], level: Int = 1, crc: UInt32? = nil)
    throws -> InflateStream
  {
    let deflated = try InflateStreamTests.deflate(content, level: level)
    // Something before and after, which is not the stream's.
    let file = try folder.write("stream", [1, 2, 3] + deflated + [UInt8](repeating: 0xFF, count: 50))
    let checksum = content.withUnsafeBytes { CRC32.checksum($0) }
    return try InflateStream(
      File(file), compressed: 3..<3 + deflated.count, count: content.count, crc: crc ?? checksum)
  }

  private func read(_ stream: InflateStream, _ range: Range<Int>) throws -> [UInt8] {
    var target = [UInt8](repeating: 0, count: range.count)
    try target.withUnsafeMutableBytes { try stream.read(at: range.lowerBound, into: $0) }
    return target
  }

  @Test(arguments: [0, 1, 9])
  func smallStreamsInAnyOrder(_ level: Int) throws {
    let folder = try TemporaryFolder()
    let content = InflateStreamTests.content(100_003, seed: 1)
    let stream = try stream(folder, content, level: level)
    var random = SeededGenerator(seed: UInt64(level))
    for _ in 0..<150 {
      let start = Int.random(in: 0...content.count, using: &random)
      let range = start..<Int.random(in: start...min(content.count, start + 5000), using: &random)
      if try read(stream, range) != Array(content[range]) { Issue.record("level \(level): \(range)") }
    }
    #expect(try read(stream, 0..<content.count) == content)
  }

  /// So many checkpoints that they are thinned several times, with jumps both ways in between.
  @Test func checkpointsAreThinnedAndStillLeadToTheRightBytes() throws {
    let folder = try TemporaryFolder()
    // Zeros, quick to make, with marks that tell where one is.
    var content = [UInt8](repeating: 0, count: (200 << 20) + 5)
    for position in stride(from: 0, to: content.count, by: 1009) {
      content[position] = UInt8(truncatingIfNeeded: position >> 10)
    }
    let stream = try stream(folder, content)
    var random = SeededGenerator(seed: 3)
    var position = 0
    while position < content.count {
      let range = position..<min(content.count, position + 3000)
      if try read(stream, range) != Array(content[range]) { Issue.record("forwards: \(range)") }
      position += 7 << 20
    }
    for _ in 0..<12 {
      let start = Int.random(in: 0...content.count - 5000, using: &random)
      let range = start..<start + 5000
      if try read(stream, range) != Array(content[range]) { Issue.record("seed 3: \(range)") }
    }
    #expect(try read(stream, content.count - 5..<content.count) == Array(content.suffix(5)))
  }

  @Test func readsOutsideTheMemberAreErrors() throws {
    let folder = try TemporaryFolder()
    let stream = try stream(folder, InflateStreamTests.content(1000, seed: 4))
    for (offset, count) in [(-1, 1), (1000, 1), (999, 2), (Int.max, 1), (0, 1001)] {
      var target = [UInt8](repeating: 0, count: count)
      #expect(
        tesseraError { try target.withUnsafeMutableBytes { try stream.read(at: offset, into: $0) } } != nil)
    }
    #expect(try read(stream, 1000..<1000) == [])
  }

  @Test func aWrongChecksumShowsWhenAllWasRead() throws {
    let folder = try TemporaryFolder()
    let content = InflateStreamTests.content(50_000, seed: 5)
    let stream = try stream(folder, content, crc: 12345)
    #expect(try read(stream, 0..<100) == Array(content[..<100]))
    let error = tesseraError { _ = try read(stream, 0..<content.count) }
    #expect(error?.description.contains("CRC-32") == true)
  }

  /// A failed read leaves a stream that can be read again.
  @Test func faultsWhileReadingPass() throws {
    let folder = try TemporaryFolder()
    let content = InflateStreamTests.content(3 << 20, seed: 6)
    let stream = try stream(folder, content, level: 0)
    for number in 0..<12 {
      let fault = FaultInjector([.read], failing: number, code: 5)
      let error = tesseraError {
        try FaultInjector.$current.withValue(fault) { _ = try read(stream, 0..<content.count) }
      }
      #expect(error?.kind == .system(5) || fault.count <= number)
      let range = 1_000_000..<1_000_100
      #expect(try read(stream, range) == Array(content[range]))
    }
    #expect(try read(stream, 0..<content.count) == content)
  }

  @Test func shortenedAndDamagedStreamsThrow() throws {
    let folder = try TemporaryFolder()
    let content = InflateStreamTests.content(20_000, seed: 7)
    let deflated = try InflateStreamTests.deflate(content, level: 6)
    let checksum = content.withUnsafeBytes { CRC32.checksum($0) }
    for length in stride(from: 0, to: deflated.count, by: 7) {
      let file = try File(folder.write("short", Array(deflated[..<length])))
      let stream = try InflateStream(file, compressed: 0..<length, count: content.count, crc: checksum)
      #expect(
        tesseraError { _ = try read(stream, 0..<content.count) } != nil,
        "\(length) of \(deflated.count) bytes")
    }
    var random = SeededGenerator(seed: 8)
    for round in 0..<300 {
      var damaged = deflated
      damaged[Int.random(in: 0..<damaged.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
      let file = try File(folder.write("damaged", damaged))
      let stream = try InflateStream(file, compressed: 0..<damaged.count, count: content.count, crc: checksum)
      var bytes: [UInt8] = []
      let error = tesseraError { bytes = try read(stream, 0..<content.count) }
      // Bits that no decoder looks at may differ without harm.
      if error == nil, bytes != content { Issue.record("seed 8, round \(round): damage was not noticed") }
    }
  }
}
