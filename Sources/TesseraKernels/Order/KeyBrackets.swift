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
