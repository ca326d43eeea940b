import TesseraTestSupport
import Testing

@testable import TesseraCodecs

/// The bit that explains a wrong checksum.
@Suite struct CRC32CCorrectionTests {
  private func flippedBit(_ bytes: [UInt8], _ stored: UInt32) -> Int? {
    bytes.withUnsafeBytes { CRC32C.flippedBit(in: $0, stored: stored) }
  }

  private func checksum(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { CRC32C.checksum($0) } }

  @Test(arguments: [1, 2, 16, 67])
  func everyFlippedBitIsFound(_ count: Int) {
    var random = SeededGenerator(seed: UInt64(count))
    let bytes = random.bytes(count)
    let stored = checksum(bytes)
    #expect(flippedBit(bytes, stored) == nil)
    for bit in 0..<8 * count {
      var damaged = bytes
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(flippedBit(damaged, stored) == bit)
    }
    for bit in 0..<32 { #expect(flippedBit(bytes, stored ^ (1 << UInt32(bit))) == 8 * count) }
  }

  /// Any two flipped bits, in the bytes or the checksum, are told from one: the distance of the code is 4.
  @Test func twoFlippedBitsAreNeverTakenForOne() {
    let bytes = (0..<20).map { UInt8($0 * 11) }
    let stored = checksum(bytes)
    let bits = 8 * bytes.count
    for first in 0..<bits + 32 {
      for second in 0..<first {
        var (damaged, sum) = (bytes, stored)
        for bit in [first, second] {
          if bit < bits { damaged[bit / 8] ^= 1 << UInt8(bit % 8) } else { sum ^= 1 << UInt32(bit - bits) }
        }
        if let found = flippedBit(damaged, sum) {
          Issue.record("bits \(first) and \(second) were taken for \(found)")
        }
      }
    }
  }

  @Test func nothing() { #expect(flippedBit([], 0) == nil) }
}
