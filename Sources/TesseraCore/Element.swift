/// A Swift type whose memory is that of one array element.
public protocol Element: BitwiseCopyable, Sendable {
  /// The dtype whose elements have this type's layout.
  static var dtype: DType { get }
}

extension Bool: Element { public static var dtype: DType { .bool } }
extension Int8: Element { public static var dtype: DType { .int8 } }
extension Int16: Element { public static var dtype: DType { .int16 } }
extension Int32: Element { public static var dtype: DType { .int32 } }
extension Int64: Element { public static var dtype: DType { .int64 } }
extension Int: Element { public static var dtype: DType { .int64 } }
extension UInt8: Element { public static var dtype: DType { .uint8 } }
extension UInt16: Element { public static var dtype: DType { .uint16 } }
extension UInt32: Element { public static var dtype: DType { .uint32 } }
extension UInt64: Element { public static var dtype: DType { .uint64 } }
extension UInt: Element { public static var dtype: DType { .uint64 } }
#if !(os(macOS) && arch(x86_64))
  extension Float16: Element { public static var dtype: DType { .float16 } }
#endif
extension Float: Element { public static var dtype: DType { .float32 } }
extension Double: Element { public static var dtype: DType { .float64 } }

/// A bfloat16 number: the upper half of a float32 (8 exponent bits, 7 fraction bits).
public struct BFloat16: Element, Hashable {
  public static var dtype: DType { .bfloat16 }
  public var bitPattern: UInt16

  public init(bitPattern: UInt16) { self.bitPattern = bitPattern }

  /// Rounds to nearest, ties to even; NaN stays NaN (quiet).
  public init(_ value: Float) {
    let bits = value.bitPattern
    if value.isNaN {
      bitPattern = UInt16(truncatingIfNeeded: bits >> 16) | 0x0040
    } else {
      let rounding = 0x7FFF + ((bits >> 16) & 1)
      bitPattern = UInt16(truncatingIfNeeded: (bits &+ rounding) >> 16)
    }
  }

  /// The value, exactly.
  public var float: Float { Float(bitPattern: UInt32(bitPattern) << 16) }
}

/// A complex number in NumPy's layout: real part, then imaginary part.
public struct Complex<Real: BinaryFloatingPoint & BitwiseCopyable & Sendable>: Hashable, Sendable,
  BitwiseCopyable
{
  public var real: Real
  public var imaginary: Real

  public init(_ real: Real, _ imaginary: Real) {
    self.real = real
    self.imaginary = imaginary
  }
}

/// The dtypes of which complex numbers are made.
public protocol ComplexPart: Element {}
extension Float: ComplexPart {}
extension Double: ComplexPart {}

extension Complex: Element where Real: ComplexPart {
  public static var dtype: DType { Real.dtype == .float64 ? .complex128 : .complex64 }
}
