import TesseraCodecs
import TesseraCore
import Testing

/// What every codec promises; each codec's own suite runs all of it.
struct CodecContract: CustomStringConvertible, Sendable {
  let codec: any ByteCodec

  init(_ codec: any ByteCodec) { self.codec = codec }

  var description: String {
    let parameters = codec.v3.configuration.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return "\(codec.v3.name) \(parameters.joined(separator: " "))"
  }

  /// Runs `body`, or, in a build without the library, checks that the codec says which package to install.
  private func whenAvailable(_ body: () throws -> Void) rethrows {
    do {
      try codec.requireAvailable()
    } catch {
      for attempt in [{ try codec.encode([1, 2, 3]) }, { try codec.decode([1, 2, 3], room: 10) }] {
        let error = #expect(throws: TesseraError.self, "\(self)") { _ = try attempt() }
        // A Blosc frame says for itself what it needs, so three bytes are damage before all else.
        if codec is BloscCodec { continue }
        #expect(error?.kind == .unsupported)
        #expect(error?.what.contains("-dev and rebuild") == true)
      }
      return
    }
    try body()
  }

  func roundTrips() throws {
    try whenAvailable {
      let scratch = CodecScratch()
      for kind in SampleData.allCases {
        for count in [0, 1, 15, 16, 17, 127, 128, 129, 1000, 4099, 65536, 1 << 20 | 1] {
          let bytes = kind.bytes(count, seed: 7)
          let encoded = try codec.encode(bytes, scratch: scratch)
          #expect(encoded.count <= codec.maximumEncodedCount(count), "\(self) \(kind) \(count)")
          if let fixed = codec.fixedEncodedCount(count) { #expect(encoded.count == fixed) }
          let decoded = try codec.decode(encoded, room: count, scratch: scratch)
          #expect(decoded == bytes, "\(self) \(kind) \(count)")
        }
      }
    }
  }

  /// Encoding the same bytes again gives the same bytes, whatever the scratch has seen before.
  func isDeterministic() throws {
    try whenAvailable {
      let bytes = SampleData.floats.bytes(100_000, seed: 1)
      let used = CodecScratch()
      _ = try codec.encode(SampleData.ramp.bytes(300_000, seed: 2), scratch: used)
      #expect(try codec.encode(bytes, scratch: used) == codec.encode(bytes))
    }
  }

  /// Every proper prefix of a frame is refused, or is shorter content, and never harms.
  func survivesTruncation() throws {
    try whenAvailable {
      let scratch = CodecScratch()
      for kind in SampleData.allCases {
        let bytes = kind.bytes(600, seed: 3)
        let encoded = try codec.encode(bytes, scratch: scratch)
        for count in 0..<encoded.count {
          let decoded = outcome { try codec.decode(Array(encoded[..<count]), room: 600, scratch: scratch) }
          #expect(decoded != bytes, "\(self) \(kind) cut to \(count) of \(encoded.count)")
          _ = outcome { try codec.decode(3..<400, of: 600, from: Array(encoded[..<count]), scratch: scratch) }
        }
      }
    }
  }

  /// Whatever the bytes are, decoding throws a `TesseraError` or returns.
  func survivesDamage(seed: UInt64) throws {
    try whenAvailable {
      var generator = SeededGenerator(seed: seed)
      let scratch = CodecScratch()
      for kind in SampleData.allCases {
        for count in [40, 3000, 20000] {
          let encoded = try codec.encode(kind.bytes(count, seed: seed), scratch: scratch)
          for _ in 0..<150 {
            let damaged = damage(encoded, using: &generator)
            let decoded = outcome { try codec.decode(damaged, room: count, scratch: scratch) }
            #expect((decoded?.count ?? 0) <= count, "\(self) seed \(seed)")
            let start = Int.random(in: 0..<count, using: &generator)
            _ = outcome { try codec.decode(start..<count, of: count, from: damaged, scratch: scratch) }
          }
        }
      }
    }
  }

  /// Flips of single bits for the most part; sometimes a run of noise, a cut or a tail.
  private func damage(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    // Headers are where most of the decisions are.
    let end = Bool.random(using: &generator) ? min(32, bytes.count) : bytes.count
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      bytes[Int.random(in: 0..<end, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    }
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
    case 1: bytes.append(contentsOf: SampleData.noise.bytes(20, seed: generator.next()))
    case 2:
      let start = Int.random(in: 0..<end, using: &generator)
      for index in start..<min(start + 4, bytes.count) {
        bytes[index] = generator.next() & 1 == 0 ? 0xFF : 0x7F
      }
    default: break
    }
    return bytes
  }

  /// Content that does not fit the target is corrupt, not a longer write.
  func respectsTarget() throws {
    try whenAvailable {
      for kind in SampleData.allCases {
        for count in [1, 100, 5000] {
          let encoded = try codec.encode(kind.bytes(count, seed: 4))
          for room in [0, count / 2, count - 1] {
            let error = #expect(throws: TesseraError.self, "\(self) \(kind) \(count) into \(room)") {
              try codec.decode(encoded, room: room)
            }
            #expect(error?.kind == .corrupt)
          }
        }
      }
    }
  }

  func decodesInPart(isExpected: Bool) throws {
    try whenAvailable {
      let scratch = CodecScratch()
      for kind in SampleData.allCases {
        for count in [1, 200, 5000, 1_300_000] {
          let bytes = kind.bytes(count, seed: 5)
          let encoded = try codec.encode(bytes, scratch: scratch)
          for range in [0..<0, 0..<count, count / 2..<count, 0..<(count + 1) / 2, count / 3..<count * 5 / 6] {
            let part = try codec.decode(range, of: count, from: encoded, scratch: scratch)
            #expect(part == (isExpected ? Array(bytes[range]) : nil), "\(self) \(kind) \(range) of \(count)")
          }
        }
      }
    }
  }

  /// The metadata a codec writes names the same codec again.
  func describesItself() throws {
    let again = try CodecRegistry.v3(codec.v3, elementSize: 4)
    #expect(again.v3 == codec.v3)
    if let v2 = codec.v2 {
      #expect(try CodecRegistry.v2(v2, elementSize: 4).v2 == v2)
    }
  }

  /// The result of `body`, or nil when it throws a `TesseraError`; any other error is an issue.
  private func outcome<Result>(_ body: () throws -> Result?) -> Result? {
    do {
      return try body()
    } catch is TesseraError {
      return nil
    } catch {
      Issue.record(error)
      return nil
    }
  }

  /// All of the above.
  func check(decodesInPart: Bool = false) throws {
    try roundTrips()
    try isDeterministic()
    try survivesTruncation()
    try survivesDamage(seed: 11)
    try respectsTarget()
    try self.decodesInPart(isExpected: decodesInPart)
    try describesItself()
  }
}
