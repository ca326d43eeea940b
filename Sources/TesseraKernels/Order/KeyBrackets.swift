import TesseraCore

/// Ranges of keys, all 2^`width` wide, some for each kept position.
package struct KeyBrackets: Sendable {
  /// Brackets `starts[k]` ..< `starts[k + 1]` belong to kept position k.
  package var starts: [UInt32]
  /// Where each bracket begins: a multiple of 2^`width`.
  package var lowers: [UInt64]
  package var width: Int

  package var count: Int { lowers.count }
  var kept: Int { starts.count - 1 }

  /// One bracket per kept position, of all keys.
  init(kept: Int, dtype: DType) {
    starts = (0...kept).map { UInt32($0) }
    lowers = [UInt64](repeating: 0, count: kept)
    width = OrderedKeys.keyBits(dtype)
  }

  /// The most brackets any of these kept positions has.
  func most(in positions: Range<Int>) -> Int {
    positions.reduce(0) { max($0, Int(starts[$1 + 1] - starts[$1])) }
  }
}

/// Keys made at a time: they stay in the first-level cache.
private let tile = 512

/// Hands on the keys of a block piece by piece, in the two layouts a reduction meets.
enum KeyTiles {
  typealias Mask = UnsafePointer<UInt8>?

  /// Calls `body` with the row, how many keys, the keys and their part of the mask.
  static func eachOfRows(
    _ dtype: DType, rows: Int, columns: Int, values: UnsafeRawPointer, mask: Mask,
    _ body: (_ row: Int, _ count: Int, _ keys: UnsafeMutablePointer<UInt64>, _ mask: Mask) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: tile) { keys in
      for row in 0..<rows {
        for start in stride(from: 0, to: columns, by: tile) {
          let count = min(tile, columns - start)
          let place = row * columns + start
          OrderedKeys.keys(
            dtype, count: count, values: values + place * dtype.itemSize, into: keys.baseAddress!)
          body(row, count, keys.baseAddress!, mask.map { $0 + place })
        }
      }
    }
  }

  /// The same with the first column in place of the row; all rows of some columns before the next columns, whose
  /// counters then stay in the cache.
  static func eachOfColumns(
    _ dtype: DType, rows: Int, columns: Int, values: UnsafeRawPointer, mask: Mask,
    _ body: (_ column: Int, _ count: Int, _ keys: UnsafeMutablePointer<UInt64>, _ mask: Mask) -> Void
  ) {
    let width = tile / 4
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: width) { keys in
      for column in stride(from: 0, to: columns, by: width) {
        let count = min(width, columns - column)
        for row in 0..<rows {
          let place = row * columns + column
          OrderedKeys.keys(
            dtype, count: count, values: values + place * dtype.itemSize, into: keys.baseAddress!)
          body(column, count, keys.baseAddress!, mask.map { $0 + place })
        }
      }
    }
  }
}
