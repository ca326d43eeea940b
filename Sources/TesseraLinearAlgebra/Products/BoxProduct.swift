import TesseraCore
import TesseraKernels

/// Whole tiles of the products of some neighbouring matrices, computed where they are wanted.
struct BoxProduct {
  let reading: Reading
  /// The position along the leading axes, and how many neighbours along the last of them.
  let index: [Int]
  let count: Int
  /// Bytes between the results of neighbours.
  let next: Int
  /// Elements between rows of the target.
  let leading: Int

  private var driver: ProductDriver { reading.driver }
  private var geometry: ProductGeometry { driver.geometry }
  private var tiles: ProductTiles { geometry.tiles }
  private var itemSize: Int { driver.dtype.itemSize }

  /// - Parameters:
  ///   - rows: of the result; they begin and end where tiles do.
  ///   - target: where the first of them goes.
  func compute(_ rows: Range<Int>, _ columns: Range<Int>, into target: UnsafeMutableRawPointer) throws {
    let part = driver.part(rows.count, columns.count)
    for top in stride(from: rows.lowerBound, to: rows.upperBound, by: max(1, part.rows)) {
      let height = top..<min(rows.upperBound, top + part.rows)
      for left in stride(from: columns.lowerBound, to: columns.upperBound, by: max(1, part.columns)) {
        let width = left..<min(columns.upperBound, left + part.columns)
        let place = (top - rows.lowerBound) * leading + left - columns.lowerBound
        try computePart(height, width, into: target + place * itemSize)
      }
    }
  }

  /// A part whose panels fit: panel by panel along the summed axis.
  private func computePart(
    _ rows: Range<Int>, _ columns: Range<Int>, into target: UnsafeMutableRawPointer
  ) throws {
    let summed = geometry.summed(index)
    if summed.isEmpty { return clear(rows.count, columns.count, target) }
    let stack = Array(index[geometry.stackAxes])
    let length = driver.loadedDepth(rows.count, columns.count)
    for first in stride(from: summed.lowerBound, to: summed.upperBound, by: length) {
      try reading.scratch.interruption()
      let panel = first..<min(summed.upperBound, first + length)
      let a = try driver.left.panel(
        stack, count: count, rows: rows, columns: panel, buffer: reading.worker.left, scratch: reading.scratch
      )
      let b = try driver.right.panel(
        stack, count: count, rows: panel, columns: columns, buffer: reading.worker.right,
        scratch: reading.scratch)
      for number in 0..<count {
        multiply(
          rows.count, columns.count, panel.count, a.view.moved(number * a.next),
          b.view.moved(number * b.next), into: target + number * next,
          accumulates: first > summed.lowerBound)
      }
    }
  }

  /// One call of the kernel for each step of each tile; a tile's steps follow one another, while it is in the cache.
  private func multiply(
    _ rows: Int, _ columns: Int, _ summed: Int, _ a: MatrixView, _ b: MatrixView,
    into target: UnsafeMutableRawPointer, accumulates: Bool
  ) {
    let scratch = reading.worker.kernel.reserve(MatrixKernel.scratchBytes(driver.dtype)).baseAddress!
    for top in stride(from: 0, to: rows, by: tiles.rows) {
      for left in stride(from: 0, to: columns, by: tiles.columns) {
        for step in stride(from: 0, to: summed, by: tiles.depth) {
          MatrixKernel.multiply(
            driver.dtype, rows: min(tiles.rows, rows - top), columns: min(tiles.columns, columns - left),
            depth: min(tiles.depth, summed - step), a.from(row: top, column: step, itemSize: itemSize),
            b.from(row: step, column: left, itemSize: itemSize),
            into: target + (top * leading + left) * itemSize, leading: leading,
            accumulates: accumulates || step > 0, scratch: scratch)
        }
      }
    }
  }

  /// The sum of nothing.
  private func clear(_ rows: Int, _ columns: Int, _ target: UnsafeMutableRawPointer) {
    for number in 0..<count {
      for row in 0..<rows {
        (target + number * next + row * leading * itemSize).initializeMemory(
          as: UInt8.self, repeating: 0, count: columns * itemSize)
      }
    }
  }
}

extension MatrixView {
  fileprivate func moved(_ bytes: Int) -> MatrixView {
    MatrixView(elements + bytes, row: row, column: column)
  }
}
