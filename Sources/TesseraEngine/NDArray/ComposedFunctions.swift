import TesseraCore
import TesseraKernels

// Elementwise functions made of others. Lazy: they are fused into the pass that needs them. They throw `.usage` for shapes that
// do not broadcast and dtypes NumPy refuses.

/// 0 where a is negative, b where it is 0, 1 where it is positive, NaN of NaN: NumPy's `heaviside`.
public func heaviside(_ a: NDArray, _ b: NDArray) throws -> NDArray {
  guard a.dtype.kind != .complex, b.dtype.kind != .complex else {
    throw TesseraError(.usage, "ufunc 'heaviside' not supported for \(a.dtype) and \(b.dtype)")
  }
  // Its dtypes are those of all functions of two floats.
  let dtype = try BinaryOperation.copysign.signature(a.dtype, b.dtype).result
  let sides = try `where`(isnan(a), a.astype(dtype), (a .> 0).astype(dtype))
  return try `where`(a .== 0, b.astype(dtype), sides)
}
/// The same with a number for b.
public func heaviside(_ a: NDArray, _ b: some ArrayScalar) throws -> NDArray {
  try heaviside(a, floatingConstant(b.scalar, beside: a.dtype))
}
/// The same with a number for a.
public func heaviside(_ a: some ArrayScalar, _ b: NDArray) throws -> NDArray {
  try heaviside(floatingConstant(a.scalar, beside: b.dtype), b)
}

/// A number in the dtype that it is computed in, which holds integers that the array's dtype does not.
private func floatingConstant(_ scalar: ScalarOperand, beside dtype: DType) throws -> NDArray {
  let own = scalar.dtype(beside: dtype)
  // Complex ones are refused by name.
  if own.kind == .complex { return NDArray(try scalar.constant(own)) }
  return NDArray(try scalar.constant(BinaryOperation.copysign.signature(dtype, own).operand))
}

/// sin(πx) / πx, and 1 at 0: NumPy's `sinc`. Floats and complex numbers keep their dtype, integers and bools give float64.
public func sinc(_ x: NDArray) throws -> NDArray {
  let angle = try x * Double.pi
  return try `where`(angle .== 0, 1, sin(angle) / angle)
}

/// Degrees as radians: `radians`.
public func deg2rad(_ x: NDArray) throws -> NDArray { try radians(x) }
/// Radians as degrees: `degrees`.
public func rad2deg(_ x: NDArray) throws -> NDArray { try degrees(x) }

/// The elements as they are; bools are refused, as in NumPy.
public func positive(_ x: NDArray) throws -> NDArray { try .unary(.positive, x) }

/// The quotient rounded down, and the remainder, which has the sign of b: NumPy's `divmod`.
public func divmod(_ a: NDArray, _ b: NDArray) throws -> (quotient: NDArray, remainder: NDArray) {
  (try floorDivide(a, b), try a % b)
}
/// The same with a number for b.
public func divmod(
  _ a: NDArray, _ b: some ArrayScalar
) throws -> (quotient: NDArray, remainder: NDArray) {
  (try floorDivide(a, b), try a % b)
}
/// The same with a number for a.
public func divmod(
  _ a: some ArrayScalar, _ b: NDArray
) throws -> (quotient: NDArray, remainder: NDArray) {
  (try floorDivide(a, b), try a % b)
}

/// Whether it is +infinity; complex numbers are refused.
public func isposinf(_ x: NDArray) throws -> NDArray {
  try requireReal(x, "isposinf")
  return try x .== Double.infinity
}
/// Whether it is -infinity; complex numbers are refused.
public func isneginf(_ x: NDArray) throws -> NDArray {
  try requireReal(x, "isneginf")
  return try x .== -Double.infinity
}

private func requireReal(_ x: NDArray, _ name: String) throws {
  guard x.dtype.kind != .complex else {
    throw TesseraError(.usage, "ufunc '\(name)' not supported for \(x.dtype)")
  }
}

/// a to the power of b in float64, or complex128: NumPy's `float_power`. Integers may have negative exponents.
public func floatPower(_ a: NDArray, _ b: NDArray) throws -> NDArray { try power(wide(a), wide(b)) }
/// The same with a number for b.
public func floatPower(_ a: NDArray, _ b: some ArrayScalar) throws -> NDArray { try power(wide(a), b) }
/// The same with a number for a.
public func floatPower(_ a: some ArrayScalar, _ b: NDArray) throws -> NDArray { try power(a, wide(b)) }

private func wide(_ x: NDArray) -> NDArray { x.astype(x.dtype.kind == .complex ? .complex128 : .float64) }
