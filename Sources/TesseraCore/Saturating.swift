extension Int {
  /// The sum, or the largest `Int` when that overflows. For sizes, which are not negative.
  package func saturatingAdd(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  /// The product, or the largest `Int` when that overflows. For sizes, which are not negative.
  package func saturatingMultiply(_ other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}

extension Sequence<Int> {
  /// The product of lengths and a size, or the largest `Int`.
  package func saturatingProduct(_ size: Int = 1) -> Int { reduce(size) { $0.saturatingMultiply($1) } }
}
