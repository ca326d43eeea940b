import TesseraCore
import TesseraIO

/// How an array, or several in step, will be read and written: pure, printable, made before the first byte is read.
package struct TransferPlan: Sendable {
  package let blocks: BlockPlan
  package let threads: Int
  package let bytesRead: Int
  package let bytesWritten: Int
  package let predictedPeak: Int
  package let window: Int

  /// - Throws: `.memory` when no block fits the budget, naming the least budget that would do.
  package init(from source: any ArrayDriver, to sink: SinkRequirements, options: TransferOptions) throws {
    try self.init(from: ArraySource(source), to: [sink], options: options)
  }

  /// The same for several arrays of one shape, each to a sink of its own.
  ///
  /// - Throws: `.memory` when no block of all of them fits the budget.
  package init(from source: any BlockSource, to sinks: [SinkRequirements], options: TransferOptions) throws {
    let form = BlockForm(sinks)
    let priced = (source as? ArraySource)?.driver as? any PricedDriver
    let mapsNothing = priced.map { $0.hasPrice && $0.mapsNothing } ?? false
    let share = mapsNothing ? MemoryModel.smallWindowShare : MemoryModel.windowShare
    let model = try MemoryModel(options, windowShare: share)
    let scratch = source.scratchBytes
    let cost = TransferPlan.cost(
      from: source.dtypes, scratch: { priced?.scratchBytes(reading: $0) ?? scratch }, to: sinks)
    let itemSize = (source.dtypes + sinks.map(\.dtype)).map(\.itemSize).max() ?? 1
    let least = TransferPlan.leastBytes(of: source)
    func plan(bytes: Int, threads: Int) throws -> BlockPlan? {
      let limits = BlockPlan.Limits(bytes: bytes, leastBytes: least, cost: cost)
      if let priced, priced.hasPrice,
        let blocks = try BlockPlan(pricing: priced, threads: threads, to: sinks[0], limits: limits)
      {
        return blocks
      }
      return try BlockPlan(
        source.shape, unit: form.unit, fileShape: form.fileShape, granule: source.granule,
        isContiguous: form.isContiguous, itemSize: itemSize, limits: limits)
    }
    // Fewer threads rather than none.
    for threads in (1...options.threads).reversed() {
      guard let blocks = try plan(bytes: model.buffers / threads, threads: threads) else { continue }
      self.init(
        blocks, threads: threads, costing: cost(blocks.block), loading: source.loadedBytes, to: sinks, model)
      return
    }
    // The sinks' unit is what does not fit, or, with very many small chunks, what is kept of a shard.
    let unit = zip(form.unit, source.shape.dimensions).map { min($0, max($1, 1)) }
    let kept = sinks.reduce(0) { $0.saturatingAdd($1.keptBytes) }
    let shard = form.fileShape.flatMap { kept > cost(unit) / 2 ? $0 : nil }
    let what = shard.map { "shards of \(Shape.describe($0))" } ?? "chunks of \(Shape.describe(unit))"
    throw model.tooSmall(for: what, buffers: cost(unit))
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
    let cost = TransferPlan.cost(from: [dtype], scratch: scratch, to: [sink])(blocks.block)
    guard cost <= model.buffers else { return nil }
    let threads = min(options.threads, model.buffers / max(1, cost))
    let loaded = sink.shape.count * dtype.itemSize
    self.init(blocks, threads: threads, costing: cost, loading: loaded, to: [sink], model)
  }

  private init(
    _ blocks: BlockPlan, threads: Int, costing cost: Int, loading loaded: Int, to sinks: [SinkRequirements],
    _ model: MemoryModel
  ) {
    self.blocks = blocks
    self.threads = max(1, min(threads, blocks.count))
    window = model.window
    predictedPeak = model.predictedPeak(buffers: cost.saturatingMultiply(self.threads))
    let read = Double(loaded) * blocks.sourceReads
    bytesRead = read < 1e18 ? Int(read) : Int.max
    bytesWritten = sinks.reduce(0) { $0.saturatingAdd($1.shape.count.saturatingMultiply($1.dtype.itemSize)) }
  }

  /// Bytes that one thread needs to move a block of a shape: all arrays are loaded, then stored one after another.
  static func cost(
    from dtypes: [DType], scratch: Int, to sinks: [SinkRequirements]
  ) -> @Sendable (_ block: [Int]) -> Int {
    cost(from: dtypes, scratch: { _ in scratch }, to: sinks)
  }

  /// The same of a source that needs more for some blocks than for others.
  private static func cost(
    from dtypes: [DType], scratch: @escaping @Sendable ([Int]) -> Int, to sinks: [SinkRequirements]
  ) -> @Sendable (_ block: [Int]) -> Int {
    let kept = sinks.reduce(0) { $0.saturatingAdd($1.keptBytes) }
    return { block in
      let loaded = dtypes.reduce(0) { $0.saturatingAdd(block.saturatingProduct($1.itemSize)) }
      let converted = zip(dtypes, sinks).map {
        $0 == $1.dtype ? 0 : block.saturatingProduct($1.dtype.itemSize)
      }
      let storing = sinks.map { $0.scratchBytes(block) }
      return kept.saturatingAdd(loaded).saturatingAdd(converted.max() ?? 0).saturatingAdd(storing.max() ?? 0)
        .saturatingAdd(scratch(block))
    }
  }

  /// Below this, what a block costs beside its bytes begins to show: in bytes that are copied, of which reading one of
  /// the source may take many.
  private static let leastBlockBytes = 1 << 20

  /// Blocks of a stream are read in turn, so smaller ones bring nothing.
  private static func leastBytes(of source: any BlockSource) -> Int {
    source.isSequential ? leastBlockBytes : Int(Double(leastBlockBytes) / max(1, source.readingCost))
  }
}
