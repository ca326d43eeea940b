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
    Reducer.accumulateRows(
      [ReducerTarget(self, accumulators, capacity: capacity)], first: first, rows: rows, columns: columns,
      values: values, mask: mask, position: position, step: step)
  }

  /// The same for several reducers of one dtype: short rows are transposed once for all of them. Each gathers the very
  /// bits that it would alone.
  package static func accumulateRows(
    _ targets: [ReducerTarget], first: Int, rows: Int, columns: Int, values: UnsafeRawPointer,
    mask: UnsafeRawPointer?, position: Int, step: Int
  ) {
    check(
      targets, rows: rows, columns: columns, last: first + rows, first: first, step: step,
      hasMask: mask != nil)
    if rows == 0 || columns == 0 { return }
    if mask == nil && columns >= longRow {
      takeLongRows(
        targets.filter(\.reducer.takesLongRows), first: first, rows: rows, columns: columns, values: values)
      takeByColumns(
        targets.filter { !$0.reducer.takesLongRows }, first: first, rows: rows, columns: columns,
        values: values, mask: nil, position: position, step: step)
    } else {
      takeByColumns(
        targets, first: first, rows: rows, columns: columns, values: values, mask: mask, position: position,
        step: step)
    }
  }

  /// Takes rows by the loops over columns.
  private static func takeByColumns(
    _ targets: [ReducerTarget], first: Int, rows: Int, columns: Int, values: UnsafeRawPointer,
    mask: UnsafeRawPointer?, position: Int, step: Int
  ) {
    if targets.isEmpty { return }
    if columns >= long || (rows < few && columns >= lanes) {
      // A row is a tile of one column, and folded.
      let rowBytes = columns * targets[0].reducer.operand.itemSize
      withLanes(for: targets, columns: 1) { lanes in
        for row in 0..<rows {
          takeFolded(
            targets, first: first + row, rows: columns, columns: 1, values: values + row * rowBytes,
            mask: mask.map { $0 + row * columns }, position: position, step: step, lanes: lanes)
        }
      }
    } else {
      takeTransposed(
        targets, first: first, rows: rows, columns: columns, values: values, mask: mask,
        ReducedPositions(start: position, step: step, group: rows, groupStep: 0))
    }
  }

  /// Rows of at least so many values are folded one by one; shorter ones are transposed.
  private static var long: Int { 1024 }
  /// Fewer rows than this make no columns worth a transposition.
  private static var few: Int { 8 }
  /// Rows that are transposed at a time: as many as stay in the first-level cache, but of long ones enough for
  /// 256 bytes of each column (256 KiB at most).
  private static func height(columns: Int, item: Int) -> Int { max(8192 / columns, 256 / item) }

  /// Takes short rows, by way of at most 512 KiB of memory, as the columns of their transpose.
  private static func takeTransposed(
    _ targets: [ReducerTarget], first: Int, rows: Int, columns: Int, values: UnsafeRawPointer,
    mask: UnsafeRawPointer?, _ positions: ReducedPositions
  ) {
    let item = targets[0].reducer.operand.itemSize
    let height = min(rows, height(columns: columns, item: item))
    withUnsafeTemporaryAllocation(byteCount: height * columns * (item + 1), alignment: 64) { memory in
      let turned = memory.baseAddress!
      let turnedMask = mask == nil ? nil : turned + height * columns * item
      for row in stride(from: 0, to: rows, by: height) {
        let count = min(height, rows - row)
        transpose(values + row * columns * item, item: item, rows: count, columns: columns, to: turned)
        if let mask, let turnedMask {
          transpose(mask + row * columns, item: 1, rows: count, columns: columns, to: turnedMask)
        }
        take(
          targets, first: first + row, rows: columns, columns: count, values: turned, mask: turnedMask,
          positions)
      }
    }
  }

  private static func transpose(
    _ source: UnsafeRawPointer, item: Int, rows: Int, columns: Int, to target: UnsafeMutableRawPointer
  ) {
    tessera_transpose_plane(item, 1, columns, rows, source, columns * item, target, rows * item)
  }
}
