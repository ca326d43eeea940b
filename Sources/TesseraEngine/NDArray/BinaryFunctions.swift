import TesseraKernels

// Functions of two arrays, or an array and a number, elementwise with broadcasting and NumPy 2's promotion. They throw
// `.usage` for shapes that do not broadcast and dtypes NumPy refuses.

/// The greater of two; NaN when either is.
public func maximum(_ a: NDArray, _ b: NDArray) throws -> NDArray { try .binary(.maximum, a, b) }
/// The greater of two; NaN when either is.
public func maximum(_ a: NDArray, _ b: some ArrayScalar) throws -> NDArray { try .binary(.maximum, a, b) }
/// The greater of two; NaN when either is.
public func maximum(_ a: some ArrayScalar, _ b: NDArray) throws -> NDArray { try .binary(.maximum, a, b) }

/// The lesser of two; NaN when either is.
public func minimum(_ a: NDArray, _ b: NDArray) throws -> NDArray { try .binary(.minimum, a, b) }
/// The lesser of two; NaN when either is.
public func minimum(_ a: NDArray, _ b: some ArrayScalar) throws -> NDArray { try .binary(.minimum, a, b) }
/// The lesser of two; NaN when either is.
public func minimum(_ a: some ArrayScalar, _ b: NDArray) throws -> NDArray { try .binary(.minimum, a, b) }

/// The greater of two; the other one when either is NaN.
public func fmax(_ a: NDArray, _ b: NDArray) throws -> NDArray { try .binary(.fmax, a, b) }
/// The greater of two; the other one when either is NaN.
public func fmax(_ a: NDArray, _ b: some ArrayScalar) throws -> NDArray { try .binary(.fmax, a, b) }
/// The greater of two; the other one when either is NaN.
public func fmax(_ a: some ArrayScalar, _ b: NDArray) throws -> NDArray { try .binary(.fmax, a, b) }

/// The lesser of two; the other one when either is NaN.
public func fmin(_ a: NDArray, _ b: NDArray) throws -> NDArray { try .binary(.fmin, a, b) }
/// The lesser of two; the other one when either is NaN.
public func fmin(_ a: NDArray, _ b: some ArrayScalar) throws -> NDArray { try .binary(.fmin, a, b) }
/// The lesser of two; the other one when either is NaN.
public func fmin(_ a: some ArrayScalar, _ b: NDArray) throws -> NDArray { try .binary(.fmin, a, b) }

/// The greatest integer not above a / b; integers divided by zero give 0.
public func floorDivide(_ a: NDArray, _ b: NDArray) throws -> NDArray { try .binary(.floorDivide, a, b) }
/// The greatest integer not above a / b; integers divided by zero give 0.
public func floorDivide(_ a: NDArray, _ b: some ArrayScalar) throws -> NDArray {
  try .binary(.floorDivide, a, b)
}
/// The greatest integer not above a / b; integers divided by zero give 0.
public func floorDivide(_ a: some ArrayScalar, _ b: NDArray) throws -> NDArray {
  try .binary(.floorDivide, a, b)
}

/// The remainder with the sign of the dividend, as in C.
public func fmod(_ a: NDArray, _ b: NDArray) throws -> NDArray { try .binary(.fmod, a, b) }
/// The remainder with the sign of the dividend, as in C.
public func fmod(_ a: NDArray, _ b: some ArrayScalar) throws -> NDArray { try .binary(.fmod, a, b) }
/// The remainder with the sign of the dividend, as in C.
public func fmod(_ a: some ArrayScalar, _ b: NDArray) throws -> NDArray { try .binary(.fmod, a, b) }

/// a to the power of b; integers wrap, and refuse negative exponents when computed.
public func power(_ a: NDArray, _ b: NDArray) throws -> NDArray { try .binary(.power, a, b) }
/// a to the power of b; integers wrap, and refuse negative exponents when computed.
public func power(_ a: NDArray, _ b: some ArrayScalar) throws -> NDArray { try .binary(.power, a, b) }
/// a to the power of b; integers wrap, and refuse negative exponents when computed.
public func power(_ a: some ArrayScalar, _ b: NDArray) throws -> NDArray { try .binary(.power, a, b) }

/// The angle of the point (b, a), in radians.
public func arctan2(_ a: NDArray, _ b: NDArray) throws -> NDArray { try .binary(.arctan2, a, b) }
/// The angle of the point (b, a), in radians.
public func arctan2(_ a: NDArray, _ b: some ArrayScalar) throws -> NDArray { try .binary(.arctan2, a, b) }
/// The angle of the point (b, a), in radians.
public func arctan2(_ a: some ArrayScalar, _ b: NDArray) throws -> NDArray { try .binary(.arctan2, a, b) }

/// sqrt(a² + b²) without overflow.
public func hypot(_ a: NDArray, _ b: NDArray) throws -> NDArray { try .binary(.hypot, a, b) }
/// sqrt(a² + b²) without overflow.
public func hypot(_ a: NDArray, _ b: some ArrayScalar) throws -> NDArray { try .binary(.hypot, a, b) }
/// sqrt(a² + b²) without overflow.
public func hypot(_ a: some ArrayScalar, _ b: NDArray) throws -> NDArray { try .binary(.hypot, a, b) }

/// log(exp(a) + exp(b)) without overflow.
public func logaddexp(_ a: NDArray, _ b: NDArray) throws -> NDArray { try .binary(.logaddexp, a, b) }
/// log(exp(a) + exp(b)) without overflow.
public func logaddexp(_ a: NDArray, _ b: some ArrayScalar) throws -> NDArray { try .binary(.logaddexp, a, b) }
/// log(exp(a) + exp(b)) without overflow.
public func logaddexp(_ a: some ArrayScalar, _ b: NDArray) throws -> NDArray { try .binary(.logaddexp, a, b) }

/// log2(2^a + 2^b) without overflow.
public func logaddexp2(_ a: NDArray, _ b: NDArray) throws -> NDArray { try .binary(.logaddexp2, a, b) }
/// log2(2^a + 2^b) without overflow.
public func logaddexp2(_ a: NDArray, _ b: some ArrayScalar) throws -> NDArray {
  try .binary(.logaddexp2, a, b)
}
/// log2(2^a + 2^b) without overflow.
public func logaddexp2(_ a: some ArrayScalar, _ b: NDArray) throws -> NDArray {
  try .binary(.logaddexp2, a, b)
}

/// The magnitude of a with the sign of b.
public func copysign(_ a: NDArray, _ b: NDArray) throws -> NDArray { try .binary(.copysign, a, b) }
/// The magnitude of a with the sign of b.
public func copysign(_ a: NDArray, _ b: some ArrayScalar) throws -> NDArray { try .binary(.copysign, a, b) }
/// The magnitude of a with the sign of b.
public func copysign(_ a: some ArrayScalar, _ b: NDArray) throws -> NDArray { try .binary(.copysign, a, b) }

/// Whether both are not zero.
public func logicalAnd(_ a: NDArray, _ b: NDArray) throws -> NDArray { try .binary(.logicalAnd, a, b) }
/// Whether both are not zero.
public func logicalAnd(_ a: NDArray, _ b: some ArrayScalar) throws -> NDArray {
  try .binary(.logicalAnd, a, b)
}
/// Whether both are not zero.
public func logicalAnd(_ a: some ArrayScalar, _ b: NDArray) throws -> NDArray {
  try .binary(.logicalAnd, a, b)
}

/// Whether either is not zero.
public func logicalOr(_ a: NDArray, _ b: NDArray) throws -> NDArray { try .binary(.logicalOr, a, b) }
/// Whether either is not zero.
public func logicalOr(_ a: NDArray, _ b: some ArrayScalar) throws -> NDArray { try .binary(.logicalOr, a, b) }
/// Whether either is not zero.
public func logicalOr(_ a: some ArrayScalar, _ b: NDArray) throws -> NDArray { try .binary(.logicalOr, a, b) }

/// Whether just one is not zero.
public func logicalXor(_ a: NDArray, _ b: NDArray) throws -> NDArray { try .binary(.logicalXor, a, b) }
/// Whether just one is not zero.
public func logicalXor(_ a: NDArray, _ b: some ArrayScalar) throws -> NDArray {
  try .binary(.logicalXor, a, b)
}
/// Whether just one is not zero.
public func logicalXor(_ a: some ArrayScalar, _ b: NDArray) throws -> NDArray {
  try .binary(.logicalXor, a, b)
}
