import TesseraCore
import TesseraStorage

/// How large the panels are that are loaded of both operands at once.
extension ProductDriver {
  /// The largest part of a box whose panels are within a limit: whole tiles.
  ///
  /// - Parameter depth: of the panels; nil for what is loaded at once.
  func part(_ rows: Int, _ columns: Int, limit: Int? = nil, depth: Int? = nil) -> (rows: Int, columns: Int) {
    let limit = limit ?? panelBytes
    var (height, width) = (rows, columns)
    let tiles = geometry.tiles
    func halved(_ length: Int, _ tile: Int) -> Int { ((length + 1) / 2 + tile - 1) / tile * tile }
    while panels(height, width, depth: depth) > limit {
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
  /// a narrow result or a box of many tiles, so that stretches of rows in a file are long: each takes a call. Where
  /// operands are decoded, as many for every box, or a small one would need deeper panels than were planned.
  func loadedDepth(_ rows: Int, _ columns: Int) -> Int {
    let tiles = geometry.tiles
    let isNarrow = min(geometry.m, geometry.n) <= ProductTiles.narrow
    if let depth = preparedDepth ?? leastDepth { return depth }
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

  /// Whether panels are as deep, and as tall or wide, as what is decoded as one.
  private var followsCells: Bool { (left.isDecoded || right.isDecoded) && !isReadByTiles }

  /// What is loaded at once of an operand that is decoded while no blocks are planned; nil where none is.
  var leastDepth: Int? {
    guard followsCells else { return nil }
    let part = leastPart
    return cellDepth(part.rows, part.columns, within: ProductDriver.smallPanelBytes)
  }

  /// The steps that take what is decoded as one, or as many of them as a limit lets be.
  private func cellDepth(_ rows: Int, _ columns: Int, within limit: Int) -> Int {
    let depth = geometry.tiles.depth
    let all = (max(left.cell.columns, right.cell.rows) + depth - 1) / depth * depth
    if panels(rows, columns, depth: all) <= limit { return all }
    return depth * max(1, min(all / depth, limit / max(1, panels(rows, columns, depth: depth))))
  }

  /// Bytes of panels for a box.
  ///
  /// - Parameter depth: nil for what is loaded at once.
  func panels(_ rows: Int, _ columns: Int, depth: Int? = nil) -> Int {
    let depth = min(depth ?? loadedDepth(rows, columns), geometry.k)
    return left.panelBytes(rows, depth).saturatingAdd(right.panelBytes(depth, columns))
  }

  /// Panels of up to this are small beside any budget.
  private static let smallPanelBytes = 4 << 20
  private static let deepPanelBytes = 16 << 20

  /// The panels with which blocks of a shape are computed.
  struct PanelPlan {
    var bytes: Int
    /// nil where it does not depend on the blocks.
    var depth: Int?
    /// What is computed of a block at once.
    var part: (rows: Int, columns: Int)
  }

  /// Panels of all of a block's rows and columns, or of parts of it where panels of all would take more than the block
  /// itself, or not stay in the cache where they are of no more use than that.
  ///
  /// - Parameter team: the threads that share a block, and so its panels: one step deep where nothing is decoded.
  func panels(for block: [Int], team: Int) -> PanelPlan {
    let (rows, columns) = (block[block.count - 2], block[block.count - 1])
    if team > 1 {
      let most = ProductDriver.deepPanelBytes
      let depth = followsCells ? cellDepth(rows, columns, within: most) : geometry.tiles.depth
      let bytes = max(leastPanels, panels(rows, columns, depth: depth))
      return PanelPlan(bytes: bytes, depth: depth, part: (rows, columns))
    }
    let own = rows.saturatingMultiply(columns).saturatingMultiply(dtype.itemSize)
    guard followsCells else {
      let most = isReadByTiles ? min(own, ProductDriver.cachedPanelBytes) : own
      let part = part(rows, columns, limit: max(leastPanels, most))
      return PanelPlan(bytes: max(leastPanels, panels(part.rows, part.columns)), part: part)
    }
    let limit = max(leastPanels, own, cellPanels(rows, columns))
    let part = part(rows, columns, limit: limit, depth: geometry.tiles.depth)
    let depth = cellDepth(part.rows, part.columns, within: limit)
    let bytes = max(leastPanels, panels(part.rows, part.columns, depth: depth))
    return PanelPlan(bytes: bytes, depth: depth, part: part)
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
    guard followsCells else { return (min(tiles.rows, geometry.m), min(tiles.columns, geometry.n)) }
    let tile = panels(tiles.rows, tiles.columns, depth: tiles.depth)
    let most = ProductDriver.smallPanelBytes / max(1, tile)
    func least(_ length: Int, _ tile: Int, _ cell: Int) -> Int {
      min(length, tile * max(1, min((cell + tile - 1) / tile, most)))
    }
    return (
      least(geometry.m, tiles.rows, left.cell.rows), least(geometry.n, tiles.columns, right.cell.columns)
    )
  }

  /// What panels for a part of a block take that cuts little of what is decoded as one.
  private func cellPanels(_ rows: Int, _ columns: Int) -> Int {
    // Parts come from halving, so at least half of this.
    func twice(_ cell: Int, _ tile: Int) -> Int { ((cell + tile - 1) / tile).saturatingMultiply(2 * tile) }
    let tiles = geometry.tiles
    let height = min(rows, twice(left.cell.rows, tiles.rows))
    let width = min(columns, twice(right.cell.columns, tiles.columns))
    return panels(
      height, width, depth: cellDepth(height, width, within: ProductDriver.deepPanelBytes))
  }
}
