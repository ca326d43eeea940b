import CTesseraKernels
import TesseraCore

extension Reducer {
  /// Takes rows x columns values, adjacent in C order: kept position `first + c` takes the `rows` values
  /// of column c.
  ///
  /// - Parameters:
  ///   - mask: One byte for each value, non-zero counts; nil takes all.
  ///   - position: The index of the first row along what is reduced; for arg reductions only.
  ///   - step: From one row's index to the next's, not negative.
  package func accumulateColumns(
    _ accumulators: UnsafeMutableRawPointer, capacity: Int, first: Int, rows: Int, columns: Int,
    values: UnsafeRawPointer, mask: UnsafeRawPointer?, position: Int, step: Int
  ) {
    Reducer.accumulateColumns(
      [ReducerTarget(self, accumulators, capacity: capacity)], first: first, rows: rows, columns: columns,
      values: values, mask: mask, position: position, step: step)
  }

  /// The same for several reducers of one dtype, piece by piece, so that values are in the first-level cache for all but
  /// the first of them. Each gathers the very bits that it would alone.
  package static func accumulateColumns(
    _ targets: [ReducerTarget], first: Int, rows: Int, columns: Int, values: UnsafeRawPointer,
    mask: UnsafeRawPointer?, position: Int, step: Int
  ) {
    check(
      targets, rows: rows, columns: columns, last: first + columns, first: first, step: step,
      hasMask: mask != nil)
    if rows == 0 || columns == 0 { return }
    if columns == 1 && rows >= longRow {
      // One column is one row.
      accumulateRows(
        targets, first: first, rows: 1, columns: rows, values: values, mask: mask, position: position,
        step: step)
    } else if columns <= narrow && rows >= lanes {
      withLanes(for: targets, columns: columns) { lanes in
        takeFolded(
          targets, first: first, rows: rows, columns: columns, values: values, mask: mask, position: position,
          step: step, lanes: lanes)
      }
    } else {
      take(
        targets, first: first, rows: rows, columns: columns, values: values, mask: mask,
        ReducedPositions(start: position, step: step, group: columns, groupStep: 0))
    }
  }

  static func check(
    _ targets: [ReducerTarget], rows: Int, columns: Int, last: Int, first: Int, step: Int, hasMask: Bool
  ) {
    precondition(!hasMask || !targets.contains(where: \.reducer.skipsNaN))
    precondition(first >= 0 && rows >= 0 && columns >= 0 && step >= 0)
    precondition(
      targets.allSatisfy { last <= $0.capacity && $0.reducer.operand == targets[0].reducer.operand })
  }

  /// Values that several reducers take in turn: of columns so many that what a call begins with is small beside them, and
  /// the accumulators of many columns, which fill the first-level cache, are gone through seldom; of rows half of that cache.
  private static let columnPieceBytes = 64 << 10
  static let rowPieceBytes = 16 << 10
  /// Loops take at most so many rows at a time; where a tile is cut between them, no bit changes.
  private static func rowsAtATime(_ targets: [ReducerTarget]) -> Int {
    targets.contains { $0.reducer.operation == .moments } ? Int(TESSERA_MOMENTS_RUN) : 8
  }

  /// Runs the innermost loops over a tile that has values.
  static func take(
    _ targets: [ReducerTarget], first: Int, rows: Int, columns: Int, values: UnsafeRawPointer,
    mask: UnsafeRawPointer?, _ positions: ReducedPositions
  ) {
    var height = rows
    let rowBytes = columns * targets[0].reducer.operand.itemSize
    if targets.count > 1 {
      let together = rowsAtATime(targets)
      height = max(1, columnPieceBytes / rowBytes / together) * together
    }
    let loops = ReductionLoop.loops(for: targets)
    for row in stride(from: 0, to: rows, by: height) {
      var positions = positions
      positions.start += row * positions.step
      for loop in loops {
        loop.takeColumns(
          first: first, rows: min(height, rows - row), columns: columns, values: values + row * rowBytes,
          mask: mask.map { $0 + row * columns }, positions)
      }
    }
  }
}
