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
    var tile = tessera_tile(
      first: first, rows: rows, columns: columns, values: values,
      mask: mask?.assumingMemoryBound(to: UInt8.self), position: Int64(position), step: Int64(step),
      group: columns, group_step: 0)
    accumulate(accumulators, capacity: capacity, &tile)
  }
}
