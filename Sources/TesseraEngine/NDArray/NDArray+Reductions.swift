public import TesseraCore
package import TesseraKernels

// Reductions over axes, as NumPy's: over everything when `axis` is nil; with `keepdims` the axes stay with length 1;
// elements where `mask`, of bools, is false are left out. Each takes part in a pass over the array that it shares with
// whatever is evaluated together with it; accumulators are float64 (compensated for float64 input) and merge in an order
// fixed by the array's layout, so results do not depend on threads or budget. Memory: accumulators for the
// kept positions. They throw `.usage` for axes out of bounds and dtypes NumPy refuses. As in NumPy, axis 0 or -1 of a
// scalar is no mistake, except in `mean`, `var` and `std`.
extension NDArray {
  /// The sum; integers and bools add up as int64 or uint64 and wrap, floats keep their dtype.
  ///
  /// - Parameter initial: what the sum begins with, 0 when nil. As in NumPy the dtype of the result stays what it is, and
  ///   for integers the fraction is cut off.
  /// - Throws: `.usage` also for an initial value that the dtype of the result cannot hold.
  public func sum(
    axis: (any ArrayAxes)? = nil, dtype: DType? = nil, keepdims: Bool = false,
    initial: (any ArrayScalar)? = nil,
    where mask: NDArray? = nil
  ) throws -> NDArray {
    try total(.sum, .add, axis, dtype, keepdims, initial, Counted(mask))
  }

  /// The product, as `sum`; it begins with 1 when `initial` is nil.
  public func prod(
    axis: (any ArrayAxes)? = nil, dtype: DType? = nil, keepdims: Bool = false,
    initial: (any ArrayScalar)? = nil,
    where mask: NDArray? = nil
  ) throws -> NDArray {
    try total(.product, .multiply, axis, dtype, keepdims, initial, Counted(mask))
  }

  /// The least element; NaN when there is one.
  ///
  /// - Parameter initial: what the result is at most; needed with a mask. As in NumPy the result has the array's dtype
  ///   nevertheless, and for integers its fraction is cut off.
  /// - Throws: `.usage` also for axes of length 0 without `initial`, and for one that the dtype cannot hold.
  public func min(
    axis: (any ArrayAxes)? = nil, keepdims: Bool = false, initial: (any ArrayScalar)? = nil,
    where mask: NDArray? = nil
  ) throws -> NDArray {
    try extremum(.minimum, .minimum, axis, keepdims, initial, mask)
  }

  /// The greatest element; NaN when there is one. Otherwise as `min`.
  public func max(
    axis: (any ArrayAxes)? = nil, keepdims: Bool = false, initial: (any ArrayScalar)? = nil,
    where mask: NDArray? = nil
  ) throws -> NDArray {
    try extremum(.maximum, .maximum, axis, keepdims, initial, mask)
  }

  /// The difference of the greatest and the least element.
  public func ptp(axis: (any ArrayAxes)? = nil, keepdims: Bool = false) throws -> NDArray {
    try max(axis: axis, keepdims: keepdims) - min(axis: axis, keepdims: keepdims)
  }

  /// The arithmetic mean; integers give float64. NaN of nothing.
  public func mean(
    axis: (any ArrayAxes)? = nil, dtype: DType? = nil, keepdims: Bool = false, where mask: NDArray? = nil
  ) throws -> NDArray {
    try mean(axis, dtype, keepdims, Counted(mask))
  }

  /// The variance: mean squared distance from the mean, with a divisor of n - `ddof`.
  public func `var`(
    axis: (any ArrayAxes)? = nil, dtype: DType? = nil, ddof: Int = 0, keepdims: Bool = false,
    where mask: NDArray? = nil
  ) throws -> NDArray {
    let result = (dtype ?? self.dtype.meanDType).realPart
    return try variance(axis, ddof, Counted(mask)).astype(result).keeping(axis, of: self, keepdims)
  }

  /// The standard deviation: the square root of the variance.
  public func std(
    axis: (any ArrayAxes)? = nil, dtype: DType? = nil, ddof: Int = 0, keepdims: Bool = false,
    where mask: NDArray? = nil
  ) throws -> NDArray {
    let result = (dtype ?? self.dtype.meanDType).realPart
    let deviation = try NDArray.unary(.sqrt, variance(axis, ddof, Counted(mask)))
    return try deviation.astype(result).keeping(axis, of: self, keepdims)
  }

  /// Whether any element is not zero.
  public func any(
    axis: (any ArrayAxes)? = nil, keepdims: Bool = false, where mask: NDArray? = nil
  ) throws -> NDArray {
    let axis = axesOfUfunc(axis)
    return try reduce(.any, .value, axis, Counted(mask)).keeping(axis, of: self, keepdims)
  }

  /// Whether no element is zero.
  public func all(
    axis: (any ArrayAxes)? = nil, keepdims: Bool = false, where mask: NDArray? = nil
  ) throws -> NDArray {
    let axis = axesOfUfunc(axis)
    return try reduce(.all, .value, axis, Counted(mask)).keeping(axis, of: self, keepdims)
  }

  /// How many elements are not zero, as int64.
  public func countNonzero(axis: (any ArrayAxes)? = nil, keepdims: Bool = false) throws -> NDArray {
    let axis = axesOfUfunc(axis)
    return try astype(.bool).reduce(.sum, .value, axis).keeping(axis, of: self, keepdims)
  }

  /// The position of the first least element along an axis, or in C order over everything, as int64.
  ///
  /// - Throws: `.usage` also for axes of length 0.
  public func argmin(axis: Int? = nil, keepdims: Bool = false) throws -> NDArray {
    try position(.argMinimum, axis, keepdims)
  }

  /// The position of the first greatest element, otherwise as `argmin`.
  public func argmax(axis: Int? = nil, keepdims: Bool = false) throws -> NDArray {
    try position(.argMaximum, axis, keepdims)
  }

  // MARK: Parts

  /// A reduction as the kernels give it, without the reduced axes.
  package func reduce(
    _ operation: ReductionOperation, _ field: ReductionField, _ axis: (any ArrayAxes)?,
    _ counted: Counted = .all, prefersLocal: Bool = false
  ) throws -> NDArray {
    let (mask, skipsNaN) = try resolved(counted, for: operation)
    try NDArray.requireBool(mask: mask)
    let axes = Set(try axis?.list(ndim) ?? Array(0..<ndim))
    let operand =
      try mask.map { try broadcast(to: NDArray.broadcastShape(shape, $0.shape).dimensions) } ?? self
    guard operand.shape == shape else {
      throw TesseraError(
        .usage, "mask of a reduction", expected: "a shape that broadcasts to \(shape)", got: "\(mask!.shape)")
    }
    let reduction = try Reduction(
      operation, field, of: operand.node, mask: mask?.node, skipsNaN: skipsNaN, axes: axes,
      prefersLocal: prefersLocal)
    let kept = shape.indices.filter { !axes.contains($0) }.map { shape[$0] }
    return NDArray(
      .barrier(reduction), shape: try Shape(kept), dtype: reduction.reducer.resultDType(field))
  }

  /// NumPy casts no mask of a reduction either.
  static func requireBool(mask: NDArray?) throws {
    guard let mask, mask.dtype != .bool else { return }
    throw TesseraError(.usage, "mask of a reduction", expected: "bool", got: mask.dtype.name)
  }

  /// The reduced axes of `original` back with length 1, if asked for.
  package func keeping(_ axis: (any ArrayAxes)?, of original: NDArray, _ keepdims: Bool) throws -> NDArray {
    guard keepdims else { return self }
    return try expandDims(axis: Axes(try axis?.list(original.ndim) ?? Array(0..<original.ndim)))
  }

  /// How many elements each result is made of, as float64.
  package func count(_ axis: (any ArrayAxes)?, _ counted: Counted) throws -> NDArray {
    switch counted {
    case .masked(let mask):
      return try mask.broadcast(to: shape.dimensions).reduce(.sum, .value, axis).astype(.float64)
    case .numbers where hasNaN: return try reduce(.numbers, .value, axis).astype(.float64)
    case .all, .numbers: return NDArray(Double(try reducedCount(axis)))
    }
  }

  package func reducedCount(_ axis: (any ArrayAxes)?) throws -> Int {
    try axis?.list(ndim).reduce(1) { $0 * shape[$1] } ?? size
  }

  func total(
    _ operation: ReductionOperation, _ elementwise: BinaryOperation, _ axis: (any ArrayAxes)?,
    _ dtype: DType?, _ keepdims: Bool, _ initial: (any ArrayScalar)?, _ counted: Counted
  ) throws -> NDArray {
    let axis = axesOfUfunc(axis)
    let result = dtype ?? self.dtype.totalDType
    let source = dtype.map { astype($0) } ?? self
    var total = try source.reduce(operation, .value, axis, counted)
    if let initial {
      // In the dtype of the accumulators, so that the result is rounded once.
      let start = NDArray(try initial.scalar.element(of: result)).astype(total.dtype)
      total = try .binary(elementwise, total, start)
    }
    return try total.astype(result).keeping(axis, of: self, keepdims)
  }

  func mean(
    _ axis: (any ArrayAxes)?, _ dtype: DType?, _ keepdims: Bool, _ counted: Counted
  ) throws -> NDArray {
    let result = dtype ?? self.dtype.meanDType
    // Sums of integers of 64 bits may leave their range where the mean does not.
    let isWide = self.dtype == .int64 || self.dtype == .uint64
    let source = astype(dtype ?? (isWide ? .float64 : self.dtype))
    let mean = try source.reduce(.sum, .value, axis, counted) / count(axis, counted)
    return try mean.astype(result).keeping(axis, of: self, keepdims)
  }

  private func variance(_ axis: (any ArrayAxes)?, _ ddof: Int, _ counted: Counted) throws -> NDArray {
    let squares = try reduce(.moments, .m2, axis, counted)
    let degrees = try count(axis, counted) - Double(ddof)
    return try squares / NDArray.binary(.maximum, degrees, 0.0)
  }

  package func extremum(
    _ operation: ReductionOperation, _ elementwise: BinaryOperation, _ axis: (any ArrayAxes)?,
    _ keepdims: Bool,
    _ initial: (any ArrayScalar)?, _ mask: NDArray?
  ) throws -> NDArray {
    try NDArray.requireBool(mask: mask)
    let axis = axesOfUfunc(axis)
    guard let initial else {
      guard mask == nil else {
        throw TesseraError(
          .usage, "reduction operation \(elementwise.name) does not have an identity",
          expected: "initial, beside a mask")
      }
      try requireElements(axis, elementwise.name)
      return try reduce(operation, .value, axis).keeping(axis, of: self, keepdims)
    }
    let bound = NDArray(try initial.scalar.element(of: dtype))
    let masked = try mask.map { try NDArray.select($0, self, bound) } ?? self
    let value = try masked.reduce(operation, .value, axis)
    let result =
      try masked.reducedCount(axis) == 0
      ? bound.broadcast(to: value.shape.dimensions) : NDArray.binary(elementwise, value, bound)
    return try result.keeping(axis, of: self, keepdims)
  }

  /// Refuses axes of length 0, of which there is no extremum.
  package func requireElements(_ axis: (any ArrayAxes)?, _ name: String) throws {
    guard try reducedCount(axis) > 0 else {
      throw TesseraError(
        .usage, "zero-size array to reduction operation \(name) which has no identity", got: "\(shape)")
    }
  }

  private func position(_ operation: ReductionOperation, _ axis: Int?, _ keepdims: Bool) throws -> NDArray {
    let axes = axesOfUfunc(axis.map { Axes($0) })
    guard try reducedCount(axes) > 0 else {
      throw TesseraError(.usage, "attempt to get \(operation) of an empty sequence", got: "\(shape)")
    }
    return try reduce(operation, .index, axes).keeping(axes, of: self, keepdims)
  }
}

extension DType {
  /// The dtype of a sum or product, as in NumPy.
  package var totalDType: DType {
    switch kind {
    case .bool, .signed: .int64
    case .unsigned: .uint64
    case .floating, .complex: self
    }
  }

  /// The dtype of a mean, as in NumPy.
  package var meanDType: DType { kind == .floating || kind == .complex ? self : .float64 }
}
