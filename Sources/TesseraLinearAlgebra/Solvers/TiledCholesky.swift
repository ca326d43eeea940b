import TesseraCore
import TesseraStorage

/// The Cholesky factor L of a large Hermitian matrix, of which the lower triangle is read, in its place.
enum TiledCholesky<Scalar: LAPACKScalar> {
  /// Factors the matrix, and clears the triangle above the diagonal.
  ///
  /// - Returns: whether it is positive definite; when it is not, the factorization has ended early.
  /// - Complexity: n³ / 3 operations; reading as for `TiledLU`.
  static func factor(_ matrix: PanelMatrix<Scalar>, _ work: TiledWork<Scalar>) throws -> Bool {
    let n = matrix.rows
    precondition(n == matrix.columns, "a square matrix")
    var isDefinite = true
    for group in matrix.groups(width: work.width) where isDefinite {
      try matrix.update(group, work.group) { memory in
        let columns = TiledWork<Scalar>.Columns(memory: memory, leading: n, range: group)
        for panel in TileSizes.cuts(0..<group.lowerBound, every: work.sizes.panel) {
          try work.options.checkCancellation()
          // Rows above the group have nothing to do with it.
          let rows = group.lowerBound..<n
          try matrix.read(rows: rows, panel, work.panel) { memory, leading in
            try update(
              columns, group, by: .init(memory: memory, leading: leading, rows: rows, columns: panel), work)
          }
        }
        for panel in TileSizes.cuts(group, every: work.sizes.panel) where isDefinite {
          isDefinite = try factor(panel, columns, n, work)
        }
        for column in group { columns.pointer(0, column).update(repeating: .zeroValue, count: column) }
      }
    }
    return isDefinite
  }

  private static func factor(
    _ panel: Range<Int>, _ columns: TiledWork<Scalar>.Columns, _ n: Int, _ work: TiledWork<Scalar>
  ) throws -> Bool {
    try work.options.checkCancellation()
    let start = panel.lowerBound
    let corner = columns.pointer(start, start)
    guard try Scalar.potrf(upper: false, panel.count, corner, columns.leading) == 0 else { return false }
    let tiles = TileSizes.cuts(panel.upperBound..<n, every: work.sizes.rows)
    let leading = columns.leading
    nonisolated(unsafe) let triangle = UnsafePointer(corner)
    try MatrixWork.forEach(tiles.count, work.options) { number in
      try Scalar.trsm(
        fromLeft: false, upper: false, operation: .adjoint, tiles[number].count, panel.count, triangle,
        leading,
        columns.pointer(tiles[number].lowerBound, start), leading)
    }
    let factored = TiledWork<Scalar>.Panel(
      memory: UnsafePointer(corner), leading: leading, rows: start..<n, columns: panel)
    try update(columns, panel.upperBound..<columns.range.upperBound, by: factored, work)
    return true
  }

  /// Subtracts what a panel makes of itself from the tiles of some columns on and below the diagonal.
  private static func update(
    _ target: TiledWork<Scalar>.Columns, _ columns: Range<Int>, by panel: TiledWork<Scalar>.Panel,
    _ work: TiledWork<Scalar>
  ) throws {
    // Block by block, as each has its own rows; what lies above the diagonal within a block is not read.
    let pairs = TileSizes.cuts(columns, every: work.sizes.panel).flatMap { block in
      TileSizes.cuts(block.lowerBound..<panel.rows.upperBound, every: work.sizes.rows).map { (block, $0) }
    }
    try MatrixWork.forEach(pairs.count, work.options) { number in
      let (block, tile) = pairs[number]
      try Scalar.gemm(
        panel.pointer(tile.lowerBound), panel.leading, .none, panel.pointer(block.lowerBound), panel.leading,
        .adjoint, tile.count, block.count, panel.columns.count, alpha: Scalar(real: -1, imaginary: 0),
        beta: .oneValue, target.pointer(tile.lowerBound, block.lowerBound), target.leading)
    }
  }
}
