import TesseraKernels

infix operator ** : BitwiseShiftPrecedence

// Arithmetic, elementwise with broadcasting and NumPy 2's promotion. `/` is true division, `%` has the sign of the
// divisor; comparisons and bitwise operators are Swift's pointwise ones. All throw `.usage` for shapes that do not
// broadcast and dtypes NumPy refuses.
extension NDArray {
  public static func + (a: NDArray, b: NDArray) throws -> NDArray { try binary(.add, a, b) }
  public static func + (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.add, a, b) }
  public static func + (a: some ArrayScalar, b: NDArray) throws -> NDArray { try binary(.add, a, b) }
  public static func - (a: NDArray, b: NDArray) throws -> NDArray { try binary(.subtract, a, b) }
  public static func - (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.subtract, a, b) }
  public static func - (a: some ArrayScalar, b: NDArray) throws -> NDArray { try binary(.subtract, a, b) }
  public static func * (a: NDArray, b: NDArray) throws -> NDArray { try binary(.multiply, a, b) }
  public static func * (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.multiply, a, b) }
  public static func * (a: some ArrayScalar, b: NDArray) throws -> NDArray { try binary(.multiply, a, b) }
  public static func / (a: NDArray, b: NDArray) throws -> NDArray { try binary(.divide, a, b) }
  public static func / (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.divide, a, b) }
  public static func / (a: some ArrayScalar, b: NDArray) throws -> NDArray { try binary(.divide, a, b) }
  public static func % (a: NDArray, b: NDArray) throws -> NDArray { try binary(.remainder, a, b) }
  public static func % (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.remainder, a, b) }
  public static func % (a: some ArrayScalar, b: NDArray) throws -> NDArray { try binary(.remainder, a, b) }
  public static func ** (a: NDArray, b: NDArray) throws -> NDArray { try binary(.power, a, b) }
  public static func ** (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.power, a, b) }
  public static func ** (a: some ArrayScalar, b: NDArray) throws -> NDArray { try binary(.power, a, b) }
  public static prefix func - (a: NDArray) throws -> NDArray { try unary(.negative, a) }
  public static prefix func ~ (a: NDArray) throws -> NDArray { try unary(.invert, a) }
  public static prefix func .! (a: NDArray) throws -> NDArray { try unary(.logicalNot, a) }

  public static func .== (a: NDArray, b: NDArray) throws -> NDArray { try binary(.equal, a, b) }
  public static func .== (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.equal, a, b) }
  public static func .!= (a: NDArray, b: NDArray) throws -> NDArray { try binary(.notEqual, a, b) }
  public static func .!= (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.notEqual, a, b) }
  public static func .< (a: NDArray, b: NDArray) throws -> NDArray { try binary(.less, a, b) }
  public static func .< (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.less, a, b) }
  public static func .<= (a: NDArray, b: NDArray) throws -> NDArray { try binary(.lessEqual, a, b) }
  public static func .<= (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.lessEqual, a, b) }
  public static func .> (a: NDArray, b: NDArray) throws -> NDArray { try binary(.greater, a, b) }
  public static func .> (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.greater, a, b) }
  public static func .>= (a: NDArray, b: NDArray) throws -> NDArray { try binary(.greaterEqual, a, b) }
  public static func .>= (a: NDArray, b: some ArrayScalar) throws -> NDArray {
    try binary(.greaterEqual, a, b)
  }

  public static func .& (a: NDArray, b: NDArray) throws -> NDArray { try binary(.bitwiseAnd, a, b) }
  public static func .& (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.bitwiseAnd, a, b) }
  public static func .| (a: NDArray, b: NDArray) throws -> NDArray { try binary(.bitwiseOr, a, b) }
  public static func .| (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.bitwiseOr, a, b) }
  public static func .^ (a: NDArray, b: NDArray) throws -> NDArray { try binary(.bitwiseXor, a, b) }
  public static func .^ (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.bitwiseXor, a, b) }
  public static func << (a: NDArray, b: NDArray) throws -> NDArray { try binary(.leftShift, a, b) }
  public static func << (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.leftShift, a, b) }
  public static func >> (a: NDArray, b: NDArray) throws -> NDArray { try binary(.rightShift, a, b) }
  public static func >> (a: NDArray, b: some ArrayScalar) throws -> NDArray { try binary(.rightShift, a, b) }
}
