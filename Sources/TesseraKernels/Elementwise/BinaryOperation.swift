package import TesseraCore

/// A function of two elements, with the meaning of the NumPy function of that name.
///
/// The raw values are those of the kernels' own list.
package enum BinaryOperation: UInt8, CaseIterable, Sendable, Hashable {
  case add, subtract, multiply, divide, floorDivide, remainder, fmod, power
  case maximum, minimum, fmax, fmin
  case arctan2, hypot, logaddexp, logaddexp2, copysign
  case equal, notEqual, less, lessEqual, greater, greaterEqual
  case logicalAnd, logicalOr, logicalXor
  case bitwiseAnd, bitwiseOr, bitwiseXor, leftShift, rightShift

  /// NumPy's name.
  package var name: String {
    switch self {
    case .floorDivide: "floor_divide"
    case .notEqual: "not_equal"
    case .lessEqual: "less_equal"
    case .greaterEqual: "greater_equal"
    case .logicalAnd: "logical_and"
    case .logicalOr: "logical_or"
    case .logicalXor: "logical_xor"
    case .bitwiseAnd: "bitwise_and"
    case .bitwiseOr: "bitwise_or"
    case .bitwiseXor: "bitwise_xor"
    case .leftShift: "left_shift"
    case .rightShift: "right_shift"
    default: String(describing: self)
    }
  }
}

extension BinaryOperation {
  /// The dtype to compute in and the dtype of the result, for elements of dtypes `a` and `b`.
  ///
  /// Throws `.usage` where NumPy raises `TypeError`.
  package func signature(_ a: DType, _ b: DType) throws -> OperationSignature {
    guard let signature = supported(a, b) else {
      throw TesseraError(.usage, "ufunc '\(name)' not supported for \(a) and \(b)")
    }
    return signature
  }

  private func supported(_ a: DType, _ b: DType) -> OperationSignature? {
    let common = DType.promoted(a, b)
    let isReal = common.kind != .complex
    let isInteger = isReal && common.kind != .floating
    return switch self {
    case .add, .multiply, .maximum, .minimum, .fmax, .fmin:
      .same(common)
    case .subtract:
      common == .bool ? nil : .same(common)
    case .divide:
      .same(isInteger ? .float64 : common)
    case .floorDivide, .remainder, .fmod:
      isReal ? .same(common == .bool ? .int8 : common) : nil
    case .power:
      .same(common == .bool ? .int8 : common)
    case .arctan2, .hypot, .logaddexp, .logaddexp2, .copysign:
      isReal ? .same(isInteger ? DType.promoted(a.leastFloat, b.leastFloat) : common) : nil
    case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual:
      OperationSignature(operand: common, result: .bool)
    case .logicalAnd, .logicalOr, .logicalXor:
      // Whether an element is zero does not survive every cast to a common dtype, so each answers alone.
      OperationSignature(operand: a == b ? a : .bool, result: .bool)
    case .bitwiseAnd, .bitwiseOr, .bitwiseXor:
      isInteger ? .same(common) : nil
    case .leftShift, .rightShift:
      isInteger ? .same(common == .bool ? .int8 : common) : nil
    }
  }
}
