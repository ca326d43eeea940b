import TesseraCore
import Testing

/// The message of the `TesseraError` that `body` throws; nil when it throws none.
func thrownMessage(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch let error as TesseraError {
    return "\(error)"
  } catch {
    Issue.record("an error that is no TesseraError: \(error)")
    return nil
  }
}

/// A small seeded generator, SplitMix64: https://prng.di.unimi.it/splitmix64.c
struct SeededBits: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}

extension Array where Element == UInt8 {
  /// The bytes with up to three of them replaced.
  func corrupted(_ random: inout SeededBits) -> [UInt8] {
    var bytes = self
    for _ in 0...Int.random(in: 0..<3, using: &random) where !bytes.isEmpty {
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
    }
    return bytes
  }
}
