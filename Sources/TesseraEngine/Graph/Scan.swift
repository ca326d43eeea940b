import TesseraCore

/// What running totals are made with.
package enum Scan: Sendable, Hashable {
  case sum, product

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
    }
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

  /// The total of nothing.
  func identity(_ dtype: DType, count: Int, into carry: UnsafeMutableRawPointer) {
    carry.initializeMemory(as: UInt8.self, repeating: 0, count: count * dtype.itemSize)
    guard self == .product else { return }
    for index in 0..<count {
      let place = carry + index * dtype.itemSize
      if dtype.kind == .signed || dtype.kind == .unsigned {
        place.storeBytes(of: 1, as: Int64.self)
      } else {
        place.storeBytes(of: 1, as: Double.self)
      }
    }
  }
}
