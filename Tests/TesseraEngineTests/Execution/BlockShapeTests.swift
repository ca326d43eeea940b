import TesseraCore
import TesseraStorage
import TesseraTestSupport
import Testing

@testable import TesseraEngine

@Suite struct BlockShapeTests {
  @Test(arguments: 0..<200) func blocksAreWithinBoundsAndOfWholeChunks(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let shape = (0..<Int.random(in: 0...4, using: &random)).map { _ in
      Int.random(in: 0...3000, using: &random)
    }
    let chunks = shape.map { Int.random(in: 1...max(1, min($0, 300)), using: &random) }
    let dtype = DType.allCases.randomElement(using: &random)!
    let stub = try ChunkedStub(shape, dtype, chunks: chunks)
    let program = try Lowering.program([stub.array.node], over: Shape(shape))
    let block = BlockShape.choose(program, over: try Shape(shape))
    #expect(block.count == shape.count)
    for axis in shape.indices {
      #expect((1...max(1, shape[axis])).contains(block[axis]), "axis \(axis), seed \(seed)")
      let isWhole = block[axis] == max(1, shape[axis])
      if chunks.saturatingProduct(dtype.itemSize) <= 16 << 20 {
        #expect(isWhole || block[axis] % chunks[axis] == 0, "axis \(axis), seed \(seed)")
      }
    }
    let chunkBytes = chunks.saturatingProduct(dtype.itemSize)
    #expect(block.saturatingProduct(dtype.itemSize) <= max(BlockShape.bytes, chunkBytes), "seed \(seed)")
    #expect(stub.reads.load(ordering: .relaxed) == 0)
  }

  /// Blocks that are cut are of whole chunks, or even parts of one where that is no less than half of what fits.
  @Test func cutBlocksDivideChunks() throws {
    func rows(ofChunks chunk: Int, cutTo room: Int) throws -> Int {
      let shape = try Shape([10_000, 100])
      let stub = try ChunkedStub(shape.dimensions, .float32, chunks: [chunk, 100])
      let program = try Lowering.program([stub.array.node], over: shape)
      return BlockShape.chooseCut(program, over: shape, whole: [1], most: room * 400)[0]
    }
    #expect(try rows(ofChunks: 1000, cutTo: 1000) == 1000)
    #expect(try rows(ofChunks: 1000, cutTo: 999) == 500)
    #expect(try rows(ofChunks: 1000, cutTo: 300) == 250)
    #expect(try rows(ofChunks: 100, cutTo: 250) == 200)
    #expect(try rows(ofChunks: 1009, cutTo: 300) == 300)
    #expect(try rows(ofChunks: 1000, cutTo: 1) == 1)
  }

  @Test(arguments: 0..<50) func blocksAndLeavesDependOnTheLayoutAlone(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let shape = (0..<Int.random(in: 1...3, using: &random)).map { _ in
      Int.random(in: 1...4000, using: &random)
    }
    let chunks = shape.map { Int.random(in: 1...min($0, 50), using: &random) }
    let x = try ChunkedStub(shape, .float32, chunks: chunks).array
    let outputs = [try x.sum(axis: 0).node, try x.std().node]
    var cuts: Set<[[Int]]> = []
    for threads in [1, 2, 7] {
      for memory in [512 << 20, 1 << 30, 64 << 30] {
        let options = TransferOptions(memory: memory, threads: threads)
        let passes = try Evaluation(outputs, options: options).plan()
        cuts.insert(passes.map { $0.grid.chunkShape + [$0.blocksPerLeaf] })
      }
    }
    #expect(cuts.count == 1, "seed \(seed)")
  }
}
