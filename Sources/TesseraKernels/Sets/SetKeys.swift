import CTesseraKernels
package import TesseraCore

/// Unsigned integers that sort as NumPy sorts the elements of any dtype, as wide as the elements: 2 bytes at least.
///
/// -0.0 and 0.0 have one key, and so have all NaNs of a real dtype, above every other. Complex keys sort by real part,
/// then imaginary part; those with a NaN follow, in NumPy's order: R + NaNj, NaN + Rj, NaN + NaNj.
package enum SetKeys {
  /// Keys made at a time: they stay in the first-level cache.
  static let tile = 1024

  package static func width(_ dtype: DType) -> Int { Int(tessera_set_width(dtype.rawValue)) }

  /// Writes the keys of `count` adjacent elements, which need not be aligned.
  package static func keys(
    _ dtype: DType, count: Int, values: UnsafeRawPointer, into keys: UnsafeMutableRawPointer
  ) {
    tessera_set_keys(dtype.rawValue, count, values, keys)
  }

  /// Writes the elements of keys: 0.0 for zeros, one quiet NaN.
  package static func values(
    _ dtype: DType, count: Int, keys: UnsafeRawPointer, into values: UnsafeMutableRawPointer
  ) {
    tessera_set_values(dtype.rawValue, count, keys, values)
  }

  /// The place of the first zero of either sign among adjacent floats; nil without one.
  package static func firstZero(_ dtype: DType, count: Int, values: UnsafeRawPointer) -> Int? {
    let place = tessera_find_zero(dtype.rawValue, count, values)
    return place < count ? place : nil
  }

  /// The least key of elements with a NaN; nil for dtypes without.
  package static func leastNaN(_ dtype: DType) -> UInt128? {
    switch dtype {
    case .float16, .bfloat16: 0xFFFF
    case .float32: 0xFFFF_FFFF
    case .float64: 0xFFFF_FFFF_FFFF_FFFF
    case .complex64: 0xFF80_0001_0000_0000
    case .complex128: 0xFFF0_0000_0000_0001 << 64
    default: nil
    }
  }
}

/// Keys from `low` on and, unless nil, below `high`.
package struct KeyRange: Sendable, Equatable {
  package var low: UInt128 = 0
  package var high: UInt128?

  package init(low: UInt128 = 0, high: UInt128? = nil) {
    self.low = low
    self.high = high
  }

  var raw: tessera_key_range {
    let high = high ?? 0
    return tessera_key_range(
      low: (UInt64(truncatingIfNeeded: low), UInt64(truncatingIfNeeded: low >> 64)),
      high: (UInt64(truncatingIfNeeded: high), UInt64(truncatingIfNeeded: high >> 64)),
      bounded: self.high == nil ? 0 : 1)
  }
}
