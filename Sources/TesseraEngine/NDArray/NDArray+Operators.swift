import TesseraKernels

infix operator ** : BitwiseShiftPrecedence

// Arithmetic, elementwise with broadcasting and NumPy 2's promotion. `/` is true division, `%` has the sign of the
// divisor; comparisons and bitwise operators are Swift's pointwise ones. All throw `.usage` for shapes that do not
// broadcast and dtypes NumPy refuses.
extension NDArray {
  /// The sum; integers wrap, and of bools whether either is true.
  public static func + (a: NDArray, b: NDArray) throws -> NDArray { try binary(.add, a, b) }
  /// The sum; integers wrap, and of bools whether either is true.
  public static func + (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.add, a, b) }
  /// The sum; integers wrap, and of bools whether either is true.
  public static func + (a: some ArrayScalar, b: NDArray) throws -> NDArray { try binary(.add, a, b) }
  /// The difference; integers wrap, bools are refused.
  public static func - (a: NDArray, b: NDArray) throws -> NDArray { try binary(.subtract, a, b) }
  /// The difference; integers wrap, bools are refused.
  public static func - (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.subtract, a, b) }
  /// The difference; integers wrap, bools are refused.
  public static func - (a: some ArrayScalar, b: NDArray) throws -> NDArray { try binary(.subtract, a, b) }
  /// The product; integers wrap, and of bools whether both are true.
  public static func * (a: NDArray, b: NDArray) throws -> NDArray { try binary(.multiply, a, b) }
  /// The product; integers wrap, and of bools whether both are true.
  public static func * (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.multiply, a, b) }
  /// The product; integers wrap, and of bools whether both are true.
  public static func * (a: some ArrayScalar, b: NDArray) throws -> NDArray { try binary(.multiply, a, b) }
  /// The true quotient; float64 of integers.
  public static func / (a: NDArray, b: NDArray) throws -> NDArray { try binary(.divide, a, b) }
  /// The true quotient; float64 of integers.
  public static func / (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.divide, a, b) }
  /// The true quotient; float64 of integers.
  public static func / (a: some ArrayScalar, b: NDArray) throws -> NDArray { try binary(.divide, a, b) }
  /// The remainder, with the divisor's sign; 0 of an integer by 0.
  public static func % (a: NDArray, b: NDArray) throws -> NDArray { try binary(.remainder, a, b) }
  /// The remainder, with the divisor's sign; 0 of an integer by 0.
  public static func % (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.remainder, a, b) }
  /// The remainder, with the divisor's sign; 0 of an integer by 0.
  public static func % (a: some ArrayScalar, b: NDArray) throws -> NDArray { try binary(.remainder, a, b) }
  /// a to the power of b, as `power`.
  public static func ** (a: NDArray, b: NDArray) throws -> NDArray { try binary(.power, a, b) }
  /// a to the power of b, as `power`.
  public static func ** (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.power, a, b) }
  /// a to the power of b, as `power`.
  public static func ** (a: some ArrayScalar, b: NDArray) throws -> NDArray { try binary(.power, a, b) }
  /// The opposite; integers wrap, bools are refused.
  public static prefix func - (a: NDArray) throws -> NDArray { try unary(.negative, a) }
  /// All bits flipped; the opposite of bools.
  public static prefix func ~ (a: NDArray) throws -> NDArray { try unary(.invert, a) }
  /// Whether it is zero.
  public static prefix func .! (a: NDArray) throws -> NDArray { try unary(.logicalNot, a) }

  /// Whether they are equal; false beside NaN.
  public static func .== (a: NDArray, b: NDArray) throws -> NDArray { try binary(.equal, a, b) }
  /// Whether they are equal; false beside NaN.
  public static func .== (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.equal, a, b) }
  /// Whether they differ; true beside NaN.
  public static func .!= (a: NDArray, b: NDArray) throws -> NDArray { try binary(.notEqual, a, b) }
  /// Whether they differ; true beside NaN.
  public static func .!= (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.notEqual, a, b) }
  /// Whether a is less; false beside NaN.
  public static func .< (a: NDArray, b: NDArray) throws -> NDArray { try binary(.less, a, b) }
  /// Whether a is less; false beside NaN.
  public static func .< (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.less, a, b) }
  /// Whether a is less or equal; false beside NaN.
  public static func .<= (a: NDArray, b: NDArray) throws -> NDArray { try binary(.lessEqual, a, b) }
  /// Whether a is less or equal; false beside NaN.
  public static func .<= (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.lessEqual, a, b) }
  /// Whether a is greater; false beside NaN.
  public static func .> (a: NDArray, b: NDArray) throws -> NDArray { try binary(.greater, a, b) }
  /// Whether a is greater; false beside NaN.
  public static func .> (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.greater, a, b) }
  /// Whether a is greater or equal; false beside NaN.
  public static func .>= (a: NDArray, b: NDArray) throws -> NDArray { try binary(.greaterEqual, a, b) }
  /// Whether a is greater or equal; false beside NaN.
  public static func .>= (a: NDArray, b: some ArrayScalar) throws -> NDArray {
    try binary(.greaterEqual, a, b)
  }

  /// Bits set in both, of integers and bools.
  public static func .& (a: NDArray, b: NDArray) throws -> NDArray { try binary(.bitwiseAnd, a, b) }
  /// Bits set in both, of integers and bools.
  public static func .& (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.bitwiseAnd, a, b) }
  /// Bits set in both, of integers and bools.
  public static func .& (a: some ArrayScalar, b: NDArray) throws -> NDArray { try binary(.bitwiseAnd, a, b) }
  /// Bits set in either, of integers and bools.
  public static func .| (a: NDArray, b: NDArray) throws -> NDArray { try binary(.bitwiseOr, a, b) }
  /// Bits set in either, of integers and bools.
  public static func .| (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.bitwiseOr, a, b) }
  /// Bits set in either, of integers and bools.
  public static func .| (a: some ArrayScalar, b: NDArray) throws -> NDArray { try binary(.bitwiseOr, a, b) }
  /// Bits set in just one, of integers and bools.
  public static func .^ (a: NDArray, b: NDArray) throws -> NDArray { try binary(.bitwiseXor, a, b) }
  /// Bits set in just one, of integers and bools.
  public static func .^ (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.bitwiseXor, a, b) }
  /// Bits set in just one, of integers and bools.
  public static func .^ (a: some ArrayScalar, b: NDArray) throws -> NDArray { try binary(.bitwiseXor, a, b) }
  /// Bits moved up; 0 by the width or more.
  public static func << (a: NDArray, b: NDArray) throws -> NDArray { try binary(.leftShift, a, b) }
  /// Bits moved up; 0 by the width or more.
  public static func << (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.leftShift, a, b) }
  /// Bits moved up; 0 by the width or more.
  public static func << (a: some ArrayScalar, b: NDArray) throws -> NDArray { try binary(.leftShift, a, b) }
  /// Bits moved down, signs kept; only the sign is left by the width or more.
  public static func >> (a: NDArray, b: NDArray) throws -> NDArray { try binary(.rightShift, a, b) }
  /// Bits moved down, signs kept; only the sign is left by the width or more.
  public static func >> (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.rightShift, a, b) }
  /// Bits moved down, signs kept; only the sign is left by the width or more.
  public static func >> (a: some ArrayScalar, b: NDArray) throws -> NDArray { try binary(.rightShift, a, b) }
}
