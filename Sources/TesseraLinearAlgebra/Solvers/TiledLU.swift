import TesseraCore
import TesseraStorage

/// The factorization P A = L U of a large square matrix with partial pivoting, in its place, and what is solved by it.
///
/// A panel of L keeps the order of rows of the step that made it; later swaps are not applied to it. So it is written once,
/// and is applied to other columns, of the matrix or of a right-hand side, after its own swaps.
final class TiledLU<Scalar: LAPACKScalar>: @unchecked Sendable {
  private let matrix: PanelMatrix<Scalar>
  private let work: TiledWork<Scalar>
  private var n: Int { matrix.rows }
  /// As LAPACK's: row i was swapped with row `pivots[i] - 1`.
  private(set) var pivots: [Int32]
  /// Of U.
  private(set) var diagonal: [Scalar]
  /// Whether a pivot was exactly zero; the factorization has ended there.
  private(set) var isSingular = false

  /// Factors the matrix.
  ///
  /// - Complexity: 2 n³ / 3 operations; of a matrix in a file, one reading and writing, and the panels before each group
  ///   again for it.
  init(_ matrix: PanelMatrix<Scalar>, _ work: TiledWork<Scalar>) throws {
    precondition(matrix.rows == matrix.columns, "a square matrix")
    self.matrix = matrix
    self.work = work
    pivots = [Int32](repeating: 0, count: matrix.rows)
    diagonal = [Scalar](repeating: .zeroValue, count: matrix.rows)
    for group in matrix.groups(width: work.width) where !isSingular {
      try matrix.update(group, work.group) { memory in
        let columns = TiledWork<Scalar>.Columns(memory: memory, leading: n, range: group)
        try forEachPanel(before: group.lowerBound) { try eliminate($0, columns, group) }
        for panel in TileSizes.cuts(group, every: work.sizes.panel) where !isSingular {
          try factor(panel, columns)
        }
      }
    }
  }

  private func forEachPanel(before end: Int, _ body: (TiledWork<Scalar>.Panel) throws -> Void) throws {
    for panel in TileSizes.cuts(0..<end, every: work.sizes.panel) {
      let rows = panel.lowerBound..<n
      try work.options.checkCancellation()
      try matrix.read(rows: rows, panel, work.panel) { memory, leading in
        try body(.init(memory: memory, leading: leading, rows: rows, columns: panel))
      }
    }
  }

  /// Factors a panel, and applies it to the columns behind it in its group.
  private func factor(_ panel: Range<Int>, _ columns: TiledWork<Scalar>.Columns) throws {
    try work.options.checkCancellation()
    let start = panel.lowerBound
    let corner = columns.pointer(start, start)
    var local = [Int32](repeating: 0, count: panel.count)
    let info = try Scalar.getrf(n - start, panel.count, corner, columns.leading, pivots: &local)
    for (index, pivot) in local.enumerated() {
      pivots[start + index] = pivot + Int32(start)
      diagonal[start + index] = columns.pointer(start + index, start + index).pointee
    }
    isSingular = info != 0
    if isSingular { return }
    let factored = TiledWork<Scalar>.Panel(
      memory: UnsafePointer(corner), leading: columns.leading, rows: start..<n, columns: panel)
    try eliminate(factored, columns, panel.upperBound..<columns.range.upperBound)
  }

  /// Swaps the rows of some columns, makes their part of U, and subtracts what the panel makes of it from the rows below.
  private func eliminate(
    _ panel: TiledWork<Scalar>.Panel, _ target: TiledWork<Scalar>.Columns, _ columns: Range<Int>
  ) throws {
    let (start, end) = (panel.columns.lowerBound, panel.columns.upperBound)
    let swaps = pivots
    try work.forEachBlock(columns) { block in
      try Scalar.laswp(
        block.count, target.pointer(0, block.lowerBound), target.leading, rows: panel.columns, pivots: swaps)
      try Scalar.trsm(
        upper: false, unit: true, panel.columns.count, block.count, panel.pointer(start), panel.leading,
        target.pointer(start, block.lowerBound), target.leading)
    }
    try work.subtract(panel, rows: end..<n, from: target, columns) {
      (UnsafePointer(target.pointer(start, $0.lowerBound)), target.leading)
    }
  }

  /// Solves A X = B in B's place.
  ///
  /// - Complexity: 2 n² operations per column; the factors are read once for each group of columns.
  func solve(_ right: PanelMatrix<Scalar>) throws {
    for group in right.groups(width: work.width) {
      try right.update(group, work.group) { memory in
        let columns = TiledWork<Scalar>.Columns(memory: memory, leading: n, range: group)
        try solve(columns)
      }
    }
  }

  /// The inverse, in a matrix of zeros.
  func invert(into right: PanelMatrix<Scalar>) throws {
    for group in right.groups(width: work.width) {
      try right.update(group, work.group) { memory in
        let columns = TiledWork<Scalar>.Columns(memory: memory, leading: n, range: group)
        for column in group { columns.pointer(column, column).pointee = .oneValue }
        try solve(columns)
      }
    }
  }

  private func solve(_ target: TiledWork<Scalar>.Columns) throws {
    try forEachPanel(before: n) { try eliminate($0, target, target.range) }
    for panel in TileSizes.cuts(0..<n, every: work.sizes.panel).reversed() {
      try work.options.checkCancellation()
      let rows = 0..<panel.upperBound
      try matrix.read(rows: rows, panel, work.panel) { memory, leading in
        try substitute(.init(memory: memory, leading: leading, rows: rows, columns: panel), target)
      }
    }
  }

  /// Makes a panel's rows of X, and subtracts what U makes of them from the rows above.
  private func substitute(_ panel: TiledWork<Scalar>.Panel, _ target: TiledWork<Scalar>.Columns) throws {
    let start = panel.columns.lowerBound
    try work.forEachBlock(target.range) { block in
      try Scalar.trsm(
        upper: true, panel.columns.count, block.count, panel.pointer(start), panel.leading,
        target.pointer(start, block.lowerBound), target.leading)
    }
    try work.subtract(panel, rows: 0..<start, from: target, target.range) {
      (UnsafePointer(target.pointer(start, $0.lowerBound)), target.leading)
    }
  }
}
