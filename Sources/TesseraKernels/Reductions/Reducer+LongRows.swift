import CTesseraKernels
import TesseraCore

/// Rows whose values are reduced where they stand side by side, by loops of their own.
extension Reducer {
  /// Rows of at least so many values are worth adding up the lanes at their ends.
  static let longRow = 128

  /// Whether there is a loop over rows.
  var takesLongRows: Bool {
    switch operation {
    case .sum, .moments, .minimum, .maximum, .fmin, .fmax, .numbers: operand.kind != .complex
    default: false
    }
  }

  /// Takes rows, without a mask, by reducers that have a loop over them: piece by piece, so that values are in the
  /// first-level cache for all but the first.
  static func takeLongRows(
    _ targets: [ReducerTarget], first: Int, rows: Int, columns: Int, values: UnsafeRawPointer
  ) {
    if targets.isEmpty { return }
    let item = targets[0].reducer.operand.itemSize
    let height = max(1, rowPieceBytes / (columns * item))
    // A row is cut where its chunks end, so that no bit changes.
    let chunk = Int(TESSERA_ROW_CHUNK)
    let width = targets.count > 1 ? max(1, rowPieceBytes / item / chunk) * chunk : columns
    let loops = ReductionLoop.loops(for: targets)
    for row in stride(from: 0, to: rows, by: height) {
      for column in stride(from: 0, to: columns, by: width) {
        // Where more than one row is taken, none is cut.
        let tile = tessera_tile(
          first: first + row, rows: min(height, rows - row), columns: min(width, columns - column),
          values: values + (row * columns + column) * item, mask: nil, position: 0, step: 0, group: 1,
          group_step: 0, skips_nan: 0)
        for loop in loops { loop.takeRows(tile) }
      }
    }
  }
}
