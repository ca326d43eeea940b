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

  /// Lends accumulators for `takeFolded` of so many columns.
  func withLanes(columns: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
    let capacity = Self.lanes / columns * columns
    withUnsafeTemporaryAllocation(byteCount: capacity * bytesPerItem, alignment: 64) { memory in
      body(memory.baseAddress!)
    }
  }

  /// Takes a tile as `accumulateColumns` does, by way of the accumulators `lanes`.
  func takeFolded(
    _ accumulators: UnsafeMutableRawPointer, capacity: Int, first: Int, rows: Int, columns: Int,
    values: UnsafeRawPointer, mask: UnsafeRawPointer?, position: Int, step: Int,
    lanes: UnsafeMutableRawPointer
  ) {
    let groups = Self.groups(rows: rows, columns: columns)
    let wide = groups * columns
    let (whole, rest) = rows.quotientAndRemainder(dividingBy: groups)
    reset(lanes, capacity: wide)
    var positions = ReducedPositions(start: position, step: groups * step, group: columns, groupStep: step)
    if whole > 0 {
      take(
        lanes, capacity: wide, first: 0, rows: whole, columns: wide, values: values, mask: mask, positions)
    }
    if rest > 0 {
      positions.start += whole * groups * step
      take(
        lanes, capacity: wide, first: 0, rows: 1, columns: rest * columns,
        values: values + whole * wide * operand.itemSize, mask: mask.map { $0 + whole * wide }, positions)
    }
    mergeGroups(lanes, groups: whole > 0 ? groups : rest, columns: columns, capacity: wide)
    merge(
      accumulators, capacity: capacity, first: first, with: lanes, otherCapacity: wide, otherFirst: 0,
      count: columns)
  }

  /// Merges the upper half of the groups into the lower one until one is left.
  private func mergeGroups(_ lanes: UnsafeMutableRawPointer, groups: Int, columns: Int, capacity: Int) {
    var left = groups
    while left > 1 {
      let lower = (left + 1) / 2
      merge(
        lanes, capacity: capacity, first: 0, with: lanes, otherCapacity: capacity,
        otherFirst: lower * columns, count: (left - lower) * columns)
      left = lower
    }
  }
}
