package import TesseraCore
import TesseraEngine
import TesseraKernels
package import TesseraStorage

extension ProductDriver {
  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    try workers.with { worker in
      let reading = Reading(driver: self, worker: worker, scratch: scratch, strides: strides)
      let rank = selection.axes.count
      let rows = geometry.rowCuts.spans(selection.axes[rank - 2])
      let columns = geometry.columnCuts.spans(selection.axes[rank - 1])
      try forEachPosition(of: selection) { index, count, place in
        let start = target + zip(place, strides).reduce(0) { $0 + $1.0 * $1.1 }
        for row in rows {
          for column in columns {
            try reading.read(index, count, row, column, selection, into: start)
          }
        }
      }
    }
  }

  /// Goes over the leading axes of a selection, taking neighbours along the last of them together.
  private func forEachPosition(
    of selection: StridedRegion, _ body: (_ index: [Int], _ count: Int, _ place: [Int]) throws -> Void
  ) throws {
    let axes = Array(selection.axes[..<geometry.leading.count])
    let most = axes.last.map { $0.step == 1 ? min($0.count, together) : 1 } ?? 1
    let steps = axes.enumerated().map { number, axis in
      number == axes.count - 1 ? (axis.count + most - 1) / most : axis.count
    }
    try Region(steps.map { 0..<$0 }).forEachIndex { step in
      var place = step
      var count = 1
      if let last = place.indices.last {
        place[last] *= most
        count = min(most, axes[last].count - place[last])
      }
      try body(zip(axes, place).map { $0.start + $1 * $0.step }, count, place)
    }
  }
}

/// One read's way: where the elements go, and the memory it is lent.
struct Reading {
  let driver: ProductDriver
  let worker: ProductWorker
  let scratch: ReadScratch
  /// Bytes between neighbours in the target.
  let strides: [Int]

  private var geometry: ProductGeometry { driver.geometry }
  private var itemSize: Int { driver.dtype.itemSize }
  private var rowStride: Int { strides[strides.count - 2] }
  private var columnStride: Int { strides[strides.count - 1] }

  /// Computes what is wanted of some tiles, for `count` neighbours along the last leading axis.
  func read(
    _ index: [Int], _ count: Int, _ rows: AxisCuts.Span, _ columns: AxisCuts.Span, _ selection: StridedRegion,
    into target: UnsafeMutableRawPointer
  ) throws {
    let isLaidOut =
      (columnStride == itemSize || columns.range.count == 1) && rowStride % itemSize == 0
      && rowStride >= columns.range.count * itemSize
    guard rows.isWhole, columns.isWhole, isLaidOut || rows.range.count == 1 && columnStride == itemSize else {
      for number in 0..<count {
        var own = index
        if number > 0 { own[own.count - 1] += number }
        let next = number == 0 ? 0 : number * strides[geometry.leading.count - 1]
        try copy(own, rows, columns, selection, into: target + next)
      }
      return
    }
    let start = target + rows.place * rowStride + columns.place * columnStride
    let leading = rows.range.count == 1 ? columns.range.count : rowStride / itemSize
    let next = count > 1 ? strides[geometry.leading.count - 1] : 0
    try BoxProduct(reading: self, index: index, count: count, next: next, leading: leading).compute(
      rows.range, columns.range, into: start)
  }

  /// Computes tiles apart from the target, and copies what is wanted of them.
  private func copy(
    _ index: [Int], _ rows: AxisCuts.Span, _ columns: AxisCuts.Span, _ selection: StridedRegion,
    into target: UnsafeMutableRawPointer
  ) throws {
    let axes = selection.axes.suffix(2)
    for rowNumber in rows.range.lowerBound / geometry.tiles.rows...(rows.range.upperBound - 1)
      / geometry.tiles.rows
    {
      let row = geometry.rowCuts.range(rowNumber)
      for columnNumber in columns.range.lowerBound / geometry.tiles.columns...(columns.range.upperBound - 1)
        / geometry.tiles.columns
      {
        let column = geometry.columnCuts.range(columnNumber)
        let pieces = (axes.first!.within(row), axes.last!.within(column))
        let bytes = try tile(index, rowNumber, columnNumber, row, column)
        let first = (pieces.0.start - row.lowerBound) * column.count + pieces.1.start - column.lowerBound
        StridedCopy.copy(
          shape: [pieces.0.count, pieces.1.count], itemSize: itemSize, swapUnit: 1,
          from: bytes + first * itemSize,
          sourceStrides: [axes.first!.step * column.count * itemSize, axes.last!.step * itemSize],
          to: target + pieces.0.place * rowStride + pieces.1.place * columnStride,
          targetStrides: [rowStride, columnStride])
      }
    }
  }

  /// A whole tile in the worker's memory; the last one is there still.
  private func tile(
    _ index: [Int], _ rowNumber: Int, _ columnNumber: Int, _ row: Range<Int>, _ column: Range<Int>
  ) throws -> UnsafeRawPointer {
    let key = index + [rowNumber, columnNumber]
    let bytes = worker.tile.reserve(row.count * column.count * itemSize).baseAddress!
    if worker.held != key {
      worker.held = nil
      try BoxProduct(reading: self, index: index, count: 1, next: 0, leading: column.count).compute(
        row, column, into: bytes)
      worker.held = key
    }
    return UnsafeRawPointer(bytes)
  }
}
