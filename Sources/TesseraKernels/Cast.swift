import CTesseraKernels
package import TesseraCore

/// Conversions of dtype, with the meaning of NumPy's `astype(casting="unsafe")`.
///
/// * Integers wrap. Integers and floats become the nearest float, ties to even, rounded once.
/// * A float becomes an integer by truncation toward zero to `Int64`, then wraps; NaN and what `Int64` cannot
///   hold become `Int64.min` first. To `uint64`, values up to 2^64 are exact.
/// * Complex numbers lose their imaginary part, except on the way to complex or bool.
/// * Bool is whether the element is not zero, so NaN is true.
///
/// NumPy leaves the out-of-range cases to the processor; here every processor gives the same bits.
package enum Cast {
  /// Converts `count` adjacent native-endian elements. Neither pointer need be aligned; the two must not
  /// share memory.
  package static func convert(
    _ count: Int, from: DType, _ source: UnsafeRawPointer, to: DType, _ target: UnsafeMutableRawPointer
  ) {
    precondition(count >= 0)
    if isSame(from, to) {
      target.copyMemory(from: source, byteCount: count * from.itemSize)
    } else {
      tessera_cast(from.rawValue, to.rawValue, count, source, target)
    }
  }

  /// Whether converting leaves every byte as it is: equal dtypes, or integers of one size.
  ///
  /// Not so for bool to bool: stored bytes may be other than 0 and 1, and converted ones never are.
  package static func isSame(_ from: DType, _ to: DType) -> Bool {
    if from == .bool || to == .bool { return false }
    if from == to { return true }
    return isInteger(from) && isInteger(to) && from.itemSize == to.itemSize
  }

  private static func isInteger(_ dtype: DType) -> Bool {
    dtype.kind == .signed || dtype.kind == .unsigned
  }
}
