import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraStorage

@Suite struct BlockRunsTests {
  /// Of all blocks of a grid, runs are every element once, and stretches are filled exactly.
  @Test(arguments: 0..<60 as Range<UInt64>)
  func blocksOfAGridFillTheArray(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let rank = Int.random(in: 0...4, using: &random)
    let dimensions = (0..<rank).map { _ in Int.random(in: 1...7, using: &random) }
    let block = dimensions.map { Int.random(in: 1...$0, using: &random) }
    let shape = try Shape(dimensions)
    var seen = [Int](repeating: 0, count: shape.count)
    var filled: [Range<Int>: Int] = [:]
    let counts = zip(dimensions, block).map { ($0 + $1 - 1) / $1 }
    Region(counts.map { 0..<$0 }).forEachIndex { number in
      let region = Region(
        zip(zip(number, block), dimensions).map { place, length in
          place.0 * place.1..<min(length, (place.0 + 1) * place.1)
        })
      let runs = BlockRuns(of: region, in: shape)
      var next = 0
      runs.forEachRun { place, part in
        #expect(part.lowerBound == next)
        next = part.upperBound
        for element in place..<place + part.count { seen[element] += 1 }
      }
      #expect(next == region.count)
      runs.forEachStretch { filled[$0, default: 0] += $1 }
    }
    #expect(seen.allSatisfy { $0 == 1 })
    #expect(filled.allSatisfy { $0.key.count == $0.value }, "\(shape) in blocks \(block): \(filled)")
    #expect(filled.reduce(0) { $0 + $1.value } == shape.count)
  }
}
