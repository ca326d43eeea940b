import TesseraCore

/// How random numbers are distributed.
package enum RandomDistribution: Sendable, Hashable {
  /// Evenly over [0, 1), in the steps NumPy's `Generator.random` takes: 2^-53 for float64, 2^-24 for float32,
  /// and for shorter floats as many bits as they hold, so that none is rounded up to 1.
  case uniform
  /// The normal distribution.
  case normal(mean: Double, deviation: Double)
  /// The integers from `low` up to but not including `high`, all equally likely to within 2^-64.
  case integers(low: Int128, high: Int128)
  /// The exponential distribution of that mean.
  case exponential(scale: Double)

  /// Throws unless the parameters make sense and `dtype` can hold the numbers.
  func validate(for dtype: DType) throws {
    switch self {
    case .uniform: try requireFloating(dtype)
    case .normal(let mean, let deviation):
      try requireFloating(dtype)
      guard mean.isFinite else { throw Self.refused("mean", "a finite number", "\(mean)") }
      guard deviation.isFinite, deviation >= 0 else {
        throw Self.refused("standard deviation", "a finite number, at least 0", "\(deviation)")
      }
    case .exponential(let scale):
      try requireFloating(dtype)
      guard scale.isFinite, scale >= 0 else {
        throw Self.refused("scale", "a finite number, at least 0", "\(scale)")
      }
    case .integers(let low, let high): try validate(low: low, high: high, for: dtype)
    }
  }

  private func requireFloating(_ dtype: DType) throws {
    guard dtype.kind == .floating else {
      throw Self.refused("dtype", "a real floating-point one", dtype.name)
    }
  }

  private func validate(low: Int128, high: Int128, for dtype: DType) throws {
    guard low < high else { throw Self.refused("range of integers", "low < high", "\(low) and \(high)") }
    guard dtype.kind != .complex else { throw Self.refused("dtype", "a real one", dtype.name) }
    let limits = Self.limits(of: dtype)
    guard low >= limits.lowerBound, high - 1 <= limits.upperBound else {
      throw Self.refused(
        "range of random integers", "\(limits.lowerBound) to \(limits.upperBound) for \(dtype)",
        "\(low) to \(high - 1)")
    }
  }

  /// The integers to choose from: those of the dtype, of a float those up to where it has no longer all of them. Others
  /// would be rounded, out of the range that was asked for too.
  private static func limits(of dtype: DType) -> ClosedRange<Int128> {
    let bits = Int128(8 * dtype.itemSize)
    switch dtype.kind {
    case .bool: return 0...1
    case .signed: return -(1 << (bits - 1))...(1 << (bits - 1)) - 1
    case .unsigned: return 0...(1 << bits) - 1
    case .floating, .complex:
      let greatest = Int128(1) << dtype.significandBits
      return -greatest...greatest
    }
  }

  private static func refused(_ what: String, _ expected: String, _ got: String) -> TesseraError {
    TesseraError(.usage, what, expected: expected, got: got)
  }
}

extension DType {
  /// Bits of a float's significand: as many as a uniform element has after the binary point.
  var significandBits: Int {
    switch self {
    case .float16: 11
    case .bfloat16: 8
    case .float32: 24
    default: 53
    }
  }
}
