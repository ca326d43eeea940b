import TesseraCore
import TesseraIO

/// How an array, or several in step, will be read and written: pure, printable, made before the first byte is read.
package struct TransferPlan: Sendable {
  package let blocks: BlockPlan
  package let threads: Int
  /// How many of them read one block together: one, or all.
  package let team: Int
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
    let mapsNothing = BlockChooser.priced(source)?.mapsNothing ?? false
    let share = mapsNothing ? MemoryModel.smallWindowShare : MemoryModel.windowShare
    let model = try MemoryModel(options, windowShare: share)
    let chooser = BlockChooser(source: source, sinks: sinks, form: form, buffers: model.buffers)
    if let choice = try chooser.choose(threads: options.threads) {
      let cost = chooser.cost(team: choice.team)(choice.blocks.block)
      self.init(choice, costing: cost, loading: source.loadedBytes, to: sinks, model)
      return
    }
    // The sinks' unit is what does not fit, or, with very many small chunks, what is kept of a shard.
    let unit = zip(form.unit, source.shape.dimensions).map { min($0, max($1, 1)) }
    let kept = sinks.reduce(0) { $0.saturatingAdd($1.keptBytes) }
    let cost = chooser.cost()(unit)
    let shard = form.fileShape.flatMap { kept > cost / 2 ? $0 : nil }
    let what = shard.map { "shards of \(Shape.describe($0))" } ?? "chunks of \(Shape.describe(unit))"
    throw model.tooSmall(for: what, buffers: cost)
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
    self.init(BlockChoice(blocks, threads: threads), costing: cost, loading: loaded, to: [sink], model)
  }

  private init(
    _ choice: BlockChoice, costing cost: Int, loading loaded: Int, to sinks: [SinkRequirements],
    _ model: MemoryModel
  ) {
    blocks = choice.blocks
    team = choice.team
    threads = max(1, min(choice.threads, blocks.count.saturatingMultiply(team)))
    window = model.window
    predictedPeak = model.predictedPeak(buffers: cost.saturatingMultiply(max(1, threads / team)))
    let read = Double(loaded) * blocks.sourceReads
    bytesRead = read < 1e18 ? Int(read) : Int.max
    bytesWritten = sinks.reduce(0) { $0.saturatingAdd($1.shape.count.saturatingMultiply($1.dtype.itemSize)) }
  }

  /// How many blocks are read and written at a time.
  var workers: Int { max(1, threads / team) }

  /// Bytes that it takes to move a block of a shape: all arrays are loaded, then stored one after another.
  static func cost(
    from dtypes: [DType], scratch: Int, to sinks: [SinkRequirements]
  ) -> @Sendable (_ block: [Int]) -> Int {
    cost(from: dtypes, scratch: { _ in scratch }, to: sinks)
  }

  /// The same of a source that needs more for some blocks than for others.
  static func cost(
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
}
