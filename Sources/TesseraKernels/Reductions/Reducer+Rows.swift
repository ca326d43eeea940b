import CTesseraKernels
import TesseraCore

extension Reducer {
  /// Takes rows x columns values, adjacent in C order: kept position `first + r` takes the `columns` values
  /// of row r. `position` is the index of the first column, `step` that from one column to the next;
  /// otherwise as `accumulateColumns`.
  package func accumulateRows(
    _ accumulators: UnsafeMutableRawPointer, capacity: Int, first: Int, rows: Int, columns: Int,
    values: UnsafeRawPointer, mask: UnsafeRawPointer?, position: Int, step: Int
  ) {
    precondition(first >= 0 && rows >= 0 && columns >= 0 && step >= 0 && first + rows <= capacity)
    for row in 0..<(columns == 0 ? 0 : rows) {
      accumulateColumns(
        accumulators, capacity: capacity, first: first + row, rows: columns, columns: 1,
        values: values + row * columns * operand.itemSize, mask: mask.map { $0 + row * columns },
        position: position, step: step)
    }
  }
}
