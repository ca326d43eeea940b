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
    check(targets, rows: rows, columns: columns, last: first + columns, first: first, step: step)
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
    _ targets: [ReducerTarget], rows: Int, columns: Int, last: Int, first: Int, step: Int
  ) {
    precondition(first >= 0 && rows >= 0 && columns >= 0 && step >= 0)
    precondition(
      targets.allSatisfy { last <= $0.capacity && $0.reducer.operand == targets[0].reducer.operand })
  }

  /// Values that several reducers take in turn: half of the first-level cache.
  static let pieceBytes = 16 << 10
  /// Loops take at most so many rows at a time; where a tile is cut between them, no bit changes.
  private static let rowsAtATime = 8

  /// Runs the innermost loops over a tile that has values.
  static func take(
    _ targets: [ReducerTarget], first: Int, rows: Int, columns: Int, values: UnsafeRawPointer,
    mask: UnsafeRawPointer?, _ positions: ReducedPositions
  ) {
    var height = rows
    let rowBytes = columns * targets[0].reducer.operand.itemSize
    if targets.count > 1 { height = max(1, pieceBytes / rowBytes / rowsAtATime) * rowsAtATime }
    let sharing = momentsAndSum(targets)
    for row in stride(from: 0, to: rows, by: height) {
      var positions = positions
      positions.start += row * positions.step
      for (number, target) in targets.enumerated() where number != sharing?.sum {
        target.reducer.take(
          target, sums: number == sharing?.moments ? targets[sharing!.sum] : nil, first: first,
          rows: min(height, rows - row), columns: columns, values: values + row * rowBytes,
          mask: mask.map { $0 + row * columns }, positions)
      }
    }
  }

  /// The numbers of moments and a sum that are made by one loop.
  static func momentsAndSum(_ targets: [ReducerTarget]) -> (moments: Int, sum: Int)? {
    guard [.float16, .bfloat16, .float32].contains(targets[0].reducer.kernelDType),
      let moments = targets.firstIndex(where: { $0.reducer.operation == .moments }),
      let sum = targets.firstIndex(where: { $0.reducer.operation == .sum })
    else { return nil }
    return (moments, sum)
  }

  /// - Parameter sums: where a sum gathers that is made beside these moments.
  private func take(
    _ target: ReducerTarget, sums: ReducerTarget?, first: Int, rows: Int, columns: Int,
    values: UnsafeRawPointer, mask: UnsafeRawPointer?, _ positions: ReducedPositions
  ) {
    let parts = self.parts
    let byPart = parts == 2 ? mask.map { doubled($0, count: rows * columns) } : nil
    defer { byPart?.deallocate() }
    let mask = byPart.map { UnsafeRawPointer($0) } ?? mask
    var tile = tessera_tile(
      first: first * parts, rows: rows, columns: columns * parts, values: values,
      mask: mask?.assumingMemoryBound(to: UInt8.self), position: Int64(positions.start),
      step: Int64(positions.step), group: positions.group, group_step: Int64(positions.groupStep))
    guard let sums else { return accumulate(target.accumulators, capacity: target.capacity, &tile) }
    tessera_moments_and_sums_columns(
      kernelDType.rawValue,
      tessera_accumulators(memory: target.accumulators, capacity: target.capacity * parts),
      tessera_accumulators(memory: sums.accumulators, capacity: sums.capacity * parts), &tile)
  }

  /// The mask of the parts of complex numbers: each byte twice.
  private func doubled(_ mask: UnsafeRawPointer, count: Int) -> UnsafeMutableRawPointer {
    let target = UnsafeMutableRawPointer.allocate(byteCount: 2 * count, alignment: 64)
    tessera_copy_plane(1, 1, count, 2, mask, 1, 0, target, 2, 1)
    return target
  }
}
