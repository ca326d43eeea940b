import TesseraCore
import TesseraKernels

// Exponentials as shares of their sum: SciPy's `softmax` and `log_softmax`.
extension NDArray {
  /// exp(x) / Σ exp(x) along axes, without overflow: SciPy's `softmax`. Over everything when `axis` is nil.
  ///
  /// Floats keep their dtype; integers and bools give float64. Where there is an infinity or a NaN among the
  /// elements that are added up all of the results are NaN, but that -infinity beside finite ones gives 0.
  ///
  /// - Throws: `.usage` for complex numbers, axes out of bounds, and axes of length 0.
  /// - Complexity: two passes, one for the greatest elements and the sums, and the one that the result takes anyway;
  ///   of many short rows that one alone (`Reduction.localAxes`). Memory for what the reductions keep.
  public func softmax(axis: (any ArrayAxes)? = nil) throws -> NDArray {
    let (x, greatest, sum) = try exponents(axis, "softmax")
    // 0, or NaN where the greatest is not finite.
    let divisor = try sum + (greatest - greatest)
    return try (NDArray.unary(.exp, x - greatest) / divisor).astype(dtype.meanDType)
  }

  /// x - log(Σ exp(x)) along axes: SciPy's `log_softmax`, which keeps the digits that log(softmax(x)) loses.
  ///
  /// Otherwise as `softmax`, but that finite elements beside +infinity give -infinity.
  ///
  /// - Throws: as `softmax`.
  /// - Complexity: as `softmax`.
  public func logSoftmax(axis: (any ArrayAxes)? = nil) throws -> NDArray {
    let (x, greatest, sum) = try exponents(axis, "logSoftmax")
    let rest = try NDArray.select(
      .unary(.isfinite, greatest), .unary(.log, sum), .zeros([], dtype: sum.dtype))
    return try (x - greatest - rest).astype(dtype.meanDType)
  }

  /// The elements, the greatest of them along the axes, and the sum of exp(x - greatest), in the dtype to compute in:
  /// halves in float32, so that they are rounded once.
  private func exponents(
    _ axis: (any ArrayAxes)?, _ name: String
  ) throws -> (x: NDArray, greatest: NDArray, sum: NDArray) {
    guard dtype.kind != .complex else {
      throw TesseraError(.usage, "\(name) of complex numbers is not supported")
    }
    let axis = axesOfUfunc(axis)
    try requireElements(axis, "maximum")
    let source = astype(dtype.meanDType)
    let greatest = try source.reduce(.maximum, .value, axis).keeping(axis, of: self, true)
    let sum = try source.reduce(.logSumExp, .sum, axis).keeping(axis, of: self, true)
    let wide: DType = source.dtype == .float64 ? .float64 : .float32
    return (source.astype(wide), greatest.astype(wide), sum.astype(wide))
  }
}
