import CTesseraKernels

/// The innermost one or two axes of a copy, and the loop that suits them.
struct CopyKernel {
  private enum Form {
    /// Each row is one piece of memory on both sides; the bytes of a row.
    case runs(Int)
    /// Rows adjacent in the source, columns adjacent in the target.
    case transpose
    /// Anything else, in tiles of so many rows and columns.
    case plane(rows: Int, columns: Int)
  }

  private var form: Form
  private var rows = CopyAxis(length: 1, source: 0, target: 0)
  private var columns = CopyAxis(length: 1, source: 0, target: 0)
  private let itemSize: Int
  private let swapUnit: Int

  /// Elements of a tile that is visited across its lines: each may touch a cache line on either side.
  private static let tileCount = 1024
  private static let tileSide = 32
  /// Shorter lines cost more to start than to copy.
  private static let shortLine = 8

  /// Takes the axes it will handle out of `plan`.
  init(taking plan: inout CopyPlan) {
    itemSize = plan.itemSize
    swapUnit = plan.swapUnit
    form = .plane(rows: Int.max, columns: Int.max)
    if let run = plan.contiguousRun {
      _ = plan.removeLast()
      form = .runs(run)
      rows = plan.removeLast() ?? rows
      return
    }
    let across = plan.sourceFastestAxis.map { plan.removeForward($0) }
    columns = plan.removeLast() ?? columns
    rows = across ?? plan.removeLast() ?? rows
    choosePlane(isAcross: across != nil)
  }

  private mutating func choosePlane(isAcross: Bool) {
    let lanes = 64 / itemSize
    if isAcross, rows.source == itemSize, columns.target == itemSize, rows.length >= lanes,
      columns.length >= lanes
    {
      form = .transpose
      return
    }
    let isShort = columns.length < CopyKernel.shortLine && rows.length > columns.length
    if isShort { swap(&rows, &columns) }
    guard isAcross || isShort else { return }
    let height = min(rows.length, CopyKernel.tileSide)
    form = .plane(rows: height, columns: max(CopyKernel.tileSide, CopyKernel.tileCount / height))
  }

  /// Copies the elements of these axes, of which `source` and `target` point at the first.
  func run(_ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer) {
    switch form {
    case .runs(let bytes):
      tessera_copy_runs(rows.length, bytes, source, rows.source, target, rows.target)
    case .transpose:
      tessera_transpose_plane(
        itemSize, swapUnit, rows.length, columns.length, source, columns.source, target, rows.target)
    case .plane(let height, let width):
      runTiles(height, width, source, target)
    }
  }

  private func runTiles(
    _ height: Int, _ width: Int, _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer
  ) {
    var left = 0
    while left < columns.length {
      let tileWidth = min(width, columns.length - left)
      var top = 0
      while top < rows.length {
        let tileHeight = min(height, rows.length - top)
        tessera_copy_plane(
          itemSize, swapUnit, tileHeight, tileWidth,
          source + (top * rows.source + left * columns.source), rows.source, columns.source,
          target + (top * rows.target + left * columns.target), rows.target, columns.target)
        top += tileHeight
      }
      left += tileWidth
    }
  }
}
