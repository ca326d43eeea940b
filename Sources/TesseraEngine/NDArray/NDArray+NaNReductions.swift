public import TesseraCore

// Reductions that leave NaNs out; for dtypes without NaN they are the plain ones. Otherwise as the reductions without
// "nan" in their names.
extension NDArray {
  /// The sum of what is not NaN; 0 of nothing.
  ///
  /// - Parameter initial: as of `sum`; it is not left out where it is NaN.
  public func nansum(
    axis: (any ArrayAxes)? = nil, dtype: DType? = nil, keepdims: Bool = false,
    initial: (any ArrayScalar)? = nil,
    where mask: NDArray? = nil
  ) throws -> NDArray {
    try total(.sum, .add, axis, dtype, keepdims, initial, numbers(as: dtype, where: mask))
  }

  /// The product of what is not NaN; 1 of nothing. Otherwise as `nansum`.
  public func nanprod(
    axis: (any ArrayAxes)? = nil, dtype: DType? = nil, keepdims: Bool = false,
    initial: (any ArrayScalar)? = nil,
    where mask: NDArray? = nil
  ) throws -> NDArray {
    try total(.product, .multiply, axis, dtype, keepdims, initial, numbers(as: dtype, where: mask))
  }

  /// The least of what is not NaN; NaN where there is nothing else.
  public func nanmin(
    axis: (any ArrayAxes)? = nil, keepdims: Bool = false, initial: (any ArrayScalar)? = nil,
    where mask: NDArray? = nil
  ) throws -> NDArray {
    try extremum(hasNaN ? .fmin : .minimum, hasNaN ? .fmin : .minimum, axis, keepdims, initial, mask)
  }

  /// The greatest of what is not NaN; NaN where there is nothing else.
  public func nanmax(
    axis: (any ArrayAxes)? = nil, keepdims: Bool = false, initial: (any ArrayScalar)? = nil,
    where mask: NDArray? = nil
  ) throws -> NDArray {
    try extremum(hasNaN ? .fmax : .maximum, hasNaN ? .fmax : .maximum, axis, keepdims, initial, mask)
  }

  /// The mean of what is not NaN; NaN of nothing.
  ///
  /// - Throws: `.usage` also for an integer `dtype` of floats, as do `nanvar` and `nanstd`.
  public func nanmean(
    axis: (any ArrayAxes)? = nil, dtype: DType? = nil, keepdims: Bool = false, where mask: NDArray? = nil
  ) throws -> NDArray {
    guard hasNaN else { return try mean(axis: axis, dtype: dtype, keepdims: keepdims, where: mask) }
    try requireInexact(dtype)
    return try mean(axesOfUfunc(axis), dtype, keepdims, numbers(as: dtype, where: mask))
  }

  /// The variance of what is not NaN; NaN where no more than `ddof` elements are left.
  public func nanvar(
    axis: (any ArrayAxes)? = nil, dtype: DType? = nil, ddof: Int = 0, keepdims: Bool = false,
    where mask: NDArray? = nil
  ) throws -> NDArray {
    guard hasNaN else {
      return try `var`(axis: axis, dtype: dtype, ddof: ddof, keepdims: keepdims, where: mask)
    }
    try requireInexact(dtype)
    let axis = axesOfUfunc(axis)
    let result = (dtype ?? self.dtype).realPart
    return try nanVariance(axis, ddof, mask).astype(result).keeping(axis, of: self, keepdims)
  }

  /// The standard deviation of what is not NaN, as `nanvar`.
  public func nanstd(
    axis: (any ArrayAxes)? = nil, dtype: DType? = nil, ddof: Int = 0, keepdims: Bool = false,
    where mask: NDArray? = nil
  ) throws -> NDArray {
    guard hasNaN else {
      return try std(axis: axis, dtype: dtype, ddof: ddof, keepdims: keepdims, where: mask)
    }
    try requireInexact(dtype)
    let axis = axesOfUfunc(axis)
    let result = (dtype ?? self.dtype).realPart
    let deviation = try NDArray.unary(.sqrt, nanVariance(axis, ddof, mask))
    return try deviation.astype(result).keeping(axis, of: self, keepdims)
  }

  /// The position of the first least element that is not NaN.
  ///
  /// - Throws: `.usage` for axes of length 0 and, when computed, where everything is NaN.
  public func nanargmin(axis: Int? = nil, keepdims: Bool = false) throws -> NDArray {
    try nanPosition(.infinity, axis, keepdims) { try $0.argmin(axis: $1, keepdims: $2) }
  }

  /// The position of the first greatest element that is not NaN, otherwise as `nanargmin`.
  public func nanargmax(axis: Int? = nil, keepdims: Bool = false) throws -> NDArray {
    try nanPosition(-.infinity, axis, keepdims) { try $0.argmax(axis: $1, keepdims: $2) }
  }

  // MARK: Parts

  /// What a mask keeps and is not NaN, also where elements are cast before they are reduced: no integer
  /// tells of a NaN, and no real number of one in an imaginary part.
  private func numbers(as dtype: DType?, where mask: NDArray?) throws -> Counted {
    let keepsNaN = dtype.map { $0.kind == self.dtype.kind || $0.kind == .complex } ?? true
    return mask == nil && hasNaN && !keepsNaN ? .masked(try isNumber) : try numbers(where: mask)
  }

  /// What NumPy's `mean` takes of floats too, its `nanmean` does not.
  private func requireInexact(_ dtype: DType?) throws {
    guard let dtype, dtype.kind != .floating, dtype.kind != .complex else { return }
    throw TesseraError(
      .usage, "dtype of what may be NaN", expected: "a floating-point or complex one", got: dtype.name)
  }

  /// NumPy gives NaN where no degrees of freedom are left.
  private func nanVariance(_ axis: (any ArrayAxes)?, _ ddof: Int, _ mask: NDArray?) throws -> NDArray {
    let counted = try numbers(where: mask)
    let squares = try reduce(.moments, .m2, axis, counted)
    let degrees = try count(axis, counted) - Double(ddof)
    return try NDArray.select(degrees .> 0.0, squares / degrees, NDArray(Double.nan))
  }

  private func nanPosition(
    _ filler: Double, _ axis: Int?, _ keepdims: Bool, _ find: (NDArray, Int?, Bool) throws -> NDArray
  ) throws -> NDArray {
    guard hasNaN else { return try find(self, axis, keepdims) }
    let isNaN = try NDArray.unary(.isnan, self)
    let filled = try NDArray.select(isNaN, .constant(filler, beside: dtype), self)
    let isNothing = try isNaN.all(axis: axis.map { Axes($0) }, keepdims: keepdims)
    return try find(filled, axis, keepdims).zipMap(isNothing) { (position: Int64, isNothing: Bool) in
      if isNothing { throw TesseraError(.usage, "All-NaN slice encountered") }
      return position
    }
  }
}
