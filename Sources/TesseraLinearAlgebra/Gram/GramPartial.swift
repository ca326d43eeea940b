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
  /// The row that all rows are equal to, if there is one: what was subtracted, and what was left of each. So near to one
  /// another numbers are subtracted exactly.
  var commonRow: [Double]? { left.values.map { zip(shift, $0).map(+) } }

  private var panel: RowPanel
  private let product: SymmetricProduct
  /// Of deviations in float32, whose products could leave its range.
  private(set) var scales: ColumnScales?
  private let row: RepeatedRow
  private let sums: ColumnSums
  /// What is left of each row, while that is the same; without weights.
  private var left: CommonRow
  private var weightedSums: [Double] = []
  /// Of the rows in the panel.
  private var weights: [Double] = []
  private var isFirst = true
  /// Rows of the panel that are in the sums.
  private var summed = 0
  /// Elements that are gathered at one time.
  private let step: Int

  private static let stepElements = 8192

  /// Idle ones are the sink's own.
  private unowned let sink: GramSink

  init(_ form: GramForm, of sink: GramSink) throws {
    self.form = form
    self.sink = sink
    products = Buffer(count: form.columns * form.columns * form.dtype.itemSize)
    panel = RowPanel(columns: form.columns, dtype: form.dtype)
    product = SymmetricProduct(form.dtype, columns: form.columns)
    step = form.columns * max(8, GramPartial.stepElements / max(1, form.columns))
    let width = form.isCentred ? form.columns : 0
    row = RepeatedRow(columns: width, dtype: form.dtype)
    sums = try ColumnSums(columns: width * form.parts, dtype: form.dtype.realPart)
    left = CommonRow(reals: form.reals, dtype: form.dtype)
    scales = form.isScaled ? try ColumnScales(form) : nil
  }

  /// Forgets what was gathered.
  func reset() {
    weight = 0
    isFirst = true
    shift = []
    offsets = []
    summed = 0
    panel.clear()
    sums.reset()
    left.reset()
    scales?.reset()
    weights.removeAll(keepingCapacity: true)
    weightedSums = [Double](repeating: 0, count: form.isWeighted ? form.reals : 0)
  }

  func begin(_ block: Region) {}
  func merge() { sink.merge(self) }

  func take(_ tile: Tile, _ values: ArraySlice<UnsafeRawPointer>) throws {
    var done = 0
    while done < tile.count {
      let column = panel.count % form.columns
      let taken = try panel.take(
        min(tile.count - done, step), from: values.first! + done * form.dtype.itemSize,
        minus: shift.isEmpty ? nil : row)
      if form.isWeighted { takeWeights(values.last!, done..<done + taken, column: column) }
      done += taken
      if panel.isFull { try multiply() } else { addSums() }
    }
  }

  /// Adds rows to the sums while they are in the first-level cache: eight at a time, which is what the kernel takes.
  private func addSums(all: Bool = false) {
    guard form.isCentred, !form.isWeighted, !shift.isEmpty else { return }
    let rows = panel.rows - summed
    guard rows >= 8 || all else { return }
    sums.add(rows, UnsafeRawPointer(panel.elements) + summed * form.columns * form.dtype.itemSize)
    summed += rows
  }

  /// The weights come repeated for every element of a row; those in the first column are taken.
  private func takeWeights(_ values: UnsafeRawPointer, _ places: Range<Int>, column: Int) {
    let first = places.lowerBound + (column == 0 ? 0 : form.columns - column)
    for place in stride(from: first, to: places.upperBound, by: form.columns) {
      weights.append(values.loadUnaligned(fromByteOffset: place * 8, as: Double.self))
    }
  }

  func end() throws {
    try multiply()
    guard form.isCentred, weight > 0 || weight.isNaN else { return }
    let totals = form.isWeighted ? weightedSums : sums.totals
    offsets = totals.map { $0 / weight }
  }

  private func multiply() throws {
    let rows = panel.rows
    guard rows > 0 else { return }
    if form.isCentred, shift.isEmpty {
      shift = row.set(firstMeans(rows))
      try panel.subtract(row)
    }
    if form.isWeighted {
      scaleRows(rows)
    } else {
      weight += Double(rows)
      addSums(all: true)
      if form.isCentred { left.take(rows, UnsafeRawPointer(panel.elements)) }
    }
    scales?.divide(rows: rows, panel.elements, products: products.bytes.baseAddress!)
    product.add(
      rows: rows, UnsafeRawPointer(panel.elements), to: products.bytes.baseAddress!, replacing: isFirst)
    isFirst = false
    summed = 0
    panel.clear()
  }

  /// The means of the panel's columns; of a constant one its number, which the mean may miss by rounding, so that nothing is
  /// left of it.
  private func firstMeans(_ rows: Int) -> [Double] {
    sums.reset()
    sums.add(rows, UnsafeRawPointer(panel.elements))
    defer { sums.reset() }
    let means = sums.totals.map { $0 / Double(rows) }
    return form.dtype.isWide
      ? keepingConstants(means, panel.elements.assumingMemoryBound(to: Double.self), rows)
      : keepingConstants(means, panel.elements.assumingMemoryBound(to: Float.self), rows)
  }

  private func keepingConstants<Real: BinaryFloatingPoint>(
    _ means: [Double], _ elements: UnsafeMutablePointer<Real>, _ rows: Int
  ) -> [Double] {
    means.indices.map { column in
      let first = elements[column]
      let isConstant = (1..<rows).allSatisfy { elements[$0 * means.count + column] == first }
      return isConstant ? Double(first) : means[column]
    }
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
