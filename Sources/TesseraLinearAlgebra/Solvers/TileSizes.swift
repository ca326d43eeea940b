/// How a large matrix is cut into panels and tiles: by its size alone, so that each element is made by the same sequence
/// of calls of BLAS whatever the budget, the number of threads and the place of the matrix.
package struct TileSizes: Sendable {
  /// Matrices of up to so many rows are given to LAPACK whole; they fit any budget.
  package var direct = 1024
  /// Columns of a panel, which is factored by one thread: a compromise between that and the depth of the updates.
  package var panel: Int
  /// Rows of a tile of an update.
  package var rows = 512
  /// For tests: matrices go to files that memory has room for, in groups of at most so many columns.
  package var columnsFromFiles: Int?

  /// - Parameter order: rows of the matrix. Two panels must fit the budget, so those of huge matrices are narrow.
  package init(order: Int) { panel = order <= 16384 ? 256 : order <= 65536 ? 128 : 64 }

  package init(direct: Int, panel: Int, rows: Int) {
    (self.direct, self.panel, self.rows) = (direct, panel, rows)
  }

  /// A range cut where multiples of a length are.
  static func cuts(_ range: Range<Int>, every length: Int) -> [Range<Int>] {
    var cuts: [Range<Int>] = []
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(range.upperBound, (start / length + 1) * length)
      cuts.append(start..<end)
      start = end
    }
    return cuts
  }
}
