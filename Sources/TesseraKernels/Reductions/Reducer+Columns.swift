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
    precondition(first >= 0 && rows >= 0 && columns >= 0 && step >= 0 && first + columns <= capacity)
    if rows == 0 || columns == 0 { return }
    if columns <= Self.narrow && rows >= Self.lanes {
      withLanes(columns: columns) { lanes in
        takeFolded(
          accumulators, capacity: capacity, first: first, rows: rows, columns: columns, values: values,
          mask: mask, position: position, step: step, lanes: lanes)
      }
    } else {
      take(
        accumulators, capacity: capacity, first: first, rows: rows, columns: columns, values: values,
        mask: mask, ReducedPositions(start: position, step: step, group: columns, groupStep: 0))
    }
  }

  /// Runs the innermost loop over a tile that has values.
  func take(
    _ accumulators: UnsafeMutableRawPointer, capacity: Int, first: Int, rows: Int, columns: Int,
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
    accumulate(accumulators, capacity: capacity, &tile)
  }

  /// The mask of the parts of complex numbers: each byte twice.
  private func doubled(_ mask: UnsafeRawPointer, count: Int) -> UnsafeMutableRawPointer {
    let target = UnsafeMutableRawPointer.allocate(byteCount: 2 * count, alignment: 64)
    tessera_copy_plane(1, 1, count, 2, mask, 1, 0, target, 2, 1)
    return target
  }
}
