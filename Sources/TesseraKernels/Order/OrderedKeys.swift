import CTesseraKernels
package import TesseraCore

/// Unsigned integers that sort as the elements of a real dtype do.
///
/// A key is below 2^`keyBits`: an unsigned integer itself, a signed one with its sign bit turned over, a
/// float's bits with the sign set if it is positive and all turned over if it is negative. -0.0 and 0.0 have
/// one key (that of 0.0), and all NaNs have `nan`, above every other key.
package enum OrderedKeys {
  package static let nan = UInt64.max

  /// Bits of the keys other than `nan`: as many as the element has.
  package static func keyBits(_ dtype: DType) -> Int { 8 * dtype.itemSize }

  /// The keys of the least and the greatest element there can be; the infinities for floats.
  package static func bounds(_ dtype: DType) -> ClosedRange<UInt64> {
    let ones = UInt64.max >> UInt64(64 - keyBits(dtype))
    let sign = ones ^ ones >> 1
    switch dtype {
    case .bool: return 0...1
    case .float16: return (ones ^ (0x7C00 | sign))...(0x7C00 | sign)
    case .bfloat16: return (ones ^ (0x7F80 | sign))...(0x7F80 | sign)
    case .float32: return (ones ^ (0x7F80_0000 | sign))...(0x7F80_0000 | sign)
    case .float64: return (ones ^ (0x7FF0 << 48 | sign))...(0x7FF0 << 48 | sign)
    default: return 0...ones
    }
  }

  /// Writes the keys of `count` adjacent elements, which need not be aligned.
  package static func keys(
    _ dtype: DType, count: Int, values: UnsafeRawPointer, into keys: UnsafeMutablePointer<UInt64>
  ) {
    precondition(count >= 0 && dtype.kind != .complex)
    tessera_keys(dtype.rawValue, count, values, keys)
  }

  /// Writes the element that has this key: 0.0 for the zeros, one quiet NaN for the NaNs.
  package static func value(
    ofKey key: UInt64, _ dtype: DType, into target: UnsafeMutableRawPointer
  ) {
    func write<Value: OrderedElement>(_: Value.Type) {
      target.storeBytes(of: Value(orderedKey: key), as: Value.self)
    }
    switch dtype {
    case .bool: write(UInt8.self)
    case .int8: write(Int8.self)
    case .int16: write(Int16.self)
    case .int32: write(Int32.self)
    case .int64: write(Int64.self)
    case .uint8: write(UInt8.self)
    case .uint16: write(UInt16.self)
    case .uint32: write(UInt32.self)
    case .uint64: write(UInt64.self)
    case .float16: write(Float16.self)
    case .bfloat16: write(BFloat16.self)
    case .float32: write(Float.self)
    case .float64: write(Double.self)
    case .complex64, .complex128: preconditionFailure("complex numbers have no order")
    }
  }
}
