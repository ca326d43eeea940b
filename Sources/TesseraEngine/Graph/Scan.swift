import TesseraCore

/// What running totals are made with.
package enum Scan: Sendable, Hashable {
  case sum, product, maximum, minimum

  /// Continues running totals over `rows` rows of `columns` elements, in place; `carry` holds the totals before the first
  /// row, and those after the last when it is done.
  func run(
    _ dtype: DType, rows: Int, columns: Int, _ values: UnsafeMutableRawPointer, carry: UnsafeMutableRawPointer
  ) {
    switch (dtype, self) {
    case (.float64, .sum): step(rows, columns, values, carry, Double.self) { $0 + $1 }
    case (.float64, .product): step(rows, columns, values, carry, Double.self) { $0 * $1 }
    case (.complex128, .sum): step(rows, columns * 2, values, carry, Double.self) { $0 + $1 }
    case (.complex128, .product):
      step(rows, columns, values, carry, SIMD2<Double>.self) {
        SIMD2($0.x * $1.x - $0.y * $1.y, $0.x * $1.y + $0.y * $1.x)
      }
    // Wrapping arithmetic is the same for signed and unsigned.
    case (_, .sum): step(rows, columns, values, carry, Int64.self) { $0 &+ $1 }
    case (_, .product): step(rows, columns, values, carry, Int64.self) { $0 &* $1 }
    case (_, .maximum), (_, .minimum): extremes(dtype, rows, columns, values, carry)
    }
  }

  /// NaN, once there is one, stays.
  private func extremes(
    _ dtype: DType, _ rows: Int, _ columns: Int, _ values: UnsafeMutableRawPointer,
    _ carry: UnsafeMutableRawPointer
  ) {
    switch (dtype, self) {
    case (.float64, .maximum):
      step(rows, columns, values, carry, Double.self) { $0 >= $1 || $0.isNaN ? $0 : $1 }
    case (.float64, _): step(rows, columns, values, carry, Double.self) { $0 <= $1 || $0.isNaN ? $0 : $1 }
    case (.complex128, .maximum):
      step(rows, columns, values, carry, SIMD2<Double>.self) { Scan.isNoLess($0, $1) ? $0 : $1 }
    case (.complex128, _):
      step(rows, columns, values, carry, SIMD2<Double>.self) { Scan.isNoLess(-$0, -$1) ? $0 : $1 }
    case (.uint64, .maximum): step(rows, columns, values, carry, UInt64.self) { max($0, $1) }
    case (.uint64, _): step(rows, columns, values, carry, UInt64.self) { min($0, $1) }
    case (_, .maximum): step(rows, columns, values, carry, Int64.self) { max($0, $1) }
    default: step(rows, columns, values, carry, Int64.self) { min($0, $1) }
    }
  }

  /// NumPy's order of complex numbers: by real, then imaginary part; what has a NaN is above all, and no less than another.
  private static func isNoLess(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Bool {
    if a.x.isNaN || a.y.isNaN { return true }
    if b.x.isNaN || b.y.isNaN { return false }
    return a.x > b.x || a.x == b.x && a.y >= b.y
  }

  @inline(__always)
  private func step<T>(
    _ rows: Int, _ columns: Int, _ values: UnsafeMutableRawPointer, _ carry: UnsafeMutableRawPointer,
    _ type: T.Type, _ combine: (T, T) -> T
  ) {
    let values = values.assumingMemoryBound(to: T.self)
    let carry = carry.assumingMemoryBound(to: T.self)
    for row in 0..<rows {
      let line = values + row * columns
      for column in 0..<columns {
        let total = combine(carry[column], line[column])
        carry[column] = total
        line[column] = total
      }
    }
  }

  /// The total of nothing, which changes no element that it is combined with.
  func identity(_ dtype: DType, count: Int, into carry: UnsafeMutableRawPointer) {
    switch dtype {
    case .float64: fill(count, carry, floating)
    case .complex128: fill(count, carry, SIMD2(floating, self == .product ? 0 : floating))
    case .uint64: fill(count, carry, integer(UInt64.self))
    default: fill(count, carry, integer(Int64.self))
    }
  }

  private func fill<T>(_ count: Int, _ carry: UnsafeMutableRawPointer, _ value: T) {
    carry.initializeMemory(as: T.self, repeating: value, count: count)
  }

  private var floating: Double {
    switch self {
    case .sum: 0
    case .product: 1
    case .maximum: -.infinity
    case .minimum: .infinity
    }
  }

  private func integer<T: FixedWidthInteger>(_ type: T.Type) -> T {
    switch self {
    case .sum: 0
    case .product: 1
    case .maximum: .min
    case .minimum: .max
    }
  }
}
