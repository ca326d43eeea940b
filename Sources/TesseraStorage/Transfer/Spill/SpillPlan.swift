package import TesseraCore
import TesseraIO

/// A transfer in two passes, over a raw file in between, for where one pass would read the source again and again.
///
/// The first pass moves blocks that the source can give whole, each granule read once; the second moves the very
/// blocks that one pass would have moved, so the result has the same bytes. The file holds what blocks of both
/// have in common (`PieceGrid`), which neither reads or writes in part. After Zhou, Abernathey and others,
/// https://rechunker.readthedocs.io/en/latest/algorithm.html.
package struct SpillPlan: Sendable {
  package let grid: PieceGrid
  /// What the file holds: the narrower of the source's and the sink's.
  package let dtype: DType
  /// From the source into the file.
  package let filling: TransferPlan
  /// From the file to the sink.
  package let emptying: TransferPlan

  /// Bytes of the file.
  package var bytes: Int { filling.bytesWritten }

  /// Below this a second pass cannot pay.
  private static let leastReads = 2.0
  /// Filling new pages of the page cache takes as long as copying about so many out of it. Measured with 1 GiB of
  /// LZ4 chunks on two cores: the file took 2.5 to 3 s, each time that the source was decoded again 0.25 s.
  private static let writingCost = 16.0
  /// A call, and the part of a page that nobody asked for, cost about as much as moving so many bytes.
  private static let bytesPerPiece = 8 << 10

}

extension SpillPlan {
  /// - Parameters:
  ///   - direct: the plan of one pass.
  ///   - available: bytes that the disk has left for the file and the result.
  /// - Returns: nil when one pass is estimated to cost less, or the budget or the disk has no room for two.
  package init?(
    from source: any ArrayDriver, to sink: SinkRequirements, insteadOf direct: TransferPlan,
    options: TransferOptions, available: Int
  ) throws {
    let isForced = options.spilling == .always
    // What is computed at a price, such as a matrix product, may be worth keeping from the second time on.
    let least = (source as? any PricedDriver)?.hasPrice == true ? 1 : SpillPlan.leastReads
    guard options.spilling != .never, isForced || direct.blocks.sourceReads > least else { return nil }
    let from = try source.description.supportedDType()
    let dtype = sink.dtype.itemSize < from.itemSize ? sink.dtype : from
    let second = direct.blocks.block
    for threads in (1...options.threads).reversed() {
      guard let first = try SpillPlan.block(source, dtype, second, threads, options) else { continue }
      let grid = PieceGrid(sink.shape, blocks: first, and: second)
      let filling = try TransferPlan(
        BlockPlan(sink.shape, block: first, granule: source.granule), from: from,
        scratch: source.scratchBytes,
        to: SpillSink.requirements(grid, dtype: dtype), options: options)
      let emptying = try TransferPlan(
        direct.blocks.readOnce, from: dtype, scratch: SpillDriver.scratchBytes(grid, dtype: dtype), to: sink,
        options: options)
      guard let filling, let emptying else { continue }
      (self.grid, self.dtype, self.filling, self.emptying) = (grid, dtype, filling, emptying)
      guard try isForced || cost(source) < SpillPlan.cost(source, direct),
        bytes.saturatingAdd(emptying.bytesWritten) <= available
      else { return nil }
      return
    }
    return nil
  }

  /// Of one pass, in bytes copied from the page cache.
  private static func cost(_ source: any ArrayDriver, _ direct: TransferPlan) throws -> Double {
    let blocks = try BlockPlan(direct.blocks.shape, block: direct.blocks.block, granule: source.leastRead)
    return Double(direct.bytesRead) / direct.blocks.sourceReads * blocks.sourceReads * source.readingCost
  }

  /// Of both, writing the result left out.
  private func cost(_ source: any ArrayDriver) -> Double {
    Double(filling.bytesRead) * source.readingCost + fileCost
  }

  /// Of writing the file and reading it back, in bytes copied from the page cache.
  var fileCost: Double {
    Double(bytes) * (SpillPlan.writingCost + 1) + Double(grid.count) * Double(SpillPlan.bytesPerPiece)
  }

  /// Grows the first pass's block from what the source reads at once, while it fits and makes larger pieces.
  private static func block(
    _ source: any ArrayDriver, _ dtype: DType, _ second: [Int], _ threads: Int, _ options: TransferOptions
  ) throws -> [Int]? {
    let shape = source.description.shape
    let room = try MemoryModel(options).buffers / threads
    let from = try source.description.supportedDType()
    func fits(_ block: [Int]) -> Bool {
      let grid = PieceGrid(shape, blocks: block, and: second)
      let cost = TransferPlan.cost(
        from: [from], scratch: source.scratchBytes, to: [SpillSink.requirements(grid, dtype: dtype)])
      return cost(block) <= room
    }
    var block = zip(source.granule, shape.dimensions).map { min($0, max($1, 1)) }
    guard fits(block) else { return nil }
    while true {
      let grown = block.indices.filter { block[$0] < second[$0] }
        .sorted { Double(block[$0]) / Double(second[$0]) < Double(block[$1]) / Double(second[$1]) }
        .lazy.map { axis -> [Int] in
          var grown = block
          grown[axis] = min(2 * grown[axis], shape[axis])
          return grown
        }
      guard let next = grown.first(where: fits) else { return block }
      block = next
    }
  }
}
