import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraEngine

@Suite struct TileGridTests {
  @Test(arguments: 0..<300) func everyElementIsInOneContiguousTile(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let lengths = random.shape(rank: 0...4, longest: 7)
    let limit = Int.random(in: 1...60, using: &random)
    let order = NaiveArray(lengths)
    var next = 0
    TileGrid(lengths, limit: limit).forEach { tile in
      #expect(tile.count <= limit && tile.count == tile.lengths.reduce(1, *), "seed \(seed)")
      #expect(tile.offset == next, "seed \(seed)")
      let elements = order.taking(StridedRegion(Region(lower: tile.lower, lengths: tile.lengths))).elements
      #expect(elements == Array(next..<next + tile.count), "seed \(seed)")
      next += tile.count
    }
    #expect(next == order.elements.count, "seed \(seed)")
  }

  @Test func emptyBlocksHaveNoTiles() {
    TileGrid([3, 0, 2], limit: 4).forEach { _ in Issue.record("a tile of nothing") }
  }
}
