import TesseraCore

/// Blocks, and the threads that read them: each has blocks of its own, or all of them, a team, read one block together.
struct BlockChoice {
  let blocks: BlockPlan
  let threads: Int
  let team: Int

  init(_ blocks: BlockPlan, threads: Int, team: Int = 1) {
    (self.blocks, self.threads, self.team) = (blocks, threads, team)
  }
}

/// Chooses the blocks of a transfer.
struct BlockChooser {
  let source: any BlockSource
  let sinks: [SinkRequirements]
  let form: BlockForm
  /// Bytes of all threads' buffers together.
  let buffers: Int

  private var priced: (any PricedDriver)? { BlockChooser.priced(source) }

  /// A source of which the shape of blocks decides what they take.
  static func priced(_ source: any BlockSource) -> (any PricedDriver)? {
    let driver = (source as? ArraySource)?.driver as? any PricedDriver
    return driver?.hasPrice == true ? driver : nil
  }

  /// Bytes that it takes to move a block of a shape.
  func cost(team: Int = 1) -> @Sendable ([Int]) -> Int {
    let (scratch, priced) = (source.scratchBytes, priced)
    return TransferPlan.cost(
      from: source.dtypes, scratch: { priced?.scratchBytes(reading: $0, team: team) ?? scratch }, to: sinks)
  }

  /// - Returns: nil when no block fits.
  func choose(threads most: Int) throws -> BlockChoice? {
    let apart = try apart(most)
    guard let priced, let together = try together(most) else { return apart }
    func price(_ choice: BlockChoice) -> Double {
      priced.price(ofBlocks: choice.blocks.block, threads: choice.threads, team: choice.team)
    }
    return apart.map { price($0) <= price(together) ? $0 : together } ?? together
  }

  /// Of threads with blocks of their own; fewer threads rather than none.
  private func apart(_ most: Int) throws -> BlockChoice? {
    for threads in (1...most).reversed() {
      let limits = limits(buffers / threads, team: 1)
      let blocks = try priced.flatMap {
        try BlockPlan(pricing: $0, threads: threads, team: 1, to: sinks[0], limits: limits)
      }
      if let blocks = try blocks ?? grown(limits) { return BlockChoice(blocks, threads: threads) }
    }
    return nil
  }

  private func grown(_ limits: BlockPlan.Limits) throws -> BlockPlan? {
    let itemSize = (source.dtypes + sinks.map(\.dtype)).map(\.itemSize).max() ?? 1
    return try BlockPlan(
      source.shape, unit: form.unit, fileShape: form.fileShape, granule: source.granule,
      isContiguous: form.isContiguous, itemSize: itemSize, limits: limits)
  }

  /// Of all threads together.
  private func together(_ threads: Int) throws -> BlockChoice? {
    guard threads > 1, let priced, priced.hasTeams else { return nil }
    let limits = limits(buffers, team: threads)
    let blocks = try BlockPlan(
      pricing: priced, threads: threads, team: threads, to: sinks[0], limits: limits)
    return blocks.map { BlockChoice($0, threads: threads, team: threads) }
  }

  private func limits(_ bytes: Int, team: Int) -> BlockPlan.Limits {
    BlockPlan.Limits(bytes: bytes, leastBytes: leastBytes, cost: cost(team: team))
  }

  /// Below this, what a block costs beside its bytes begins to show: in bytes that are copied, of which reading one of
  /// the source may take many.
  private static let leastBlockBytes = 1 << 20

  /// Blocks of a stream are read in turn, so smaller ones bring nothing.
  private var leastBytes: Int {
    let least = BlockChooser.leastBlockBytes
    return source.isSequential ? least : Int(Double(least) / max(1, source.readingCost))
  }
}
