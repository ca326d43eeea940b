import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraEngine

@Suite struct ReductionWalkTests {
  /// Every element of a tile goes to its kept position, with its position along what is reduced.
  @Test(arguments: 0..<400) func elementsFallWhereANaiveLoopPutsThem(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let shape = random.shape(rank: 1...5, longest: 5)
    let axes = Set(shape.indices.filter { _ in Bool.random(using: &random) })
    let chunk = shape.map { Int.random(in: 1...$0, using: &random) }
    let kept = try KeptGrid(ChunkGrid(shape: Shape(shape), chunkShape: chunk), axes: axes)
    let steps = kept.steps(chunk)
    let countsPositions = Bool.random(using: &random)
    // A tile of the block: as TileGrid cuts it, contiguous.
    var tile = chunk
    let cut = Int.random(in: 0..<tile.count, using: &random)
    for axis in 0..<cut { tile[axis] = 1 }
    tile[cut] = Int.random(in: 1...tile[cut], using: &random)
    let walk = ReductionWalk(tile, isKept: kept.isKept, steps: steps, countsPositions: countsPositions)

    var found = [[Int]](repeating: [], count: tile.reduce(1, *))
    walk.forEachPlane(kept: 0, position: 0) { element, first, position in
      for row in 0..<walk.rows {
        for column in 0..<walk.columns {
          let (place, along) = walk.form == .columns ? (column, row) : (row, column)
          found[element + row * walk.columns + column] += [first + place, position + along * walk.step]
        }
      }
    }
    var number = 0
    Region(tile.map { 0..<$0 }).forEachIndex { index in
      let expectedPlace = index.indices.reduce(0) { $0 + (kept.isKept[$1] ? index[$1] * steps[$1] : 0) }
      let expectedPosition = index.indices.reduce(0) { $0 + (kept.isKept[$1] ? 0 : index[$1] * steps[$1]) }
      #expect(found[number].count == 2, "element \(index) of \(tile), seed \(seed)")
      #expect(found[number].first == expectedPlace, "element \(index) of \(tile), seed \(seed)")
      if countsPositions, !axes.isEmpty {
        #expect(found[number].last == expectedPosition, "element \(index) of \(tile), seed \(seed)")
      }
      number += 1
    }
  }
}
