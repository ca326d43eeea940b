package import TesseraCore

/// Which quantiles are wanted, and how: `numpy.quantile` with these probabilities, or `numpy.median`.
package struct QuantileRequest: Sendable, Hashable {
  package let probabilities: [Double]
  package let method: QuantileMethod
  /// Leaves NaNs out, as `nanquantile` and `nanmedian` do; otherwise one NaN makes the answer NaN.
  package let skipsNaN: Bool
  /// Whether the middle elements are averaged as `numpy.median` does. It differs from the linear quantile 0.5
  /// in rounding and for infinities.
  package let isMedian: Bool
  /// Whether floats are interpolated as float64, as NumPy does for an array of probabilities.
  package let isWidened: Bool

  /// Throws `.usage` for probabilities outside 0 ... 1. Those of a request that is computed are one or more.
  package init(
    _ probabilities: [Double], method: QuantileMethod = .linear, skipsNaN: Bool = false,
    isWidened: Bool = false
  ) throws {
    if let bad = probabilities.first(where: { !(0...1).contains($0) }) {
      throw TesseraError(.usage, "probability of a quantile", expected: "0 to 1", got: "\(bad)")
    }
    self.probabilities = probabilities
    self.method = method
    self.skipsNaN = skipsNaN
    isMedian = false
    self.isWidened = isWidened
  }

  private init(medianSkippingNaN skipsNaN: Bool) {
    probabilities = [0.5]
    method = .linear
    self.skipsNaN = skipsNaN
    isMedian = true
    isWidened = false
  }

  package static func median(skipsNaN: Bool = false) -> QuantileRequest {
    QuantileRequest(medianSkippingNaN: skipsNaN)
  }

  /// The dtype of the answers for elements of `dtype`, as NumPy gives: the same for floats that are not widened and
  /// wherever the answer is one of the elements, otherwise float64.
  ///
  /// Throws `.usage` for complex elements, and for bools between which a method would interpolate.
  package func resultDType(of dtype: DType) throws -> DType {
    let keepsDType = !isMedian && method.isDiscrete
    switch dtype.kind {
    case .complex:
      throw TesseraError(.usage, "quantiles", expected: "a real dtype", got: dtype.name)
    case .bool where !isMedian && !keepsDType:
      throw TesseraError(
        .usage, "quantile method '\(method.rawValue)' interpolates", expected: "a number", got: dtype.name)
    case .floating: return isWidened && !keepsDType ? .float64 : dtype
    case .bool, .signed, .unsigned: return keepsDType ? dtype : .float64
    }
  }

  /// Where each quantile lies in `count` sorted elements; empty for none.
  package func positions(count: Int) -> [QuantilePosition] {
    if count <= 0 { return [] }
    if isMedian {
      return [QuantilePosition(lower: (count - 1) / 2, upper: count / 2, fraction: count % 2 == 0 ? 0.5 : 0)]
    }
    return probabilities.map { method.position(count: count, q: $0) }
  }
}
