import CTesseraKernels
package import TesseraCore

/// Operations over runs of adjacent native-endian elements, with NumPy's answers.
///
/// * Operands have the dtype that the operation's `signature` asks for, and the result has its result dtype.
/// * Integers wrap; an integer divided by zero, its remainder, and the reciprocal of zero are 0. Shifts by
///   the width or more push every bit out. Stored bools may be any byte; resulting ones are 0 or 1.
/// * float16 and bfloat16 compute in float32 and are rounded once per operation.
/// * Arithmetic, comparisons and roundings of reals have the same bits on every processor. Transcendental
///   functions are glibc's vector routines where there are any, else the C library's: measured against wider
///   types, within 4 ULP, special values included. Their last bits depend on
///   the processor, but never on where in a run an element stands. Near 0, `logaddexp` has an absolute error
///   of that size. Complex functions are the C library's, one by one.
///
/// Memory need not be aligned. O(count); scalars and short floats take some KiB of scratch memory.
package enum Elementwise {
  /// `op` of `count` elements. `result` may be the same memory as `a` when item sizes are equal.
  package static func unary(
    _ op: UnaryOperation, _ operand: DType, count: Int, _ a: UnsafeRawPointer,
    into result: UnsafeMutableRawPointer
  ) {
    precondition(count >= 0)
    if operand == .float16 || operand == .bfloat16 {
      unaryHalf(op, operand, count: count, a, into: result)
    } else {
      tessera_unary(op.rawValue, operand.rawValue, count, a, result)
    }
  }

  /// `op` of `count` pairs of elements. A scalar operand is one element that stands for all. `result` may be
  /// the memory of `a` or `b`, from exactly the same start, when item sizes are equal; not a scalar's.
  ///
  /// A float to the scalar power 2 or -1 is its square or reciprocal, rounded correctly. Throws `.usage` for
  /// integers to negative integer powers, before anything is written.
  package static func binary(
    _ op: BinaryOperation, _ operand: DType, count: Int, _ a: UnsafeRawPointer, isScalar aIsScalar: Bool,
    _ b: UnsafeRawPointer, isScalar bIsScalar: Bool, into result: UnsafeMutableRawPointer
  ) throws {
    precondition(count >= 0)
    if op == .power {
      try checkExponents(operand, count: bIsScalar ? min(1, count) : count, b)
      if bIsScalar, !aIsScalar, let simpler = simplerPower(operand, exponent: b) {
        return unary(simpler, operand, count: count, a, into: result)
      }
    }
    let left = Operand(a, isScalar: aIsScalar)
    let right = Operand(b, isScalar: bIsScalar)
    if operand == .float16 || operand == .bfloat16 {
      binaryHalf(op, operand, count: count, left, right, into: result)
    } else if aIsScalar || bIsScalar {
      binarySpread(op, operand, count: count, left, right, into: result)
    } else {
      tessera_binary(op.rawValue, operand.rawValue, count, a, b, result)
    }
  }

  private static func checkExponents(_ dtype: DType, count: Int, _ exponents: UnsafeRawPointer) throws {
    if tessera_has_negative(dtype.rawValue, count, exponents) != 0 {
      throw TesseraError(.usage, "integers to negative integer powers are not allowed")
    }
  }

  /// What a float to that power is as well, with less error and in less time.
  private static func simplerPower(_ dtype: DType, exponent: UnsafeRawPointer) -> UnaryOperation? {
    let value: Double
    switch dtype {
    case .float32: value = Double(exponent.loadUnaligned(as: Float.self))
    case .float64: value = exponent.loadUnaligned(as: Double.self)
    case .float16: value = Double(exponent.loadUnaligned(as: Float16.self))
    case .bfloat16: value = Double(exponent.loadUnaligned(as: BFloat16.self).float)
    default: return nil
    }
    return value == 2 ? .square : value == -1 ? .reciprocal : nil
  }
}
