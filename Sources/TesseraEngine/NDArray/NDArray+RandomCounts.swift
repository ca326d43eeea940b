import TesseraCore
import TesseraKernels

// Distributions of counts, as int64. An element depends on the seed, the parameters and its position in C order alone. One
// draw makes a geometric number, and a Poisson or binomial one of a mean below 10, which has its probability to within
// 2^-48. Others are found by rejection, each by draws of a stream of its own. NumPy's numbers have the distributions, not
// the bits. Lazy; a read makes what it reads, and takes no memory beside it.
//
// All throw `.usage` for parameters that NumPy refuses, NaN and infinity among them, and for shapes that cannot be.
extension NDArray {
  /// The geometric distribution: how many trials there are up to the first success, of probability `p`. At least 1; the
  /// greatest int64 stands for more.
  ///
  /// - Parameter p: more than 0, at most 1.
  public static func geometric(_ shape: [Int], _ p: Double, seed: UInt128 = 0) throws -> NDArray {
    try drawn(shape, .geometric(probability: p), seed, .int64)
  }

  /// The Poisson distribution of mean `lam`; from a mean of 10 on by Hörmann's rejection PTRS
  /// (https://doi.org/10.1016/0167-6687(93)90997-4).
  ///
  /// - Parameter lam: 0 to some 9.2e18, ten deviations below the greatest int64.
  public static func poisson(_ shape: [Int], lam: Double = 1, seed: UInt128 = 0) throws -> NDArray {
    try drawn(shape, .poisson(mean: lam), seed, .int64)
  }

  /// The binomial distribution: how many of `n` trials succeed, each with probability `p`. Where 10 successes, and 10
  /// failures, are to be expected, by Hörmann's rejection BTRS (https://doi.org/10.1080/00949659308811496).
  ///
  /// - Parameter n: 0 or more.
  /// - Parameter p: 0 to 1.
  public static func binomial(_ shape: [Int], _ n: Int, _ p: Double, seed: UInt128 = 0) throws -> NDArray {
    try drawn(shape, .binomial(trials: n, probability: p), seed, .int64)
  }

  /// The negative binomial distribution: how many trials fail before `n` of them succeed, each with probability `p`. Poisson
  /// numbers, the mean of each of which is a gamma number. Where that is beyond int64, which for `n` of 1 and the least `p`
  /// happens once in 60,000, the number is near the greatest int64.
  ///
  /// - Parameter n: more than 0, not necessarily whole.
  /// - Parameter p: more than 0, at most 1.
  /// - Throws: `.usage`, too, where the counts may be beyond int64: `(1 - p) / p * (n + 10 * sqrt(n))` is more than some
  ///   9.2e18.
  public static func negativeBinomial(
    _ shape: [Int], _ n: Double, _ p: Double, seed: UInt128 = 0
  ) throws -> NDArray {
    try drawn(shape, .negativeBinomial(successes: n, probability: p), seed, .int64)
  }
}
