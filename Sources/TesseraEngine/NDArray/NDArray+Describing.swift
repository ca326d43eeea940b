import TesseraCore
import TesseraKernels

/// What `NDArray.describe` tells of the elements along axes, NaNs left out.
public struct ArraySummary: Sendable {
  /// How many elements were counted in, and how many NaNs were left out, as int64: together the axes' length.
  public let count, nanCount: NDArray
  /// The extremes, of the array's dtype; NaN of nothing, as float64 for dtypes without NaN.
  public let min, max: NDArray
  /// The arithmetic mean as float64; NaN of nothing.
  public let mean: NDArray
  /// The population's standard deviation as float64; NaN of nothing.
  public let std: NDArray

  /// All of them with NumPy's names, to be evaluated together.
  public var columns: [(name: String, array: NDArray)] {
    [
      ("count", count), ("nan_count", nanCount), ("min", min), ("max", max), ("mean", mean), ("std", std),
    ]
  }
}

extension NDArray {
  /// Count, NaN count, extremes, mean and standard deviation along axes, or of everything: one pass for all that are
  /// evaluated together.
  ///
  /// - Throws: `.usage` for axes out of bounds and for complex numbers, which have no order.
  public func describe(axis: (any ArrayAxes)? = nil) throws -> ArraySummary {
    guard dtype.kind != .complex else {
      throw TesseraError(
        .usage, "complex numbers have no least and greatest", expected: "a real dtype", got: dtype.name)
    }
    let count = try reduce(.moments, .count, axis, .numbers)
    let deviation = try NDArray.unary(.sqrt, reduce(.moments, .m2, axis, .numbers) / count.astype(.float64))
    let (least, greatest) = (try extreme(.min, axis), try extreme(.max, axis))
    // Moments of infinities are NaN, where a mean may be infinite; the extremes, NaN of nothing, tell.
    let (low, high) = (least.astype(.float64), greatest.astype(.float64))
    let isFinite = try NDArray.binary(
      .logicalAnd, NDArray.unary(.isfinite, low), NDArray.unary(.isfinite, high))
    let mean = try NDArray.select(isFinite, reduce(.moments, .mean, axis, .numbers), low + high)
    return ArraySummary(
      count: count, nanCount: try reducedCount(axis) - count, min: least, max: greatest, mean: mean,
      std: deviation)
  }

  private enum Extreme { case min, max }

  private func extreme(_ which: Extreme, _ axis: (any ArrayAxes)?) throws -> NDArray {
    if try reducedCount(axis) == 0 {
      let kept = try sum(axis: axis).shape.dimensions
      return try NDArray(Double.nan).astype(hasNaN ? dtype : .float64).broadcast(to: kept)
    }
    return try which == .min ? nanmin(axis: axis) : nanmax(axis: axis)
  }
}
