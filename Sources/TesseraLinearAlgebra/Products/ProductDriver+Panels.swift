import TesseraCore
import TesseraStorage

/// How large the panels are that are loaded of both operands at once.
extension ProductDriver {
  /// The largest part of a box whose panels are within a limit: whole tiles.
  func part(_ rows: Int, _ columns: Int, limit: Int? = nil) -> (rows: Int, columns: Int) {
    let limit = limit ?? panelBytes
    let depths = max(limit, ProductDriver.smallPanelBytes)
    var (height, width) = (rows, columns)
    let tiles = geometry.tiles
    func halved(_ length: Int, _ tile: Int) -> Int { ((length + 1) / 2 + tile - 1) / tile * tile }
    while panels(height, width, within: depths) > limit {
      // What is not loaded is no reason to cut.
      let canCutRows = height > tiles.rows && !left.isInPlace
      let canCutColumns = width > tiles.columns && !right.isInPlace
      if canCutRows, !canCutColumns || height >= width {
        height = halved(height, tiles.rows)
      } else if canCutColumns {
        width = halved(width, tiles.columns)
      } else {
        break
      }
    }
    return (height, width)
  }

  /// Positions along the summed axis of which panels for a box are loaded at once: one step of the tiles, or several for
  /// a narrow result or a box of many tiles, so that stretches of rows in a file are long: each takes a call.
  ///
  /// - Parameter limit: what panels may take of more steps, where these take what is decoded as one.
  func loadedDepth(_ rows: Int, _ columns: Int, within limit: Int) -> Int {
    let tiles = geometry.tiles
    let isNarrow = min(geometry.m, geometry.n) <= ProductTiles.narrow
    if left.isDecoded || right.isDecoded, !isReadByTiles {
      let each = panels(rows, columns, depth: tiles.depth)
      let cell = max(left.cell.columns, right.cell.rows)
      return tiles.depth * max(1, min((cell + tiles.depth - 1) / tiles.depth, limit / max(1, each)))
    }
    if isNarrow, geometry.k.saturatingMultiply(dtype.itemSize) <= ProductDriver.wholeBytes {
      return max(geometry.k, 1)
    }
    guard isNarrow || rows.saturatingMultiply(columns) >= 2 * tiles.rows * tiles.columns else {
      return tiles.depth
    }
    return tiles.depth * max(1, ProductDriver.stretchBytes / (tiles.depth * dtype.itemSize))
  }

  private static let stretchBytes = 4 << 10
  /// Rows up to this are loaded whole, and so all of them as one stretch.
  private static let wholeBytes = 8 << 10

  /// Bytes of panels for a box, with as many steps loaded at once as a limit lets be.
  func panels(_ rows: Int, _ columns: Int, within limit: Int = smallPanelBytes) -> Int {
    panels(rows, columns, depth: loadedDepth(rows, columns, within: limit))
  }

  private func panels(_ rows: Int, _ columns: Int, depth: Int) -> Int {
    let depth = min(depth, geometry.k)
    return left.panelBytes(rows, depth).saturatingAdd(right.panelBytes(depth, columns))
  }

  /// Panels of up to this are small beside any budget.
  static let smallPanelBytes = 4 << 20
  private static let deepPanelBytes = 16 << 20

  /// Bytes of the panels with which a block is computed: all of its rows and columns, or parts of it where panels of all
  /// would take more than the block itself, or not stay in the cache where they are of no more use than that.
  func panels(for block: [Int]) -> Int {
    let (rows, columns) = (block[block.count - 2], block[block.count - 1])
    let own = rows.saturatingMultiply(columns).saturatingMultiply(dtype.itemSize)
    let most = isReadByTiles ? min(own, ProductDriver.cachedPanelBytes) : max(own, cellPanels(rows, columns))
    let part = part(rows, columns, limit: max(leastPanels, most))
    return max(
      leastPanels, panels(part.rows, part.columns, within: max(most, ProductDriver.smallPanelBytes)))
  }

  /// On an AMD EPYC two threads multiply 131,072 x 1,024 by 1,024 x 64 in 0.18 s out of panels of 64 to 512 rows (2 MiB), in
  /// 0.20 out of panels of 1,024, in 0.28 out of panels of 2,048 rows.
  private static let cachedPanelBytes = 2 << 20

  /// Whether the result is narrow, one operand is in memory, and of the other a tile's part is read as well as more: then
  /// neither panels nor blocks gain by being larger.
  var isReadByTiles: Bool {
    let tiles = geometry.tiles
    return geometry.n <= ProductTiles.narrow && right.isInPlace && left.isCutWell(byRows: tiles.rows)
      || geometry.m <= ProductTiles.narrow && left.isInPlace && right.isCutWell(byColumns: tiles.columns)
  }

  /// A tile, or several where what is decoded as one is taller, or wider, as far as their panels stay small.
  var leastPart: (rows: Int, columns: Int) {
    let tiles = geometry.tiles
    let most = ProductDriver.smallPanelBytes / max(1, panels(tiles.rows, tiles.columns))
    func least(_ length: Int, _ tile: Int, _ cell: Int) -> Int {
      min(length, tile * max(1, min((cell + tile - 1) / tile, most)))
    }
    return (
      least(geometry.m, tiles.rows, left.cell.rows), least(geometry.n, tiles.columns, right.cell.columns)
    )
  }

  /// What panels for a part of a block take that cuts little of what is decoded as one; 0 where nothing is.
  private func cellPanels(_ rows: Int, _ columns: Int) -> Int {
    guard left.isDecoded || right.isDecoded else { return 0 }
    // Parts come from halving, so at least half of this.
    func twice(_ cell: Int, _ tile: Int) -> Int { 2 * ((cell + tile - 1) / tile * tile) }
    let tiles = geometry.tiles
    return panels(
      min(rows, twice(left.cell.rows, tiles.rows)), min(columns, twice(right.cell.columns, tiles.columns)),
      within: ProductDriver.deepPanelBytes)
  }
}
