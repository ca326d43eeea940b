import TesseraCore

// NumPy's `clip`: elements kept within bounds, in the dtype that they and all bounds have in common.
extension NDArray {
  /// The elements kept within bounds, of which either may be nil: NumPy's `clip`.
  ///
  /// An integer that lies beyond all that the dtype has, on its own side, is no bound.
  ///
  /// - Throws: `.usage` for an integer that the dtype in common does not have.
  public func clip(_ lower: (any ArrayScalar)?, _ upper: (any ArrayScalar)?) throws -> NDArray {
    try clipped(bound(lower, below: true), bound(upper, below: false))
  }

  /// The elements kept within bounds given by arrays; dtypes are promoted and all three broadcast.
  ///
  /// - Throws: `.usage` for shapes that do not broadcast.
  public func clip(_ lower: NDArray, _ upper: NDArray) throws -> NDArray {
    try clipped(.array(lower), .array(upper))
  }

  /// The same with a number, or nil, for the upper bound.
  public func clip(_ lower: NDArray, _ upper: (any ArrayScalar)?) throws -> NDArray {
    try clipped(.array(lower), bound(upper, below: false))
  }

  /// The same with a number, or nil, for the lower bound.
  public func clip(_ lower: (any ArrayScalar)?, _ upper: NDArray) throws -> NDArray {
    try clipped(bound(lower, below: true), .array(upper))
  }

  private func bound(_ number: (any ArrayScalar)?, below: Bool) -> ClipBound? {
    guard let scalar = number?.scalar, !scalar.isBeyond(dtype, below: below) else { return nil }
    return .number(scalar)
  }

  private func clipped(_ lower: ClipBound?, _ upper: ClipBound?) throws -> NDArray {
    let bounds = [lower, upper].compactMap { $0 }
    // Pair by pair the dtype would depend on which bound comes first.
    let own = DType.promoted([dtype] + bounds.compactMap { $0.dtype })
    let common = bounds.compactMap { $0.weak }.reduce(own) { $0.promoted(with: $1) }
    var result = astype(common)
    if let lower { result = try .binary(.maximum, result, lower.operand(common)) }
    if let upper { result = try .binary(.minimum, result, upper.operand(common)) }
    return result
  }
}

/// What elements are kept above or below.
private enum ClipBound {
  case array(NDArray)
  case number(ScalarOperand)

  /// nil for a number that has none of its own.
  var dtype: DType? {
    switch self {
    case .array(let array): array.dtype
    case .number(let scalar): scalar.weak == nil ? scalar.dtype : nil
    }
  }

  /// nil for what has a dtype.
  var weak: WeakScalar? {
    switch self {
    case .array: nil
    case .number(let scalar): scalar.weak
    }
  }

  func operand(_ dtype: DType) throws -> NDArray {
    switch self {
    case .array(let array): array.astype(dtype)
    case .number(let scalar): try NDArray(scalar.constant(dtype))
    }
  }
}
