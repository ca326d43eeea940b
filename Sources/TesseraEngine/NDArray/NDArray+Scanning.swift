public import TesseraCore

// Running totals and extremes. Lazy and streamed in order along the axis: one pass, memory for the totals of one line of
// blocks. Floats add up in float64, one after another, and are rounded to their dtype at the end.
extension NDArray {
  /// The running sum along an axis, over everything in C order when `axis` is nil; integers add up as int64 or uint64.
  /// Of a scalar it has one axis.
  ///
  /// - Throws: `.usage` for an axis out of bounds.
  public func cumsum(axis: Int? = nil, dtype: DType? = nil) throws -> NDArray {
    try scan(.sum, axis, dtype)
  }

  /// The running product, as `cumsum`.
  public func cumprod(axis: Int? = nil, dtype: DType? = nil) throws -> NDArray {
    try scan(.product, axis, dtype)
  }

  /// The running sum with NaNs taken for 0.
  public func nancumsum(axis: Int? = nil, dtype: DType? = nil) throws -> NDArray {
    guard hasNaN else { return try cumsum(axis: axis, dtype: dtype) }
    return try NDArray.select(.unary(.isnan, self), .constant(0, beside: self.dtype), self).cumsum(
      axis: axis, dtype: dtype)
  }

  /// The running product with NaNs taken for 1.
  public func nancumprod(axis: Int? = nil, dtype: DType? = nil) throws -> NDArray {
    guard hasNaN else { return try cumprod(axis: axis, dtype: dtype) }
    return try NDArray.select(.unary(.isnan, self), .constant(1, beside: self.dtype), self).cumprod(
      axis: axis, dtype: dtype)
  }

  /// The greatest element so far along an axis, over everything in C order when `axis` is nil: NumPy's
  /// `maximum.accumulate`, which goes along the first axis unless told otherwise. Of a scalar it has one axis.
  ///
  /// Exact, and of the array's dtype. From a NaN on all are NaN; complex numbers are ordered by real, then imaginary part.
  /// Which of 0.0 and -0.0 comes of both is not defined.
  ///
  /// - Throws: `.usage` for an axis out of bounds.
  public func cummax(axis: Int? = nil) throws -> NDArray { try scan(.maximum, axis, dtype) }

  /// The least element so far: NumPy's `minimum.accumulate`, as `cummax`.
  public func cummin(axis: Int? = nil) throws -> NDArray { try scan(.minimum, axis, dtype) }

  private func scan(_ scan: Scan, _ axis: Int?, _ dtype: DType?) throws -> NDArray {
    guard let axis, !isScalarWithAxis(axis) else { return try ravel().scan(scan, 0, dtype) }
    let number = try normalized(axis: axis)
    let result = dtype ?? self.dtype.totalDType
    let wide: DType =
      switch result.kind {
      case .bool, .signed: .int64
      case .unsigned: .uint64
      case .floating: .float64
      case .complex: .complex128
      }
    let operand = astype(result).astype(wide)
    return NDArray(.scan(scan, operand.node, axis: number), shape: shape, dtype: wide).astype(result)
  }
}
