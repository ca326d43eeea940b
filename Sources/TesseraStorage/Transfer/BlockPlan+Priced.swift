import TesseraCore

extension BlockPlan {
  /// The blocks of least price that fit, for a source that knows what they cost.
  ///
  /// - Parameter team: how many of the threads read a block together: one, or all of them.
  /// - Returns: nil when none fits, or none is worth it: the growing of a block from the sink's unit is then the way.
  init?(
    pricing source: any PricedDriver, threads: Int, team: Int, to sink: SinkRequirements, limits: Limits
  ) throws {
    let shape = sink.shape
    guard shape.count > 0 else { return nil }
    let granule = source.granule
    let lengths = shape.indices.map { axis -> [Int] in
      if sink.isDivisible { return BlockPlan.shares(shape[axis], granule: granule[axis]) }
      return BlockPlan.lengths(shape[axis], unit: sink.unit[axis], file: sink.fileShape?[axis])
    }
    var best: (block: [Int], price: Double)?
    BlockPlan.forEachChoice(of: BlockPlan.limited(lengths)) { block in
      if sink.isContiguous, !BlockPlan.isStretch(block, of: shape) { return }
      guard limits.cost(block) <= limits.bytes else { return }
      let price = source.price(ofBlocks: block, threads: threads, team: team)
      if price < best?.price ?? .infinity { best = (block, price) }
    }
    guard let best else { return nil }
    try self.init(shape, block: best.block, granule: granule, fileShape: sink.fileShape)
  }

  /// The lengths that cut an axis into equal numbers of granules, or nearly so.
  private static func shares(_ length: Int, granule: Int) -> [Int] {
    let granules = max(1, (length + granule - 1) / granule)
    var lengths: [Int] = []
    var parts = 1
    while parts <= granules {
      let share = min((granules + parts - 1) / parts * granule, max(length, 1))
      if share != lengths.last { lengths.append(share) }
      parts = parts < mostShares ? parts + 1 : parts * 2
    }
    if lengths.last != min(granule, max(length, 1)) { lengths.append(min(granule, max(length, 1))) }
    return lengths
  }

  private static let mostShares = 32
  /// Blocks that are looked at, at most.
  private static let mostChoices = 1 << 14

  /// Fewer lengths of the leading axes where there would be too many boxes to look at.
  private static func limited(_ lengths: [[Int]]) -> [[Int]] {
    var lengths = lengths
    for axis in lengths.indices where lengths.map(\.count).saturatingProduct() > mostChoices {
      lengths[axis] = [lengths[axis].min()!]
    }
    return lengths
  }

  private static func forEachChoice(of lengths: [[Int]], _ body: ([Int]) -> Void) {
    Region(lengths.map { 0..<$0.count }).forEachIndex { choice in body(zip(lengths, choice).map { $0[$1] }) }
  }

  /// Whether a block's elements lie one after another in C order.
  private static func isStretch(_ block: [Int], of shape: Shape) -> Bool {
    let first = block.firstIndex { $0 > 1 } ?? block.count
    return block.indices.allSatisfy { $0 <= first || block[$0] == shape[$0] }
  }
}
