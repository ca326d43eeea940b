import TesseraCore

/// A tile of few columns would leave most of a vector's lanes idle. Folded, several of its rows stand side by
/// side as one wide row, each group of columns with accumulators of its own, which are merged at the end.
extension Reducer {
  /// At least so many rows, and about so many columns, make a folded tile worth its merges.
  static let lanes = 128
  /// How many rows stand side by side: fewer when there are few to be merged.
  private static func groups(rows: Int, columns: Int) -> Int {
    columns <= 4 && rows < 4096 ? lanes / 4 / columns : lanes / columns
  }
  /// The most columns of a tile that is folded.
  static let narrow = 32

  /// Lends accumulators for `takeFolded` of so many columns, for each of the targets.
  static func withLanes(
    for targets: [ReducerTarget], columns: Int, _ body: ([UnsafeMutableRawPointer]) -> Void
  ) {
    let capacity = lanes / columns * columns
    func bytes(_ target: ReducerTarget) -> Int { (capacity * target.reducer.bytesPerItem + 63) / 64 * 64 }
    let count = targets.reduce(0) { $0 + bytes($1) }
    withUnsafeTemporaryAllocation(byteCount: count, alignment: 64) { memory in
      var next = memory.baseAddress!
      body(
        targets.map { target in
          defer { next += bytes(target) }
          return next
        })
    }
  }

  /// Takes a tile as `accumulateColumns` does, by way of the accumulators `lanes`.
  static func takeFolded(
    _ targets: [ReducerTarget], first: Int, rows: Int, columns: Int, values: UnsafeRawPointer,
    mask: UnsafeRawPointer?, position: Int, step: Int, lanes: [UnsafeMutableRawPointer]
  ) {
    let groups = groups(rows: rows, columns: columns)
    let wide = groups * columns
    let (whole, rest) = rows.quotientAndRemainder(dividingBy: groups)
    let folded = zip(targets, lanes).map { ReducerTarget($0.reducer, $1, capacity: wide) }
    for lane in folded { lane.reducer.reset(lane.accumulators, capacity: wide) }
    var positions = ReducedPositions(start: position, step: groups * step, group: columns, groupStep: step)
    if whole > 0 {
      take(folded, first: 0, rows: whole, columns: wide, values: values, mask: mask, positions)
    }
    if rest > 0 {
      positions.start += whole * groups * step
      let before = whole * wide
      take(
        folded, first: 0, rows: 1, columns: rest * columns,
        values: values + before * targets[0].reducer.operand.itemSize, mask: mask.map { $0 + before },
        positions)
    }
    for (target, lane) in zip(targets, folded) {
      lane.mergeGroups(whole > 0 ? groups : rest, columns: columns)
      target.reducer.merge(
        target.accumulators, capacity: target.capacity, first: first, with: lane.accumulators,
        otherCapacity: wide, otherFirst: 0, count: columns)
    }
  }
}

extension ReducerTarget {
  /// Merges the upper half of the groups of columns into the lower one until one is left.
  fileprivate func mergeGroups(_ groups: Int, columns: Int) {
    var left = groups
    while left > 1 {
      let lower = (left + 1) / 2
      reducer.merge(
        accumulators, capacity: capacity, first: 0, with: accumulators, otherCapacity: capacity,
        otherFirst: lower * columns, count: (left - lower) * columns)
      left = lower
    }
  }
}
