package import TesseraCore
package import TesseraKernels

/// How nodes are made: dtypes promoted, operands cast, shapes broadcast and checked.
extension NDArray {
  package static func unary(_ operation: UnaryOperation, _ a: NDArray) throws -> NDArray {
    let signature = try operation.signature(a.dtype)
    return NDArray(
      .unary(operation, a.astype(signature.operand).node), shape: a.shape, dtype: signature.result)
  }

  package static func binary(_ operation: BinaryOperation, _ a: NDArray, _ b: NDArray) throws -> NDArray {
    let shape = try broadcastShape(a.shape, b.shape)
    if let (first, second) = operation.mixedComparison(a.dtype, b.dtype) {
      return NDArray(
        .binary(operation, a.astype(first).node, b.astype(second).node), shape: shape, dtype: .bool)
    }
    let signature = try operation.signature(a.dtype, b.dtype)
    return NDArray(
      .binary(operation, a.astype(signature.operand).node, b.astype(signature.operand).node), shape: shape,
      dtype: signature.result)
  }

  package static func binary(
    _ operation: BinaryOperation, _ a: NDArray, _ b: some ArrayScalar
  ) throws -> NDArray {
    try binary(operation, a, constant(b.scalar, beside: a, operation))
  }

  package static func binary(
    _ operation: BinaryOperation, _ a: some ArrayScalar, _ b: NDArray
  ) throws -> NDArray {
    try binary(operation, constant(a.scalar, beside: b, operation), b)
  }

  private static func constant(
    _ scalar: ScalarOperand, beside array: NDArray, _ operation: BinaryOperation
  ) throws -> NDArray {
    let dtype = scalar.dtype(beside: array.dtype)
    if operation.isComparison, scalar.weak == .integer, !scalar.fits(dtype) {
      // Comparing with an integer that the dtype does not have is no mistake: its answer is known.
      return NDArray(try scalar.constant(.int64))
    }
    // Beside a number with a dtype integers of 64 bits are compared as they are, not as float64.
    if operation.mixedComparison(array.dtype, dtype) != nil { return NDArray(try scalar.constant(dtype)) }
    // Whether it is zero is all that logic asks.
    if operation.isLogical { return NDArray(try scalar.constant(scalar.fits(dtype) ? dtype : .bool)) }
    // Where the operation computes in another dtype than the two have (`copysign` of integers), the scalar
    // need not fit theirs.
    let operand = try operation.signature(array.dtype, dtype).operand
    let isInteger = operand.kind == .signed || operand.kind == .unsigned
    return NDArray(try scalar.constant(isInteger ? dtype : operand))
  }

  /// A scalar as an array, of the dtype it has beside another array.
  package static func constant(_ value: some ArrayScalar, beside dtype: DType) throws -> NDArray {
    NDArray(try value.scalar.constant(value.scalar.dtype(beside: dtype)))
  }

  /// NumPy's rule: shapes are aligned at the last axis; lengths are equal, or one of them is 1.
  package static func broadcastShape(_ a: Shape, _ b: Shape) throws -> Shape {
    if a == b { return a }
    let rank = Swift.max(a.rank, b.rank)
    var dimensions = [Int](repeating: 1, count: rank)
    for axis in 0..<rank {
      let first = axis - (rank - a.rank) >= 0 ? a[axis - (rank - a.rank)] : 1
      let second = axis - (rank - b.rank) >= 0 ? b[axis - (rank - b.rank)] : 1
      guard first == second || first == 1 || second == 1 else {
        throw TesseraError(.usage, "operands could not be broadcast together with shapes \(a) \(b)")
      }
      dimensions[axis] = first == 1 ? second : first
    }
    return try Shape(dimensions)
  }

  /// An axis counted from the end when negative.
  ///
  /// - Throws: `.usage` out of bounds.
  package func normalized(axis: Int) throws -> Int {
    guard axis < ndim, axis >= -ndim else {
      throw TesseraError(.usage, "axis \(axis) is out of bounds for array of dimension \(ndim)")
    }
    return axis < 0 ? axis + ndim : axis
  }

  /// Axes counted from the end when negative.
  ///
  /// - Throws: `.usage` for axes out of bounds or given twice.
  package func normalized(_ axes: [Int]) throws -> [Int] { try axes.list(ndim) }

  /// Whether it is a scalar, and the axis one that NumPy lets it have where it takes it for an array of one element.
  package func isScalarWithAxis(_ axis: Int) -> Bool { ndim == 0 && (axis == 0 || axis == -1) }

  /// The axes as they are, but nil, everything, for axis 0 or -1 of a scalar: what NumPy's ufuncs reduce, and no other
  /// function does.
  package func axesOfUfunc(_ axis: (any ArrayAxes)?) -> Axes? {
    guard let axes = axis?.axes, axes.isSingle, isScalarWithAxis(axes.values[0]) else { return axis?.axes }
    return nil
  }
}

extension BinaryOperation {
  fileprivate var isLogical: Bool { self == .logicalAnd || self == .logicalOr || self == .logicalXor }

  fileprivate var isComparison: Bool {
    switch self {
    case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual: true
    default: false
    }
  }
}
