import TesseraCore

/// The powers of two that a leaf's columns are divided by, so that products in float32 stay within its range.
///
/// 2⁰ for all columns but those whose squares would overflow, or be too small for all digits; dividing by others is exact.
/// They follow from the elements of a leaf's panels, in order, alone. A product's error is then that of the columns' norms
/// whatever these are, but for elements that are too far below their column's greatest to count.
struct ColumnScales {
  private let form: GramForm
  private let magnitudes: ColumnMagnitudes
  private var exponents: [Int] = []
  /// Whether a column has had an element that is finite and not zero.
  private var isKnown: [Bool] = []
  /// Whether any column is divided by something else than 1.
  private var isScaling = false

  /// Squares of elements up to 2⁴⁸ can be added up over any leaf; those of 2⁻⁵⁰ are far above the least normal number.
  private static let plainExponents = -50...48
  /// Powers of two that have an inverse.
  private static let mostExponent = 120

  init(_ form: GramForm) throws {
    self.form = form
    magnitudes = try ColumnMagnitudes(columns: form.reals)
    reset()
  }

  /// Forgets what was seen.
  mutating func reset() {
    exponents = [Int](repeating: 0, count: form.columns)
    isKnown = [Bool](repeating: false, count: form.columns)
    isScaling = false
  }

  /// Divides the columns of a panel.
  ///
  /// - Parameter products: of the leaf's panels so far, which are made those of columns divided alike.
  mutating func divide(rows: Int, _ panel: UnsafeMutableRawPointer, products: UnsafeMutableRawPointer) {
    let changes = adapt(to: magnitudes.of(rows, UnsafeRawPointer(panel)))
    if changes.contains(where: { $0 != 0 }) { rescale(products, changes) }
    guard isScaling else { return }
    let factors = exponents.flatMap { exponent in
      repeatElement(Float(sign: .plus, exponent: -exponent, significand: 1), count: form.parts)
    }
    let elements = panel.assumingMemoryBound(to: Float.self)
    for row in 0..<rows {
      let own = elements + row * factors.count
      for place in factors.indices { own[place] *= factors[place] }
    }
  }

  /// Multiplies a row of the leaf's products, from the diagonal on and converted to float64 or complex128, by what its
  /// columns were divided by.
  func restore(row index: Int, _ row: UnsafeMutableRawPointer) {
    guard isScaling else { return }
    let values = row.assumingMemoryBound(to: Double.self)
    for column in index..<form.columns {
      let scale = Double(sign: .plus, exponent: exponents[index] + exponents[column], significand: 1)
      for part in 0..<form.parts { values[(column - index) * form.parts + part] *= scale }
    }
  }

  /// Chooses the exponents of columns that begin, or that outgrow those they had.
  ///
  /// - Returns: by how much the exponents of columns that have products fell; 0 or less.
  private mutating func adapt(to magnitudes: [Float]) -> [Int] {
    var changes = [Int](repeating: 0, count: form.columns)
    for column in 0..<form.columns {
      let magnitude = magnitudes[column * form.parts..<(column + 1) * form.parts].reduce(0, Swift.max)
      guard magnitude > 0, magnitude.isFinite else { continue }
      let (own, plain) = (magnitude.exponent, ColumnScales.plainExponents)
      let old = exponents[column]
      if own - old > plain.upperBound || !isKnown[column] && own < plain.lowerBound {
        let most = ColumnScales.mostExponent
        exponents[column] = min(max(own, -most), most)
        if isKnown[column] { changes[column] = old - exponents[column] }
        isScaling = true
      }
      isKnown[column] = true
    }
    return changes
  }

  /// Multiplies products of columns by powers of two.
  private func rescale(_ products: UnsafeMutableRawPointer, _ changes: [Int]) {
    let values = products.assumingMemoryBound(to: Float.self)
    let (columns, parts) = (form.columns, form.parts)
    for row in 0..<columns {
      for column in row..<columns where changes[row] != 0 || changes[column] != 0 {
        let scale = Float(sign: .plus, exponent: changes[row] + changes[column], significand: 1)
        for part in 0..<parts { values[(row * columns + column) * parts + part] *= scale }
      }
    }
  }
}
