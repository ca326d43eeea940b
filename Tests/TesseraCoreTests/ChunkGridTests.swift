import Testing

@testable import TesseraCore

@Suite struct ChunkGridTests {
  /// Random shapes and chunk shapes, each element followed to its chunk by division.
  @Test(arguments: 0..<40)
  func agreesWithDivision(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let rank = Int.random(in: 0...3, using: &random)
    let shape = try Shape((0..<rank).map { _ in Int.random(in: 0...9, using: &random) })
    let chunk = (0..<rank).map { _ in Int.random(in: 1...11, using: &random) }
    let grid = try ChunkGrid(shape: shape, chunkShape: chunk)
    let note = Comment("seed \(seed): shape \(shape), chunks \(chunk)")

    var members: [[Int]: Set<[Int]>] = [:]
    Region(shape).forEachIndex { element in
      members[zip(element, chunk).map { $0 / $1 }, default: []].insert(element)
    }
    #expect(grid.count == members.count, note)
    for ordinal in 0..<grid.count {
      let index = grid.index(ordinal: ordinal)
      #expect(grid.ordinal(index) == ordinal, note)
      var elements: Set<[Int]> = []
      grid.region(index).forEachIndex { elements.insert($0) }
      #expect(elements == members[index], note)
      #expect(grid.fullRegion(index).lengths == chunk, note)
    }
  }

  @Test(arguments: 0..<40)
  func findsTheChunksThatARegionTouches(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let rank = Int.random(in: 1...3, using: &random)
    let shape = try Shape((0..<rank).map { _ in Int.random(in: 1...9, using: &random) })
    let chunk = (0..<rank).map { _ in Int.random(in: 1...5, using: &random) }
    let grid = try ChunkGrid(shape: shape, chunkShape: chunk)
    let region = Region(
      shape.dimensions.map { length in
        let lower = Int.random(in: 0..<length, using: &random)
        return lower..<Int.random(in: lower...length, using: &random)
      })
    var expected: Set<[Int]> = []
    region.forEachIndex { element in expected.insert(zip(element, chunk).map { $0 / $1 }) }
    var touched: Set<[Int]> = []
    grid.chunks(touching: region).forEachIndex { touched.insert($0) }
    #expect(touched == expected, "seed \(seed): \(region) of \(shape) in \(chunk)")
  }

  @Test(arguments: [[0], [-1], [1, 1], [], [Int.max], [1 << 60]])
  func refusesChunkShapes(_ chunk: [Int]) throws {
    let shape = try Shape([10])
    #expect(throws: TesseraError.self) { try ChunkGrid(shape: shape, chunkShape: chunk) }
  }

  @Test func hugeShapesAndChunksDoNotOverflow() throws {
    let grid = try ChunkGrid(shape: Shape([1 << 58]), chunkShape: [(1 << 58) - 1])
    #expect(grid.counts == [2])
    #expect(grid.region([1]).lengths == [1])
    #expect(try ChunkGrid(shape: Shape([]), chunkShape: []).count == 1)
  }
}
