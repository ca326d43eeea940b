import TesseraCore
import Testing

@testable import TesseraKernels

@Test(arguments: [1, 2, 4, 8, 16])
func fillRepeatsThePatternAndNothingElse(itemSize: Int) {
  for (seed, count) in [0, 1, 2, 3, 31, 512, 513, 5000, 9001].enumerated() {
    var random = SeededGenerator(seed: UInt64(seed))
    for pattern in [[UInt8](repeating: 0, count: itemSize), random.bytes(itemSize)] {
      var memory = [UInt8](repeating: 0xA5, count: count * itemSize + 2)
      memory.withUnsafeMutableBytes { memory in
        pattern.withUnsafeBytes { Fill.fill(memory.baseAddress! + 1, count: count, pattern: $0) }
      }
      let repeated = (0..<count).flatMap { _ in pattern }
      let expected: [UInt8] = [0xA5] + repeated + [0xA5]
      #expect(memory == expected, "seed \(seed) count \(count)")
    }
  }
}

@Test(arguments: [1, 2, 4, 8, 16])
func isFilledSeesEveryBit(itemSize: Int) {
  let count = 77
  var random = SeededGenerator(seed: UInt64(itemSize))
  let pattern = random.bytes(itemSize)
  var memory = (0..<count).flatMap { _ in pattern }
  func isFilled(_ count: Int) -> Bool {
    memory.withUnsafeBytes { memory in
      pattern.withUnsafeBytes { Fill.isFilled(memory.baseAddress!, count: count, pattern: $0) }
    }
  }
  #expect(isFilled(count))
  for place in memory.indices {
    memory[place] ^= 0x10
    #expect(!isFilled(count), "byte \(place)")
    #expect(isFilled(place / itemSize), "the elements before byte \(place)")
    memory[place] ^= 0x10
  }
}

@Test func isFilledComparesBits() {
  let zero = [0.0]
  let negative = [-0.0]
  let nan = [Double.nan, Double.nan]
  zero.withUnsafeBytes { pattern in
    #expect(negative.withUnsafeBytes { !Fill.isFilled($0.baseAddress!, count: 1, pattern: pattern) })
  }
  nan.withUnsafeBytes { memory in
    let pattern = UnsafeRawBufferPointer(rebasing: memory[..<8])
    #expect(Fill.isFilled(memory.baseAddress!, count: 2, pattern: pattern))
  }
}
