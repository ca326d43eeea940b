import TesseraCore

/// What running totals and extremes are made with.
package enum Scan: Sendable, Hashable {
  case sum, product, maximum, minimum

  /// Begins running totals with the first of `rows` rows of `columns` elements, as `run` then goes on.
  func begin(
    _ dtype: DType, rows: Int, columns: Int, _ values: UnsafeMutableRawPointer, carry: UnsafeMutableRawPointer
  ) {
    let rowBytes = columns * dtype.itemSize
    carry.copyMemory(from: values, byteCount: rowBytes)
    run(dtype, rows: rows - 1, columns: columns, values + rowBytes, carry: carry)
  }

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
}
