public import TesseraCore
public import TesseraEngine

/// The covariance matrix of variables: NumPy's `cov`; a scalar for one variable.
///
/// Deviations are taken from means of neighbouring rows before they are multiplied, and merged as variances are, so
/// columns may be far from zero. float32 is multiplied in float32 over some thousand observations and merged in float64,
/// with errors of some 1e-6 of the standard deviations' product, also where products would leave the range of float32:
/// there columns are scaled by powers of two. `dtype: .float64` multiplies in float64, as weights do. NaN and
/// infinities make NaN of all that they enter, and so do deviations that are themselves beyond the range of float32. Products
/// beyond that of float64 make infinities or NaN. Without enough observations for the degrees of freedom the result is NaN or
/// infinite, as NumPy's.
///
/// - Parameters:
///   - m: one or two axes; each row is a variable, each column an observation.
///   - y: more variables of the same observations; left out where `m` has none, as in NumPy.
///   - rowvar: false where each column is a variable; a `y` of one row is one variable even so.
///   - bias: divides by the number of observations n rather than n - 1, unless `ddof` is given.
///   - ddof: divides by n - ddof.
///   - fweights: how often each observation counts: whole numbers of any real dtype, not negative.
///   - aweights: relative weights of observations, not negative.
///   - dtype: of the result; float64, or complex128 of complex numbers, when nil.
/// - Throws: `.usage` for more than two axes, other numbers of observations in `y`, weights of another shape or kind, and,
///   when it is computed, negative weights, fractions in `fweights`, or weights that add up to 0.
/// - Complexity: one pass; memory for variables x variables elements per thread, and once in float64.
public func cov(
  _ m: NDArray, _ y: NDArray? = nil, rowvar: Bool = true, bias: Bool = false, ddof: Int? = nil,
  fweights: NDArray? = nil, aweights: NDArray? = nil, dtype: DType? = nil
) throws -> NDArray {
  let observations = try observations(m, y, rowvar: rowvar)
  try requireFloating(dtype, beside: observations.dtype)
  // NumPy's, also of complex numbers.
  guard observations.shape[1] > 0 else { return try NDArray.zeros([0, 0], dtype: dtype ?? .float64) }
  let weights = try Weights(fweights, aweights, count: observations.shape[0])
  let source = try GramSource(
    observations, isCentred: true, weights: weights.product, isWide: dtype?.isWide ?? false)
  let divisor = try weights.divisor(observations.shape[0], ddof: ddof ?? (bias ? 0 : 1))
  let covariance = try conjugated(source.products) / divisor
  return try covariance.astype(dtype ?? covariance.dtype).squeeze()
}

/// The correlation coefficients of variables: NumPy's `corrcoef`; a scalar for one variable.
///
/// NaN where a variable is constant, or its variance too small for float64. As `cov`, of which the parameters are.
public func corrcoef(
  _ x: NDArray, _ y: NDArray? = nil, rowvar: Bool = true, dtype: DType? = nil
) throws -> NDArray {
  let observations = try observations(x, y, rowvar: rowvar)
  try requireFloating(dtype, beside: observations.dtype)
  // NumPy's, also of complex numbers.
  guard observations.shape[1] > 0 else { return try NDArray.zeros([0, 0], dtype: dtype ?? .float64) }
  let source = try GramSource(observations, isCentred: true, isWide: dtype?.isWide ?? false)
  let variances = source.diagonal
  // So that a product that is left of a variance too small to count makes no coefficient of 1.
  let deviations = try sqrt(`where`(variances .== 0.0, Double.nan, variances))
  let products = try conjugated(source.products)
  // By their product, so that coefficients of two variables are the same in either order.
  let ratio = try products / (deviations.expandDims(axis: 1) * deviations.expandDims(axis: 0))
  let bounded = try clipped(ratio)
  return try bounded.astype(dtype ?? bounded.dtype).squeeze()
}

/// Rounding must not make more of a coefficient than 1.
private func clipped(_ ratio: NDArray) throws -> NDArray {
  guard ratio.dtype.kind == .complex else { return try minimum(maximum(ratio, -1.0), 1.0) }
  let real = try minimum(maximum(NDArray.unary(.real, ratio), -1.0), 1.0)
  let imaginary = try minimum(maximum(NDArray.unary(.imaginary, ratio), -1.0), 1.0)
  return try real.astype(.complex128) + imaginary.astype(.complex128) * Complex<Double>(0, 1)
}

/// NumPy's covariance of complex numbers is Σ x conj(y), the products are Σ conj(x) y.
private func conjugated(_ products: NDArray) throws -> NDArray {
  products.dtype.kind == .complex ? try conjugate(products) : products
}

/// Variables as columns.
private func observations(_ m: NDArray, _ y: NDArray?, rowvar: Bool) throws -> NDArray {
  let own = try columns(m, "m", rowvar: rowvar)
  guard let y else { return own }
  // A `y` of one row is one variable to NumPy, `rowvar` or not.
  let other = try columns(y, "y", rowvar: rowvar || y.ndim == 2 && y.shape[0] == 1)
  // Nor does NumPy look at it beside no variables.
  if own.shape[1] == 0 { return own }
  guard own.shape[0] == other.shape[0] else {
    throw TesseraError(
      .usage, "observations of variables of shapes \(m.shape) and \(y.shape)", expected: "as many of both",
      got: "\(own.shape[0]) and \(other.shape[0])")
  }
  return try concatenate([own, other], axis: 1)
}

private func columns(_ m: NDArray, _ name: String, rowvar: Bool) throws -> NDArray {
  guard (1...2).contains(m.ndim) else {
    throw TesseraError(
      .usage, m.ndim > 2 ? "\(name) has more than 2 dimensions" : "\(name) has no axis",
      expected: "observations of variables", got: "shape \(m.shape)")
  }
  if m.ndim == 1 { return try m.expandDims(axis: 1) }
  return rowvar ? try m.transposed() : m
}
