import Tessera
import TesseraCore

/// A distribution of `random` by NumPy's name, with numbers as parameters: `gamma:2:0.5`.
struct NamedDistribution: Sendable {
  /// What `--seed` and `--dtype` say.
  struct Choice {
    let seed: UInt128
    let dtype: DType?

    /// That of real numbers.
    var real: DType { dtype ?? .float32 }
  }

  private let name: String
  private let parameters: [String]
  private let make: @Sendable ([Int], [Double], Choice) throws -> NDArray

  static let all: [NamedDistribution] = [
    .init(name: "exponential", parameters: ["SCALE"]) {
      try .exponential($0, scale: $1[0], seed: $2.seed, dtype: $2.real)
    },
    .init(name: "gamma", parameters: ["SHAPE", "SCALE"]) {
      try .gamma($0, shape: $1[0], scale: $1[1], seed: $2.seed, dtype: $2.real)
    },
    .init(name: "beta", parameters: ["A", "B"]) {
      try .beta($0, $1[0], $1[1], seed: $2.seed, dtype: $2.real)
    },
    .init(name: "chisquare", parameters: ["DF"]) {
      try .chisquare($0, $1[0], seed: $2.seed, dtype: $2.real)
    },
    .init(name: "f", parameters: ["DFNUM", "DFDEN"]) {
      try .f($0, $1[0], $1[1], seed: $2.seed, dtype: $2.real)
    },
    .init(name: "standard_t", parameters: ["DF"]) {
      try .standardT($0, $1[0], seed: $2.seed, dtype: $2.real)
    },
    .init(name: "standard_cauchy", parameters: []) { shape, _, choice in
      try .standardCauchy(shape, seed: choice.seed, dtype: choice.real)
    },
    .init(name: "geometric", parameters: ["P"]) {
      try counts(.geometric($0, $1[0], seed: $2.seed), $2)
    },
    .init(name: "poisson", parameters: ["LAM"]) {
      try counts(.poisson($0, lam: $1[0], seed: $2.seed), $2)
    },
    .init(name: "binomial", parameters: ["N", "P"]) {
      try counts(.binomial($0, trials($1[0]), $1[1], seed: $2.seed), $2)
    },
    .init(name: "negative_binomial", parameters: ["N", "P"]) {
      try counts(.negativeBinomial($0, $1[0], $1[1], seed: $2.seed), $2)
    },
  ]

  /// `gamma:SHAPE:SCALE`.
  var spelling: String { ([name] + parameters).joined(separator: ":") }

  /// The distribution and the numbers of a text such as `gamma:2:0.5`; nil for what is none.
  static func parsed(_ text: String) -> (distribution: NamedDistribution, numbers: [Double])? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.dropFirst().compactMap { Double($0) }
    guard let distribution = all.first(where: { $0.name == parts[0] }),
      numbers.count == parts.count - 1, numbers.count == distribution.parameters.count
    else { return nil }
    return (distribution, numbers)
  }

  /// - Throws: `.usage` for numbers that make no sense.
  func array(_ shape: [Int], _ numbers: [Double], seed: UInt128, dtype: DType?) throws -> NDArray {
    try make(shape, numbers, Choice(seed: seed, dtype: dtype))
  }

  private static func counts(_ x: NDArray, _ choice: Choice) -> NDArray {
    choice.dtype.map { x.astype($0) } ?? x
  }

  /// - Throws: `.usage` for what is no whole number, or so great that it may have been rounded to one.
  private static func trials(_ number: Double) throws -> Int {
    guard number.magnitude < 0x1p53, let trials = Int(exactly: number) else {
      throw TesseraError(.usage, "n", expected: "a whole number, less than 2^53", got: "\(number)")
    }
    return trials
  }
}
