import TesseraCore

/// Hands on the keys of a block piece by piece, in the two layouts a reduction meets.
enum KeyTiles {
  /// Keys made at a time, at most: they stay in the first-level cache.
  static let size = 512
  /// Columns counted at a time.
  static let columns = 128

  /// Calls `body` with the row, how many keys, and the keys.
  static func eachOfRows(
    _ dtype: DType, rows: Int, columns: Int, values: UnsafeRawPointer,
    _ body: (_ row: Int, _ count: Int, _ keys: UnsafeMutablePointer<UInt64>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: size) { keys in
      for row in 0..<rows {
        for start in stride(from: 0, to: columns, by: size) {
          let count = min(size, columns - start)
          let place = row * columns + start
          OrderedKeys.keys(
            dtype, count: count, values: values + place * dtype.itemSize, into: keys.baseAddress!)
          body(row, count, keys.baseAddress!)
        }
      }
    }
  }

  /// The same with the first column in place of the row; all rows of some columns before the next columns, whose
  /// counters then stay in the cache.
  static func eachOfColumns(
    _ dtype: DType, rows: Int, columns: Int, values: UnsafeRawPointer,
    _ body: (_ column: Int, _ count: Int, _ keys: UnsafeMutablePointer<UInt64>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.columns) { keys in
      for column in stride(from: 0, to: columns, by: Self.columns) {
        let count = min(Self.columns, columns - column)
        for row in 0..<rows {
          let place = row * columns + column
          OrderedKeys.keys(
            dtype, count: count, values: values + place * dtype.itemSize, into: keys.baseAddress!)
          body(column, count, keys.baseAddress!)
        }
      }
    }
  }
}
