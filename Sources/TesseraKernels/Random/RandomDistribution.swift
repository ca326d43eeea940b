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
  /// The standard Cauchy distribution.
  case cauchy
  /// The gamma distribution, of mean `shape` times `scale`.
  case gamma(shape: Double, scale: Double)
  /// The beta distribution.
  case beta(a: Double, b: Double)
  /// Fisher's F distribution, by its degrees of freedom.
  case fisher(numerator: Double, denominator: Double)
  /// Student's t distribution, by its degrees of freedom.
  case student(freedom: Double)
  /// How many trials there are up to the first success.
  case geometric(probability: Double)
  /// The Poisson distribution.
  case poisson(mean: Double)
  /// How many of the trials succeed.
  case binomial(trials: Int, probability: Double)
  /// How many trials fail before that many succeed, which need be no whole number.
  case negativeBinomial(successes: Double, probability: Double)

  /// From this mean on counts are made by rejection.
  static let leastRejectedMean = 10.0

  /// Whether an element takes as many draws as it happens to need, from a stream of its own.
  var hasOwnStreams: Bool {
    switch self {
    case .uniform, .normal, .integers, .exponential, .geometric: false
    case .cauchy, .gamma, .beta, .fisher, .student, .negativeBinomial: true
    case .poisson(let mean): mean >= Self.leastRejectedMean
    case .binomial(let trials, let probability):
      Double(trials) * min(probability, 1 - probability) >= Self.leastRejectedMean
    }
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
