import TesseraCore
import TesseraEngine

/// What one thread gathers of some consecutive blocks: the products of columns, and where they are centred their sums.
///
/// Centred products are those of deviations from the means of the first panel; how far these are from the means of
/// all rows is known in the end, and taken into account when partials are merged. One thread's at a time.
final class GramPartial: PassPartial, @unchecked Sendable {
  let form: GramForm
  /// columns x columns in C order, of which the upper triangle counts.
  let products: Buffer
  /// The sum of the weights; without weights, rows.
  private(set) var weight = 0.0
  /// What was subtracted, and the weighted mean of what was left; empty unless centred. Complex numbers are two.
  private(set) var shift: [Double] = []
  private(set) var offsets: [Double] = []

  private var panel: RowPanel
  private let row: RepeatedRow
  private let sums: ColumnSums
  private var weightedSums: [Double] = []
  /// Of the rows in the panel.
  private var weights: [Double] = []
  private var isFirst = true

  init(_ form: GramForm) {
    self.form = form
    products = Buffer(count: form.columns * form.columns * form.dtype.itemSize)
    panel = RowPanel(columns: form.columns, dtype: form.dtype)
    let width = form.isCentred ? form.columns : 0
    row = RepeatedRow(columns: width, dtype: form.dtype)
    sums = ColumnSums(columns: width * form.parts, dtype: form.dtype.realPart)
  }

  /// Forgets what was gathered.
  func reset() {
    weight = 0
    isFirst = true
    shift = []
    offsets = []
    panel.clear()
    sums.reset()
    weights.removeAll(keepingCapacity: true)
    weightedSums = [Double](repeating: 0, count: form.isWeighted ? form.reals : 0)
  }

  func begin(_ block: Region) {}

  func take(_ tile: Tile, _ values: ArraySlice<UnsafeRawPointer>) {
    var done = 0
    while done < tile.count {
      if form.isWeighted { takeWeights(values.last!, tile.count, from: done) }
      done += panel.take(
        tile.count - done, from: values.first! + done * form.dtype.itemSize,
        minus: shift.isEmpty ? nil : row)
      if panel.isFull { multiply() }
    }
  }

  /// The weights come repeated for every element of a row; those in the first column are taken.
  private func takeWeights(_ values: UnsafeRawPointer, _ count: Int, from start: Int) {
    let column = panel.count % form.columns
    var place = start + (column == 0 ? 0 : form.columns - column)
    let most = form.panelRows
    while place < count, weights.count < most {
      weights.append(values.loadUnaligned(fromByteOffset: place * 8, as: Double.self))
      place += form.columns
    }
  }

  func end() {
    multiply()
    guard form.isCentred, weight > 0 || weight.isNaN else { return }
    let totals = form.isWeighted ? weightedSums : sums.totals
    offsets = totals.map { $0 / weight }
  }

  private func multiply() {
    let rows = panel.rows
    guard rows > 0 else { return }
    if form.isCentred, shift.isEmpty {
      shift = row.set(firstMeans(rows))
      panel.subtract(row)
    }
    if form.isWeighted {
      scaleRows(rows)
    } else {
      weight += Double(rows)
      if form.isCentred { sums.add(rows, UnsafeRawPointer(panel.elements)) }
    }
    SymmetricProduct.add(
      form.dtype, rows: rows, columns: form.columns, UnsafeRawPointer(panel.elements),
      to: products.bytes.baseAddress!, replacing: isFirst)
    isFirst = false
    panel.clear()
  }

  private func firstMeans(_ rows: Int) -> [Double] {
    sums.reset()
    sums.add(rows, UnsafeRawPointer(panel.elements))
    defer { sums.reset() }
    return sums.totals.map { $0 / Double(rows) }
  }

  /// Adds up weighted rows, and scales each by the root of its weight, whose square is then in the products.
  private func scaleRows(_ rows: Int) {
    let reals = form.reals
    let elements = panel.elements.assumingMemoryBound(to: Double.self)
    weightedSums.withUnsafeMutableBufferPointer { sums in
      for index in 0..<rows {
        let weight = weights[index]
        let root = weight.squareRoot()
        let row = elements + index * reals
        self.weight += weight
        for place in 0..<reals {
          sums[place] += weight * row[place]
          row[place] *= root
        }
      }
    }
    weights.removeFirst(rows)
  }
}
