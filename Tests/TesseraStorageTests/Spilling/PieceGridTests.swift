import TesseraCore
import Testing

@testable import TesseraStorage

@Suite struct PieceGridTests {
  /// By the blocks of either pass the pieces are the same, and fill the file without a gap.
  @Test(arguments: 0..<200 as Range<UInt64>) func bothPassesSeeTheSamePieces(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let rank = Int.random(in: 1...3, using: &generator)
    func lengths(_ most: Int) -> [Int] {
      (0..<rank).map { _ in Int.random(in: 1...most, using: &generator) }
    }
    let shape = try Shape(lengths(12))
    let blocks = [lengths(14), lengths(14)]
    let grid = PieceGrid(shape, blocks: blocks[0], and: blocks[1])
    func pieces(_ block: [Int]) throws -> [Int: Region] {
      let blocks = try ChunkGrid(shape: shape, chunkShape: block)
      var pieces: [Int: Region] = [:]
      for number in 0..<blocks.count {
        let region = blocks.region(blocks.index(ordinal: number))
        var last = -1
        grid.forEachPiece(of: region) { piece, position in
          #expect(region.contains(piece) && position > last, "seed \(seed): \(piece) of \(region)")
          #expect(pieces.updateValue(piece, forKey: position) == nil, "seed \(seed): \(piece)")
          last = position
        }
      }
      return pieces
    }
    let (first, second) = (try pieces(blocks[0]), try pieces(blocks[1]))
    #expect(first == second, "seed \(seed)")
    #expect(first.count == grid.count, "seed \(seed)")
    var end = 0
    for (position, piece) in first.sorted(by: { $0.key < $1.key }) {
      #expect(position == end, "seed \(seed): a gap or an overlap before \(piece)")
      #expect(piece.count <= grid.largestPiece, "seed \(seed)")
      end = position + piece.count
    }
    #expect(end == shape.count, "seed \(seed)")
  }
}
