import TesseraCore

/// The row that all rows of some panels are equal to, while there is one.
///
/// Sums of products do not tell: those of equal rows may be rounding, and those of tiny deviations vanish. It costs next to
/// nothing where rows differ, as the first few mostly do.
struct CommonRow {
  private let reals: Int
  private let isWide: Bool
  private var first: [Double] = []
  private var areEqual = true

  /// - Parameters:
  ///   - reals: in a row; complex numbers are two.
  ///   - dtype: of the rows.
  init(reals: Int, dtype: DType) {
    self.reals = reals
    isWide = dtype.isWide
  }

  /// nil where rows differ, are not finite, or are yet to come.
  var values: [Double]? { areEqual && !first.isEmpty ? first : nil }

  /// Forgets what was seen.
  mutating func reset() { (first, areEqual) = ([], true) }

  /// Takes the rows of a panel, one or more.
  mutating func take(_ rows: Int, _ elements: UnsafeRawPointer) {
    guard areEqual else { return }
    if isWide {
      compare(rows, elements.assumingMemoryBound(to: Double.self))
    } else {
      compare(rows, elements.assumingMemoryBound(to: Float.self))
    }
  }

  private mutating func compare<Real: BinaryFloatingPoint>(_ rows: Int, _ elements: UnsafePointer<Real>) {
    if first.isEmpty { first = (0..<reals).map { Double(elements[$0]) } }
    let known = first
    areEqual =
      known.allSatisfy(\.isFinite)
      && (0..<rows).allSatisfy { row in
        known.indices.allSatisfy { Double(elements[row * known.count + $0]) == known[$0] }
      }
  }
}
