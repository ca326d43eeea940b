/// Distances of two rows of float64 from their differences, added up in an order that depends on the length alone: equal
/// rows give exactly 0, and equal pairs equal distances, wherever they stand.
enum RowDistance {
  typealias Row = UnsafePointer<Double>

  /// Σ(a - b)².
  static func squaredEuclidean(_ a: Row, _ b: Row, count: Int) -> Double {
    sum(count, of: { (load(a, $0) - load(b, $0)).squared }, last: { (a[$0] - b[$0]) * (a[$0] - b[$0]) })
  }

  /// Σa².
  static func squaredNorm(_ a: Row, count: Int) -> Double {
    sum(count, of: { load(a, $0).squared }, last: { a[$0] * a[$0] })
  }

  /// |a|, given its square, also where that is beyond the range of float64 or has lost digits at its lower end.
  static func norm(_ a: Row, squared: Double, count: Int) -> Double {
    if squared.isNaN || squared >= 0x1p-900 && squared.isFinite { return squared.squareRoot() }
    let greatest = (0..<count).reduce(0.0) { max($0, a[$1].magnitude) }
    guard greatest > 0, greatest.isFinite else { return squared.squareRoot() }
    // A power of two, so that the norm has the digits of one within the range.
    let scale = Double(sign: .plus, exponent: -max(greatest.exponent, -1000), significand: 1)
    let scaled = sum(
      count, of: { (load(a, $0) * scale).squared }, last: { (a[$0] * scale) * (a[$0] * scale) })
    return scaled.squareRoot() / scale
  }

  /// 1 - cos(a, b), as half the squared distance of the two on the unit sphere, which keeps the digits of small
  /// angles. A row of zeros has no direction: its cosine is 0 with everything.
  static func cosine(_ a: Row, norm: Double, _ b: Row, norm other: Double, count: Int) -> Double {
    if norm == 0 || other == 0 { return (norm + other).isNaN ? .nan : 1 }
    return sum(
      count, of: { (load(a, $0) / norm - load(b, $0) / other).squared },
      last: {
        let difference = a[$0] / norm - b[$0] / other
        return difference * difference
      }) / 2
  }

  private static let width = 8

  @inline(__always)
  private static func load(_ row: Row, _ index: Int) -> SIMD8<Double> {
    UnsafeRawPointer(row + index).loadUnaligned(as: SIMD8<Double>.self)
  }

  @inline(__always)
  private static func sum(
    _ count: Int, of term: (Int) -> SIMD8<Double>, last: (Int) -> Double
  ) -> Double {
    var sums = SIMD8<Double>.zero
    var index = 0
    while index + width <= count {
      sums += term(index)
      index += width
    }
    var total = sums.sum()
    while index < count {
      total += last(index)
      index += 1
    }
    return total
  }
}

extension SIMD8<Double> {
  @inline(__always) fileprivate var squared: SIMD8<Double> { self * self }
}
