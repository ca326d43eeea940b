import TesseraCore
import TesseraKernels
import TesseraStorage

// float32 stays in float32, as in scikit-learn: center and scale are rounded to it, then subtracted and divided by.
// Multiplying by the reciprocal would be no faster, as the work is bound by memory, and costs an ulp: the greatest of
// a minmax feature would not become 1. Half precision is computed in float32 and rounded once. Where a scale is beyond
// float32, as the range of a feature may be, all is computed in float64 and rounded once.
extension Normalizer {
  /// The array with its features, or rows, scaled; computed when its elements are needed.
  ///
  /// - Throws: `.usage` for features of another shape than the fitted ones, and complex dtypes.
  /// - Complexity: one pass, fused with what else is done with the result. `l2` and `l1` take each row from the cache a
  ///   second time; rows of more than 256 KiB take a pass of their own.
  public func transform(_ x: NDArray) throws -> NDArray {
    try Normalizer.requireReal(x)
    let working = self.working(x.dtype)
    let source = x.astype(working)
    if method.scalesRows {
      return try (source / norms(x, working)).astype(Normalizer.result(x.dtype))
    }
    let (center, scale) = try parameters(for: x, working)
    let centred = method == .maxabs ? source : try source - center
    return try (centred / scale).astype(Normalizer.result(x.dtype))
  }

  /// The array that `transform` makes this one of, but for rounding: z * scale + center.
  ///
  /// - Throws: `.usage` for `l2` and `l1`, which do not keep the norms; as `transform`.
  public func inverseTransform(_ z: NDArray) throws -> NDArray {
    guard !method.scalesRows else {
      throw TesseraError(.usage, "\(method.rawValue) cannot be undone: the norms are not kept")
    }
    try Normalizer.requireReal(z)
    let working = self.working(z.dtype)
    let (center, scale) = try parameters(for: z, working)
    let spread = try z.astype(working) * scale
    return try (method == .maxabs ? spread : spread + center).astype(Normalizer.result(z.dtype))
  }

  /// What is computed in; that of a plan does not know the scales yet (`Fit.placeholder`).
  private func working(_ dtype: DType) -> DType {
    guard dtype.kind == .floating, dtype != .float64 else { return .float64 }
    return scales.contains { $0.isFinite && Float($0).isInfinite } ? .float64 : .float32
  }

  private static func result(_ dtype: DType) -> DType { dtype.kind == .floating ? dtype : .float64 }

  /// Center and scale with an axis of length 1 where the array has the fitted one.
  private func parameters(for x: NDArray, _ dtype: DType) throws -> (center: NDArray, scale: NDArray) {
    let axis = try x.normalized(axis: axis)
    var features = x.shape.dimensions
    features.remove(at: axis)
    guard features == featureShape.dimensions else {
      throw TesseraError(
        .usage, "features of the array, without axis \(axis)", expected: "\(featureShape), as in the fit",
        got: "\(Shape.describe(features))")
    }
    features.insert(1, at: axis)
    if case .planned = statistics {
      let shape = try Shape(features)
      // Two, as center and scale are read apart.
      return (NDArray(planned: shape, dtype), NDArray(planned: shape, dtype))
    }
    return (try parameter(centers, features, dtype), try parameter(scales, features, dtype))
  }

  private func parameter(_ values: [Double], _ shape: [Int], _ dtype: DType) throws -> NDArray {
    try dtype == .float32 ? NDArray(values.map(Float.init), shape: shape) : NDArray(values, shape: shape)
  }

  /// The norm of each row, 1 for rows of zeros; in float64, so that squares neither overflow nor lose digits.
  private func norms(_ x: NDArray, _ dtype: DType) throws -> NDArray {
    let axis = try x.normalized(axis: axis)
    let wide = x.astype(.float64)
    let powers = try NDArray.unary(method == .l2 ? .square : .absolute, wide)
    let sum = try powers.reduce(.sum, .value, axis, prefersLocal: axis == x.ndim - 1)
      .keeping(axis, of: x, true)
    let norm = method == .l2 ? try NDArray.unary(.sqrt, sum) : sum
    let isNothing = try norm .< (10 * x.dtype.roundingUnit)
    return try NDArray.select(isNothing, NDArray(1.0), norm).astype(dtype)
  }
}

extension NDArray {
  /// Stands for an array in memory that is not there yet.
  fileprivate init(planned shape: Shape, _ dtype: DType) {
    let driver = PlaceholderDriver(shape: shape, dtype: dtype)
    self.init(.source(Source(driver, isInMemory: true)), shape: shape, dtype: dtype)
  }
}
