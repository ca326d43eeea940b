import TesseraCore
import TesseraKernels
public import TesseraStorage

extension NDArray {
  /// The vector norm along axes: (Σ|x|^ord)^(1/ord); the greatest magnitude for infinity, the least for -infinity, how
  /// many are not zero for 0. Over everything when `axis` is nil (for a matrix that is the Frobenius norm).
  ///
  /// Floats keep their dtype, complex numbers give that of their parts, integers float64; sums are made in float64.
  ///
  /// - Throws: `.usage` for axes out of bounds and, for -infinity, of length 0 (the greatest of nothing is 0).
  /// - Complexity: one pass.
  public func norm(ord: Double = 2, axis: (any ArrayAxes)? = nil, keepdims: Bool = false) throws -> NDArray {
    // The reductions would let a scalar have an axis.
    _ = try axis?.list(ndim)
    let isNumber = dtype.kind == .floating || dtype.kind == .complex
    let magnitude = try NDArray.unary(.absolute, isNumber ? self : astype(.float64))
    switch ord {
    case .infinity: return try magnitude.max(axis: axis, keepdims: keepdims, initial: 0.0)
    case -.infinity: return try magnitude.min(axis: axis, keepdims: keepdims)
    case 0: return try (magnitude .!= 0.0).sum(axis: axis, dtype: magnitude.dtype, keepdims: keepdims)
    case 1: return try magnitude.sum(axis: axis, keepdims: keepdims)
    case 2:
      // Squares in float64, so that those of float32 neither overflow nor lose digits.
      let squares = try NDArray.unary(.square, magnitude.astype(.float64)).sum(axis: axis, keepdims: keepdims)
      return try NDArray.unary(.sqrt, squares).astype(magnitude.dtype)
    default:
      let powers = try (magnitude.astype(.float64) ** ord).sum(axis: axis, keepdims: keepdims)
      return try (powers ** (1 / ord)).astype(magnitude.dtype)
    }
  }

  /// The mean weighted by an array of this one's shape, or of the axes' lengths in the order they are given. Over
  /// everything when `axis` is nil.
  ///
  /// The dtype is that of a product with the weights, where integers and bools count as float64. Where weights add up to 0
  /// the result is NaN or infinite: that they do is not known before they are read.
  ///
  /// - Throws: `.usage` for weights of another shape and axes out of bounds.
  /// - Complexity: one pass.
  public func average(
    axis: (any ArrayAxes)? = nil, weights: NDArray? = nil, keepdims: Bool = false
  ) throws -> NDArray {
    try averageAndWeights(axis: axis, weights: weights, keepdims: keepdims).average
  }

  /// The same, and what the weights of each mean add up to, of the dtype and shape of the means: NumPy's
  /// `average(returned=True)`. Without weights that is how many elements there are.
  ///
  /// - Throws: as `average`.
  /// - Complexity: one pass for both, when they are evaluated together.
  public func averageAndWeights(
    axis: (any ArrayAxes)? = nil, weights: NDArray? = nil, keepdims: Bool = false
  ) throws -> (average: NDArray, weights: NDArray) {
    // The reductions would let a scalar have an axis.
    _ = try axis?.list(ndim)
    guard let weights else {
      let means = try mean(axis: axis, keepdims: keepdims)
      let count = NDArray(Double(try reducedCount(axis))).astype(means.dtype)
      return (means, try count.broadcast(to: means.shape.dimensions))
    }
    let result = DType.promoted(dtype.meanDType, weights.dtype)
    let wide: DType = result.kind == .complex ? .complex128 : .float64
    let factors = try weights.spread(over: self, axis).astype(wide)
    let weighted = try (astype(wide) * factors).sum(axis: axis, keepdims: keepdims)
    let total = try factors.sum(axis: axis, keepdims: keepdims)
    return (try (weighted / total).astype(result), total.astype(result))
  }

  /// Weights in the shape of an array, from its shape or from the lengths of axes.
  private func spread(over array: NDArray, _ axis: (any ArrayAxes)?) throws -> NDArray {
    if shape == array.shape { return self }
    let axes = try axis?.list(array.ndim) ?? []
    guard axis != nil, shape.dimensions == axes.map({ array.shape[$0] }) else {
      throw TesseraError(
        .usage, "shape of the weights", expected: "\(array.shape), or the lengths of the axes",
        got: "\(shape)")
    }
    let ascending = try transposed(axes.indices.sorted { axes[$0] < axes[$1] })
    let others = array.shape.indices.filter { !axes.contains($0) }
    return try ascending.expandDims(axis: Axes(others)).broadcast(to: array.shape.dimensions)
  }

  /// log(Σ exp(x)) without overflow, in one pass: SciPy's `logsumexp`; -inf of nothing.
  ///
  /// - Throws: `.usage` for complex numbers and axes out of bounds.
  public func logsumexp(axis: (any ArrayAxes)? = nil, keepdims: Bool = false) throws -> NDArray {
    let isFloat = dtype.kind == .floating
    guard isFloat || dtype.kind != .complex else {
      throw TesseraError(.usage, "logsumexp of complex numbers is not supported")
    }
    let source = isFloat ? self : astype(.float64)
    return try source.reduce(.logSumExp, .value, axis).astype(source.dtype).keeping(
      axis, of: self, keepdims)
  }

  /// Whether all elements are close to the other array's: |a - b| <= atol + rtol * |b|; equal infinities are close,
  /// NaNs only with `equalNaN`. Computed at once, in one pass.
  ///
  /// - Throws: `.usage` for shapes that do not broadcast; as `evaluate`.
  public func allclose(
    _ other: NDArray, rtol: Double = 1e-5, atol: Double = 1e-8, equalNaN: Bool = false,
    options: TransferOptions = .init()
  ) throws -> Bool {
    try isclose(other, rtol: rtol, atol: atol, equalNaN: equalNaN).all().item(as: Bool.self, options: options)
  }

  /// Whether the other array has the same shape and equal elements; NaNs are equal with `equalNaN` only. Computed at once,
  /// in one pass.
  ///
  /// - Throws: as `evaluate`.
  public func arrayEqual(
    _ other: NDArray, equalNaN: Bool = false, options: TransferOptions = .init()
  ) throws -> Bool {
    guard shape == other.shape else { return false }
    var equal = try self .== other
    if equalNaN, [.floating, .complex].contains(dtype.kind), [.floating, .complex].contains(other.dtype.kind)
    {
      let bothNaN = try NDArray.binary(.logicalAnd, NDArray.unary(.isnan, self), NDArray.unary(.isnan, other))
      equal = try NDArray.binary(.logicalOr, equal, bothNaN)
    }
    return try equal.all().item(as: Bool.self, options: options)
  }

  /// The sum of a diagonal of two axes: NumPy's `trace`.
  ///
  /// - Throws: as `diagonal`.
  public func trace(offset: Int = 0, axis1: Int = 0, axis2: Int = 1) throws -> NDArray {
    try diagonal(offset: offset, axis1: axis1, axis2: axis2).sum(axis: -1)
  }

  /// Whether each element is close to the other array's, as `allclose`.
  public func isclose(
    _ other: NDArray, rtol: Double = 1e-5, atol: Double = 1e-8, equalNaN: Bool = false
  ) throws -> NDArray {
    let isComplex = dtype.kind == .complex || other.dtype.kind == .complex
    let wide: DType = isComplex ? .complex128 : .float64
    let (a, b) = (astype(wide), other.astype(wide))
    let distance = try NDArray.unary(.absolute, a - b)
    let bound = try NDArray.unary(.absolute, b) * rtol + atol
    var close = try NDArray.binary(
      .logicalAnd, NDArray.binary(.lessEqual, distance, bound), NDArray.unary(.isfinite, b))
    close = try NDArray.binary(.logicalOr, close, a .== b)
    guard equalNaN else { return close }
    let bothNaN = try NDArray.binary(.logicalAnd, NDArray.unary(.isnan, a), NDArray.unary(.isnan, b))
    return try NDArray.binary(.logicalOr, close, bothNaN)
  }
}
