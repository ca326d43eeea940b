import TesseraCore
public import TesseraEngine

extension PCA {
  /// The samples in the components' coordinates, of shape (samples, k); computed when its elements are needed.
  ///
  /// - Throws: `.usage` for another number of features, and complex dtypes.
  /// - Complexity: one pass, in which means are subtracted and rows multiplied.
  public func transform(_ x: NDArray) throws -> NDArray {
    try require(x, features: featureCount)
    let dtype = working(x)
    return try matmul(x.astype(dtype) - mean.astype(dtype), components.transposed().astype(dtype))
  }

  /// The samples that these coordinates stand for: z @ components + mean, of shape (samples, features).
  ///
  /// - Throws: `.usage` for another number of components, and complex dtypes.
  public func inverseTransform(_ z: NDArray) throws -> NDArray {
    try require(z, features: count)
    let dtype = working(z)
    return try matmul(z.astype(dtype), components.astype(dtype)) + mean.astype(dtype)
  }

  /// float32 of float32 samples and components, float64 otherwise.
  private func working(_ x: NDArray) -> DType {
    let both = DType.promoted(x.dtype.meanDType, components.dtype)
    return both == .float16 || both == .bfloat16 ? .float32 : both
  }

  private func require(_ x: NDArray, features: Int) throws {
    guard x.ndim == 2, x.shape[1] == features, x.dtype.kind != .complex else {
      throw TesseraError(
        .usage, "samples for a PCA of \(count) components of \(featureCount) features",
        expected: "a real array of shape (n, \(features))", got: "shape \(x.shape) of \(x.dtype)")
    }
  }
}
