import TesseraCore
import TesseraIO

/// How one array will be read and written: pure, printable, made before the first byte is read.
package struct TransferPlan: Sendable {
  package let blocks: BlockPlan
  package let threads: Int
  package let bytesRead: Int
  package let bytesWritten: Int
  package let predictedPeak: Int
  package let window: Int

  /// - Throws: `.memory` when no block fits the budget, naming the least budget that would do.
  package init(from source: any ArrayDriver, to sink: SinkRequirements, options: TransferOptions) throws {
    let model = try MemoryModel(options)
    let dtype = try source.description.supportedDType()
    let cost = TransferPlan.cost(from: dtype, scratch: source.scratchBytes, to: sink)
    func plan(bytes: Int) throws -> BlockPlan? {
      try BlockPlan(
        sink.shape, unit: sink.unit, fileShape: sink.fileShape, granule: source.granule,
        isContiguous: sink.isContiguous, itemSize: max(dtype.itemSize, sink.dtype.itemSize),
        limits: .init(bytes: bytes, leastBytes: TransferPlan.leastBlockBytes, cost: cost))
    }
    // Fewer threads rather than none.
    for threads in (1...options.threads).reversed() {
      guard let blocks = try plan(bytes: model.buffers / threads) else { continue }
      self.init(blocks, threads: threads, costing: cost(blocks.block), from: dtype, to: sink, model)
      return
    }
    // The sink's unit is what does not fit.
    let unit = zip(sink.unit, sink.shape.dimensions).map { min($0, max($1, 1)) }
    throw TesseraError(
      .memory, "memory budget is too small for chunks of \(Shape.describe(unit))",
      expected: model.leastArgument(buffers: cost(unit)),
      got: ByteSize.format(options.memory))
  }

  /// With blocks that were chosen before.
  ///
  /// - Parameters:
  ///   - dtype: what the source gives.
  ///   - scratch: what one reader of the source needs beyond the block.
  /// - Returns: nil when not even one fits the budget.
  init?(
    _ blocks: BlockPlan, from dtype: DType, scratch: Int, to sink: SinkRequirements, options: TransferOptions
  ) throws {
    let model = try MemoryModel(options)
    let cost = TransferPlan.cost(from: dtype, scratch: scratch, to: sink)(blocks.block)
    guard cost <= model.buffers else { return nil }
    let threads = min(options.threads, model.buffers / max(1, cost))
    self.init(blocks, threads: threads, costing: cost, from: dtype, to: sink, model)
  }

  private init(
    _ blocks: BlockPlan, threads: Int, costing cost: Int, from dtype: DType, to sink: SinkRequirements,
    _ model: MemoryModel
  ) {
    self.blocks = blocks
    self.threads = max(1, min(threads, blocks.count))
    window = model.window
    predictedPeak = model.predictedPeak(buffers: cost.saturatingMultiply(self.threads))
    let bytes = sink.shape.count * dtype.itemSize
    let read = Double(bytes) * blocks.sourceReads
    bytesRead = read < 1e18 ? Int(read) : Int.max
    bytesWritten = sink.shape.count * sink.dtype.itemSize
  }

  /// Bytes that one thread needs to move a block of a shape.
  static func cost(
    from dtype: DType, scratch: Int, to sink: SinkRequirements
  ) -> @Sendable (_ block: [Int]) -> Int {
    let isCast = dtype != sink.dtype
    return { block in
      let loaded = block.saturatingProduct(dtype.itemSize)
      let converted = isCast ? block.saturatingProduct(sink.dtype.itemSize) : 0
      return loaded.saturatingAdd(converted).saturatingAdd(sink.scratchBytes(block)).saturatingAdd(scratch)
    }
  }

  /// Below this, what a block costs beside its bytes begins to show.
  private static let leastBlockBytes = 1 << 20
}
