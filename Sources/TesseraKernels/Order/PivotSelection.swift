import TesseraCore

/// Finds keys by their ranks, by means of what lies between the pivots around them.
struct PivotSelection {
  private let collector: PivotCollector
  private var selector: ElementGroups.Selector

  /// Lends one for the time of a call.
  static func withSelection(from collector: PivotCollector, _ body: (inout PivotSelection) -> Void) {
    let groups = ElementGroups(
      collector.between, collector.pivots.dtype, owners: collector.pivots.count)
    groups.withSelector { selector in
      var selection = PivotSelection(collector: collector, selector: selector)
      body(&selection)
    }
  }

  /// The keys of ascending ranks of one position; nil for those that do not lie between pivots, or of which elements were
  /// lost.
  mutating func keys(ofRanks ranks: [UInt64], at position: Int) -> [UInt64?] {
    var keys = [UInt64?](repeating: nil, count: ranks.count)
    for number in 0..<collector.pivots.width where keys.contains(nil) {
      let pair = number * collector.pivots.kept + position
      let (low, high) = (collector.uptoLow(pair), collector.uptoHigh(pair))
      var between: [Int] = []
      selector.open(pair)
      for (place, rank) in ranks.enumerated() where keys[place] == nil {
        let rank = Int(rank)
        guard rank >= collector.below(pair), rank < high else { continue }
        if rank < low {
          keys[place] = collector.pivots.lowKeys[pair]
        } else if !collector.between.hasLost {
          if rank < low + selector.count {
            between.append(place)
          } else {
            keys[place] = collector.pivots.highKeys[pair]
          }
        }
      }
      let found = selector.keys(ofRanks: between.map { ranks[$0] - UInt64(low) })
      for (place, key) in zip(between, found) { keys[place] = key }
    }
    return keys
  }
}
