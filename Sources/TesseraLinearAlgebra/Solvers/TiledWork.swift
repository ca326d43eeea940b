import TesseraCore
import TesseraStorage

/// What the factorizations and solvers of large matrices share: their tiles, their threads and their buffers.
///
/// Left-looking over groups of columns: a group is updated by all panels before it, which are read one after another,
/// and then factored panel by panel (Toledo and Gustavson 1996, "The design and implementation of SOLAR"). A group may
/// be one panel or the whole matrix: each tile takes the same updates in the same order.
final class TiledWork<Scalar: LAPACKScalar>: @unchecked Sendable {
  let sizes: TileSizes
  /// Columns of a group, for matrices in files.
  let width: Int
  let options: TransferOptions
  /// The group that is worked on, and the panel that is applied to it.
  let group = Buffer()
  let panel = Buffer()

  init(_ sizes: TileSizes, width: Int, _ options: TransferOptions) {
    (self.sizes, self.width, self.options) = (sizes, width, options)
  }

  /// Some columns in memory.
  struct Columns: @unchecked Sendable {
    /// The first element of the first of them.
    let memory: UnsafeMutablePointer<Scalar>
    /// Elements from each to the next.
    let leading: Int
    let range: Range<Int>

    /// The element of a row in one of these columns.
    func pointer(_ row: Int, _ column: Int) -> UnsafeMutablePointer<Scalar> {
      memory + (column - range.lowerBound) * leading + row
    }
  }

  /// A panel, or part of it, in memory.
  struct Panel: @unchecked Sendable {
    let memory: UnsafePointer<Scalar>
    let leading: Int
    /// The rows that are there.
    let rows: Range<Int>
    let columns: Range<Int>

    /// The first element of a row.
    func pointer(_ row: Int) -> UnsafePointer<Scalar> { memory + row - rows.lowerBound }
  }

  /// Calls `body` for each block of columns, on all threads.
  func forEachBlock(_ columns: Range<Int>, _ body: @Sendable (Range<Int>) throws -> Void) throws {
    let blocks = TileSizes.cuts(columns, every: sizes.panel)
    try MatrixWork.forEach(blocks.count, options) { try body(blocks[$0]) }
  }

  /// C -= A op(B) for each tile of C: A has the panel's columns and the tile's rows, op(B) the block's columns.
  ///
  /// - Parameters:
  ///   - right: B's address and leading dimension for a block of columns.
  func subtract(
    _ panel: Panel, rows: Range<Int>, from target: Columns, _ columns: Range<Int>,
    _ operation: MatrixOperation = .none,
    right: @Sendable (Range<Int>) -> (UnsafePointer<Scalar>, Int)
  ) throws {
    let blocks = TileSizes.cuts(columns, every: sizes.panel)
    let tiles = TileSizes.cuts(rows, every: sizes.rows)
    let minusOne = Scalar(real: -1, imaginary: 0)
    try MatrixWork.forEach(blocks.count * tiles.count, options) { number in
      // Neighbours share a block, whose part of B stays in the cache.
      let (block, tile) = (blocks[number / tiles.count], tiles[number % tiles.count])
      let (b, leading) = right(block)
      try Scalar.gemm(
        panel.pointer(tile.lowerBound), panel.leading, .none, b, leading, operation, tile.count, block.count,
        panel.columns.count, alpha: minusOne, beta: .oneValue,
        target.pointer(tile.lowerBound, block.lowerBound), target.leading)
    }
  }
}
