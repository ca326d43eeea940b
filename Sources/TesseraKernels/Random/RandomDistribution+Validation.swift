import TesseraCore

extension RandomDistribution {
  /// The greatest mean of counts, ten deviations below the greatest int64: NumPy's.
  static let greatestMean = Double(Int64.max) - 10 * Double(Int64.max).squareRoot()

  /// Throws unless the parameters make sense and `dtype` can hold the numbers.
  func validate(for dtype: DType) throws {
    switch self {
    case .uniform: try requireFloating(dtype)
    case .normal(let mean, let deviation):
      try requireFloating(dtype)
      guard mean.isFinite else { throw Self.refused("mean", "a finite number", "\(mean)") }
      try Self.requireNonnegative("standard deviation", deviation)
    case .exponential(let scale):
      try requireFloating(dtype)
      try Self.requireNonnegative("scale", scale)
    case .integers(let low, let high): try validate(low: low, high: high, for: dtype)
    case .cauchy: try requireFloating(dtype)
    case .gamma(let shape, let scale):
      try requireFloating(dtype)
      try Self.requireNonnegative("shape of the gamma distribution", shape)
      try Self.requireNonnegative("scale", scale)
    case .beta(let a, let b):
      try requireFloating(dtype)
      try Self.requirePositive("a", a)
      try Self.requirePositive("b", b)
    case .fisher(let numerator, let denominator):
      try requireFloating(dtype)
      try Self.requirePositive("dfnum", numerator)
      try Self.requirePositive("dfden", denominator)
    case .student(let freedom):
      try requireFloating(dtype)
      try Self.requirePositive("df", freedom)
    case .geometric, .poisson, .binomial, .negativeBinomial: try validateCounts(for: dtype)
    }
  }

  private func validateCounts(for dtype: DType) throws {
    guard dtype == .int64 else { throw Self.refused("dtype", "int64", dtype.name) }
    switch self {
    case .geometric(let probability): try Self.requireProbability(probability, allowingZero: false)
    case .poisson(let mean):
      guard mean >= 0, mean <= Self.greatestMean else {
        throw Self.refused("lam", "0 to \(Self.greatestMean)", "\(mean)")
      }
    case .binomial(let trials, let probability):
      guard trials >= 0 else { throw Self.refused("n", "0 or more", "\(trials)") }
      try Self.requireProbability(probability, allowingZero: true)
    case .negativeBinomial(let successes, let probability):
      try Self.requirePositive("n", successes)
      try Self.requireProbability(probability, allowingZero: false)
      // What a mean drawn from these may be but for ten deviations.
      let greatest = (1 - probability) / probability * (successes + 10 * successes.squareRoot())
      guard greatest <= Self.greatestMean else {
        throw Self.refused(
          "n and p", "(1 - p) / p * (n + 10 * sqrt(n)) of at most \(Self.greatestMean)",
          "\(successes), \(probability)")
      }
    default: break
    }
  }

  private static func requireNonnegative(_ what: String, _ value: Double) throws {
    guard value.isFinite, value >= 0 else { throw refused(what, "a finite number, at least 0", "\(value)") }
  }

  private static func requirePositive(_ what: String, _ value: Double) throws {
    guard value.isFinite, value > 0 else { throw refused(what, "a finite number, more than 0", "\(value)") }
  }

  private static func requireProbability(_ value: Double, allowingZero: Bool) throws {
    guard value <= 1, value > 0 || (allowingZero && value == 0) else {
      throw refused("p", allowingZero ? "0 to 1" : "more than 0, at most 1", "\(value)")
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
