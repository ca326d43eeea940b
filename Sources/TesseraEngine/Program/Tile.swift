import TesseraCore

/// A piece of a block that is contiguous in it: one position of the outer axes, a stretch of one axis, and all of the
/// axes after it.
package struct Tile {
  /// In the block's own coordinates.
  package var lower: [Int]
  package var lengths: [Int]
  /// Elements before it in the block.
  package var offset: Int
  package var count: Int
}

/// How blocks are cut into tiles.
struct TileGrid {
  let lengths: [Int]
  /// The axis of which a tile has a stretch; tiles are whole along those after it.
  private let axis: Int
  private let stretch: Int
  private let inner: Int

  /// - Parameter limit: elements of a tile at most.
  init(_ lengths: [Int], limit: Int) {
    self.lengths = lengths
    var axis = lengths.count
    var inner = 1
    while axis > 0, inner.saturatingMultiply(lengths[axis - 1]) <= limit {
      axis -= 1
      inner *= lengths[axis]
    }
    if axis == 0 {
      // The whole block is one tile.
      self.axis = 0
      self.inner = lengths.isEmpty ? 1 : inner / max(lengths[0], 1)
      stretch = lengths.first ?? 1
    } else {
      self.axis = axis - 1
      self.inner = inner
      let most = max(1, limit / inner)
      // Kernels take eight rows at a time.
      stretch = most < 8 ? most : most / 8 * 8
    }
  }

  func forEachTile(_ body: (Tile) throws -> Void) rethrows {
    guard !lengths.contains(0) else { return }
    guard !lengths.isEmpty else { return try body(Tile(lower: [], lengths: [], offset: 0, count: 1)) }
    var tile = Tile(
      lower: [Int](repeating: 0, count: lengths.count), lengths: lengths, offset: 0, count: 0)
    for outer in 0..<axis { tile.lengths[outer] = 1 }
    while true {
      var start = 0
      while start < lengths[axis] {
        tile.lower[axis] = start
        tile.lengths[axis] = min(stretch, lengths[axis] - start)
        tile.count = tile.lengths[axis] * inner
        try body(tile)
        tile.offset += tile.count
        start += stretch
      }
      var outer = axis - 1
      while outer >= 0 {
        tile.lower[outer] += 1
        if tile.lower[outer] < lengths[outer] { break }
        tile.lower[outer] = 0
        outer -= 1
      }
      if outer < 0 { return }
    }
  }
}
