public import TesseraCore
import TesseraKernels

// Distributions made of gamma and normal numbers. An element takes as many draws as it happens to need, from a stream of its
// own, so that here too it depends on the seed, the parameters, the dtype and its position in C order alone. NumPy's numbers
// have the distributions, not the bits. Where a gamma number may be too small for a float, or the quotient of two be out of
// its range, ratios are made of logarithms. Lazy; a read makes what it reads, and takes no memory beside it.
//
// All throw `.usage` for parameters that are no finite numbers, of which NumPy makes NaN, infinity, or the limit; for those
// that NumPy refuses; for dtypes that are no real floating-point ones; and for shapes that cannot be.
extension NDArray {
  /// The gamma distribution, of mean `parameter` times `scale`: Marsaglia and Tsang's method
  /// (https://doi.org/10.1145/358407.358414). Zeros where either is 0.
  ///
  /// - Parameter parameter: NumPy's `shape`, 0 or more; of tiny ones most numbers are 0, being less than any float.
  /// - Parameter scale: 0 or more.
  public static func gamma(
    _ shape: [Int], shape parameter: Double, scale: Double = 1, seed: UInt128 = 0, dtype: DType = .float64
  ) throws -> NDArray {
    try drawn(shape, .gamma(shape: parameter, scale: scale), seed, dtype)
  }

  /// The gamma distribution of scale 1: the numbers of `gamma`.
  public static func standardGamma(
    _ shape: [Int], shape parameter: Double, seed: UInt128 = 0, dtype: DType = .float64
  ) throws -> NDArray {
    try gamma(shape, shape: parameter, seed: seed, dtype: dtype)
  }

  /// The chi-square distribution of `df` degrees of freedom, more than 0: sums of that many squares of normal numbers.
  public static func chisquare(
    _ shape: [Int], _ df: Double, seed: UInt128 = 0, dtype: DType = .float64
  ) throws -> NDArray {
    guard df.isFinite, df > 0 else {
      throw TesseraError(.usage, "df", expected: "a finite number, more than 0", got: "\(df)")
    }
    return try gamma(shape, shape: df / 2, scale: 2, seed: seed, dtype: dtype)
  }

  /// The beta distribution, over [0, 1], of parameters `a` and `b`, both more than 0.
  public static func beta(
    _ shape: [Int], _ a: Double, _ b: Double, seed: UInt128 = 0, dtype: DType = .float64
  ) throws -> NDArray {
    try drawn(shape, .beta(a: a, b: b), seed, dtype)
  }

  /// Fisher's F distribution: chi-square numbers of `dfnum` and `dfden` degrees of freedom, each divided by those, one over
  /// the other. Both are more than 0.
  public static func f(
    _ shape: [Int], _ dfnum: Double, _ dfden: Double, seed: UInt128 = 0, dtype: DType = .float64
  ) throws -> NDArray {
    try drawn(shape, .fisher(numerator: dfnum, denominator: dfden), seed, dtype)
  }

  /// Student's t distribution of `df` degrees of freedom, more than 0; of few of them many numbers are infinite, being beyond
  /// any float.
  public static func standardT(
    _ shape: [Int], _ df: Double, seed: UInt128 = 0, dtype: DType = .float64
  ) throws -> NDArray {
    try drawn(shape, .student(freedom: df), seed, dtype)
  }

  /// The Cauchy distribution around 0, with quartiles at -1 and 1.
  public static func standardCauchy(
    _ shape: [Int], seed: UInt128 = 0, dtype: DType = .float64
  ) throws -> NDArray {
    try drawn(shape, .cauchy, seed, dtype)
  }
}
