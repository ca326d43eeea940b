public import TesseraCore
import TesseraKernels

// Exact order statistics, of data of any size. Lines of up to 1 MiB are selected from where they are read; longer ones
// take two passes, for a sample and for what lies between pivots chosen from it, or some more in little memory. The answer does
// not depend on the budget, only the number of passes does.
extension NDArray {
  /// The median along axes, over everything when `axis` is nil; NaN where there is a NaN, and of nothing.
  ///
  /// Floats keep their dtype, integers give float64; the mean of the two middle elements for even counts.
  ///
  /// - Throws: `.usage` for complex numbers and axes out of bounds.
  public func median(axis: (any ArrayAxes)? = nil, keepdims: Bool = false) throws -> NDArray {
    try single(.median(), axis, keepdims)
  }

  /// The median of what is not NaN; NaN of nothing.
  public func nanmedian(axis: (any ArrayAxes)? = nil, keepdims: Bool = false) throws -> NDArray {
    try single(.median(skipsNaN: true), axis, keepdims)
  }

  /// The quantile of probability `q` along axes.
  ///
  /// - Parameter method: how it is made of the elements next to it; NumPy's names.
  /// - Throws: `.usage` for probabilities outside 0 to 1, dtypes without quantiles, and axes of length 0.
  public func quantile(
    _ q: Double, axis: (any ArrayAxes)? = nil, method: QuantileMethod = .linear, keepdims: Bool = false
  ) throws -> NDArray {
    try single(QuantileRequest([q], method: method), axis, keepdims)
  }

  /// Several quantiles, or none, along a first axis of the result; float64 where they lie between elements.
  public func quantile(
    _ q: [Double], axis: (any ArrayAxes)? = nil, method: QuantileMethod = .linear, keepdims: Bool = false
  ) throws -> NDArray {
    try several(QuantileRequest(q, method: method, isWidened: true), axis, keepdims)
  }

  /// The quantile of what is not NaN; NaN of nothing, as float64 where the dtype has none.
  public func nanquantile(
    _ q: Double, axis: (any ArrayAxes)? = nil, method: QuantileMethod = .linear, keepdims: Bool = false
  ) throws -> NDArray {
    try single(QuantileRequest([q], method: method, skipsNaN: true), axis, keepdims)
  }

  /// Several quantiles of what is not NaN, as `quantile`.
  public func nanquantile(
    _ q: [Double], axis: (any ArrayAxes)? = nil, method: QuantileMethod = .linear, keepdims: Bool = false
  ) throws -> NDArray {
    try several(QuantileRequest(q, method: method, skipsNaN: true, isWidened: true), axis, keepdims)
  }

  /// The quantile of a probability in percent.
  ///
  /// - Throws: `.usage` for percentages outside 0 to 100, dtypes without quantiles, and axes of length 0.
  public func percentile(
    _ q: Double, axis: (any ArrayAxes)? = nil, method: QuantileMethod = .linear, keepdims: Bool = false
  ) throws -> NDArray {
    try quantile(NDArray.fractions([q])[0], axis: axis, method: method, keepdims: keepdims)
  }

  /// Several quantiles by percentages, as `quantile`.
  public func percentile(
    _ q: [Double], axis: (any ArrayAxes)? = nil, method: QuantileMethod = .linear, keepdims: Bool = false
  ) throws -> NDArray {
    try quantile(NDArray.fractions(q), axis: axis, method: method, keepdims: keepdims)
  }

  /// The quantile of what is not NaN, of a probability in percent.
  public func nanpercentile(
    _ q: Double, axis: (any ArrayAxes)? = nil, method: QuantileMethod = .linear, keepdims: Bool = false
  ) throws -> NDArray {
    try nanquantile(NDArray.fractions([q])[0], axis: axis, method: method, keepdims: keepdims)
  }

  /// Several quantiles of what is not NaN, by percentages.
  public func nanpercentile(
    _ q: [Double], axis: (any ArrayAxes)? = nil, method: QuantileMethod = .linear, keepdims: Bool = false
  ) throws -> NDArray {
    try nanquantile(NDArray.fractions(q), axis: axis, method: method, keepdims: keepdims)
  }

  private static func fractions(_ percentages: [Double]) throws -> [Double] {
    if let bad = percentages.first(where: { !(0...100).contains($0) }) {
      throw TesseraError(
        .usage, "Percentiles must be in the range [0, 100]", expected: "0 to 100", got: "\(bad)")
    }
    return percentages.map { $0 / 100 }
  }

  private func single(
    _ request: QuantileRequest, _ axis: (any ArrayAxes)?, _ keepdims: Bool
  ) throws -> NDArray {
    try quantiles(request, axis)[ellipsis, 0].keeping(axis, of: self, keepdims)
  }

  private func several(
    _ request: QuantileRequest, _ axis: (any ArrayAxes)?, _ keepdims: Bool
  ) throws -> NDArray {
    let results = try quantiles(request, axis).moveaxis(-1, 0)
    guard keepdims else { return results }
    // The reduced axes come back behind that of the probabilities.
    let axes = try axis?.list(ndim) ?? Array(0..<ndim)
    return try results.expandDims(axis: Axes(axes.map { $0 + 1 }))
  }

  /// With the probabilities along the last axis.
  private func quantiles(_ request: QuantileRequest, _ axis: (any ArrayAxes)?) throws -> NDArray {
    let axes = Set(try axis?.list(ndim) ?? Array(0..<ndim))
    let quantiles = try Quantiles(request, of: node, axes: axes)
    let kept = shape.indices.filter { !axes.contains($0) }.map { shape[$0] }
    let result = try Shape(kept + [request.probabilities.count])
    if try reducedCount(axis) == 0 { return try ofNothing(request, result, quantiles.dtype) }
    // Without probabilities there is nothing to compute.
    if request.probabilities.isEmpty { return try .zeros(result.dimensions, dtype: quantiles.dtype) }
    return NDArray(.barrier(quantiles), shape: result, dtype: quantiles.dtype)
  }

  /// NumPy gives NaN only where it leaves NaNs out, and for medians, even of dtypes that have none.
  private func ofNothing(_ request: QuantileRequest, _ result: Shape, _ dtype: DType) throws -> NDArray {
    guard request.skipsNaN || request.isMedian else {
      throw TesseraError(.usage, "cannot take quantiles of an axis of length 0", got: "shape \(shape)")
    }
    let held: DType = dtype.kind == .floating ? dtype : .float64
    return try NDArray(Double.nan).astype(held).broadcast(to: result.dimensions)
  }
}
