import TesseraCore

/// A tile of a box of a product, within the box.
struct BoxTile: Sendable {
  var top: Int
  var left: Int
  var rows: Int
  var columns: Int

  /// All tiles of a box, the largest first, so that those who share them are done at about the same time.
  static func all(_ rows: Int, _ columns: Int, _ tiles: ProductTiles) -> [BoxTile] {
    let list = stride(from: 0, to: rows, by: tiles.rows).flatMap { top in
      stride(from: 0, to: columns, by: tiles.columns).map { left in
        BoxTile(
          top: top, left: left, rows: min(tiles.rows, rows - top),
          columns: min(tiles.columns, columns - left))
      }
    }
    return list.sorted { $0.rows * $0.columns > $1.rows * $1.columns }
  }

  /// How many there are.
  static func count(_ rows: Int, _ columns: Int, _ tiles: ProductTiles) -> Int {
    ((rows + tiles.rows - 1) / tiles.rows).saturatingMultiply((columns + tiles.columns - 1) / tiles.columns)
  }
}
