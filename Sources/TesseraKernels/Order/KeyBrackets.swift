import TesseraCore

/// Ranges of keys, all 2^`width` wide, some for each kept position.
package struct KeyBrackets: Sendable {
  /// Brackets `starts[k]` ..< `starts[k + 1]` belong to kept position k.
  package private(set) var starts: [UInt32]
  /// Where each bracket begins: a multiple of 2^`width`.
  package private(set) var lowers: [UInt64]
  package let width: Int

  package var count: Int { lowers.count }
  var kept: Int { starts.count - 1 }

  /// One bracket per kept position, of all keys.
  init(kept: Int, dtype: DType) {
    starts = (0...kept).map { UInt32($0) }
    lowers = [UInt64](repeating: 0, count: kept)
    width = OrderedKeys.keyBits(dtype)
  }

  /// None yet, to be appended position after position.
  init(width: Int) {
    (starts, lowers, self.width) = ([0], [], width)
  }

  /// Adds a bracket to a kept position, which is none before that of the last one.
  mutating func append(_ lower: UInt64, to position: Int) {
    close(kept: position)
    lowers.append(lower)
  }

  /// Says where those of the positions before `kept` end, of which there come no more.
  mutating func close(kept: Int) {
    while starts.count <= kept { starts.append(UInt32(lowers.count)) }
  }

  /// The most brackets any of these kept positions has.
  func most(in positions: Range<Int>) -> Int {
    positions.reduce(0) { max($0, Int(starts[$1 + 1] - starts[$1])) }
  }
}
