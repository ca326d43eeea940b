import TesseraCore
import TesseraEngine
import TesseraKernels

/// One thread's search: rows are gathered, multiplied by the queries, and what may be near is compared exactly.
final class NearestRowsPartial: PassPartial {
  private let form: NearestRowsSearch.Form
  private let sink: NearestRowsSink
  private let lists: NearestLists
  private var panel: RowPanel
  private let products: Buffer
  private let kernel: Buffer
  /// The matrix's row that is the panel's first.
  private var first = 0

  init(_ form: NearestRowsSearch.Form, of sink: NearestRowsSink) {
    (self.form, self.sink) = (form, sink)
    lists = NearestLists(queries: form.queries.count, capacity: form.count)
    panel = RowPanel(columns: form.queries.width, dtype: .float64)
    products = Buffer(count: NearestRowsPartial.productBytes(form))
    kernel = Buffer(count: MatrixKernel.scratchBytes(.float64))
  }

  /// What it takes beside the lists.
  static func bytes(_ form: NearestRowsSearch.Form) -> Int {
    RowPanel.bytes(columns: form.queries.width, dtype: .float64).saturatingAdd(productBytes(form))
      .saturatingAdd(MatrixKernel.scratchBytes(.float64)).saturatingAdd(MatrixKernel.libraryBytes(.float64))
  }

  private static func productBytes(_ form: NearestRowsSearch.Form) -> Int {
    RowPanel.rows(columns: form.queries.width, dtype: .float64).saturatingMultiply(form.queries.count)
      .saturatingMultiply(8)
  }

  /// Blocks that follow one another fill the panel together.
  func begin(_ block: Region) {
    if block.lower[0] == first + panel.rows { return }
    compare()
    first = block.lower[0]
  }

  func take(_ tile: Tile, _ values: ArraySlice<UnsafeRawPointer>) throws {
    var done = 0
    while done < tile.count {
      done += try panel.take(tile.count - done, from: values.first! + done * 8)
      if panel.isFull { compare() }
    }
  }

  func end() { compare() }
  func merge() { sink.merge(lists) }

  /// Enters the rows gathered into the lists of the queries that they are near to.
  private func compare() {
    let rows = panel.rows
    if rows > 0, form.queries.count > 0 {
      let elements = UnsafePointer(panel.elements.assumingMemoryBound(to: Double.self))
      let products = multiply(elements, rows)
      for row in 0..<rows {
        compare(
          elements + row * panel.columns, index: first + row, products: products + row * form.queries.count)
      }
    }
    first += rows
    panel.clear()
  }

  /// rows · queriesᵀ.
  private func multiply(_ elements: UnsafePointer<Double>, _ rows: Int) -> UnsafePointer<Double> {
    let (width, columns) = (form.queries.width, form.queries.count)
    let target = products.bytes.baseAddress!
    MatrixKernel.multiply(
      .float64, rows: rows, columns: columns, depth: width, MatrixView(elements, row: width, column: 1),
      MatrixView(form.queries.elements, row: 1, column: width), into: target, leading: columns,
      accumulates: false, scratch: kernel.bytes.baseAddress!)
    return UnsafePointer(target.assumingMemoryBound(to: Double.self))
  }

  private static let tellingNorms = 0x1p-960...Double.greatestFiniteMagnitude

  private func compare(_ row: UnsafePointer<Double>, index: Int, products: UnsafePointer<Double>) {
    let queries = form.queries
    let width = queries.width
    let square = RowDistance.squaredNorm(row, count: width)
    let norm = form.metric == .cosine ? RowDistance.norm(row, squared: square, count: width) : 0
    // Of products and norms, for any order of summation (Higham, Accuracy and Stability, 3.1), twice over.
    let epsilon = 4 * Double(width + 8) * Double.ulpOfOne
    for query in 0..<queries.count {
      let bound = lists.bound(query)
      // Comparisons with NaN are false, so that what cannot be told is looked at.
      if form.metric == .euclidean {
        let sum = square + queries.squaredNorms[query]
        if sum - 2 * products[query] - epsilon * sum > bound { continue }
        let distance = RowDistance.squaredEuclidean(row, queries.row(query), count: width)
        lists.insert(.init(distance: distance, index: index), query: query)
      } else {
        let other = queries.norms[query]
        let norms = norm * other
        // Out of their range the rows' product may have overflowed, or lost its digits.
        let isTold = NearestRowsPartial.tellingNorms.contains(norms)
        if isTold, 1 - products[query] / norms - epsilon > bound { continue }
        let distance = RowDistance.cosine(row, norm: norm, queries.row(query), norm: other, count: width)
        lists.insert(.init(distance: distance, index: index), query: query)
      }
    }
  }
}
