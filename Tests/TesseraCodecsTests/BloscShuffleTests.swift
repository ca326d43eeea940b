import Testing

@testable import TesseraCodecs

@Suite struct BloscShuffleTests {
  /// Straight from the definition.
  private func slow(_ shuffle: BloscShuffle, _ bytes: [UInt8], _ typesize: Int) -> [UInt8] {
    let count = bytes.count / typesize
    var result = bytes
    for i in 0..<count {
      for k in 0..<typesize {
        let byte = bytes[i * typesize + k]
        switch shuffle {
        case .none: break
        case .byte: result[k * count + i] = byte
        case .bit:
          for bit in 0..<8 {
            let position = ((k * 8 + bit) * count + i)
            let mask: UInt8 = 1 << UInt8(position % 8)
            if byte >> UInt8(bit) & 1 == 1 {
              result[position / 8] |= mask
            } else {
              result[position / 8] &= ~mask
            }
          }
        }
      }
    }
    return result
  }

  @Test(arguments: BloscShuffle.allCases, [1, 2, 3, 4, 5, 8, 12, 16, 17, 255])
  func agreesWithTheDefinition(_ shuffle: BloscShuffle, _ typesize: Int) {
    for elements in [0, 1, 7, 8, 15, 16, 17, 40, 130, 136, 1000] {
      for extra in [0, typesize / 2] {
        let bytes = SampleData.noise.bytes(elements * typesize + extra, seed: 31)
        let isBits = shuffle == .bit && (elements == 0 || elements % 8 != 0)
        let expected = isBits ? bytes : slow(shuffle, bytes, typesize)
        let shuffled = run(bytes) { shuffle.apply($0, into: $1, work: $2, typesize: typesize) }
        #expect(shuffled == expected, "\(shuffle) \(typesize) x \(elements) + \(extra)")
        let back = run(shuffled) { shuffle.revert($0, into: $1, work: $2, typesize: typesize) }
        #expect(back == bytes, "\(shuffle) \(typesize) x \(elements) + \(extra)")
      }
    }
  }

  private func run(
    _ bytes: [UInt8],
    _ body: (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer, UnsafeMutableRawBufferPointer) -> Void
  ) -> [UInt8] {
    withExactCopy(of: bytes) { source in
      let work = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
      defer { work.deallocate() }
      return withTarget(bytes.count) {
        body(source, $0, work)
        return bytes.count
      }
    }
  }
}
