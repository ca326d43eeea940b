public import TesseraCore
import TesseraKernels
import TesseraStorage

// Random arrays of any size, which are made when they are read. An element depends on the seed, the distribution, the
// dtype and its position in C order alone: chunks, blocks and threads do not change it. The generator is Philox 4x64
// (https://doi.org/10.1145/2063384.2063405), seeded as `numpy.random.Philox(seed)`. All throw `.usage` for
// parameters that make no sense and dtypes that cannot hold the numbers, and for shapes that cannot be.
extension NDArray {
  /// Numbers spread evenly over [0, 1): the same bits as `Generator(Philox(seed)).random(shape, dtype)` in NumPy.
  ///
  /// - Parameter dtype: a real floating-point one; of float16 and bfloat16, which NumPy does not offer, as many bits as
  ///   they hold.
  public static func random(
    _ shape: [Int], seed: UInt128 = 0, dtype: DType = .float64
  ) throws -> NDArray {
    try drawn(shape, .uniform, seed, dtype)
  }

  /// Numbers of the normal distribution, which NumPy's have too, but not these bits: each takes one draw.
  ///
  /// - Parameter dtype: a real floating-point one.
  public static func normal(
    _ shape: [Int], mean: Double = 0, std: Double = 1, seed: UInt128 = 0, dtype: DType = .float64
  ) throws -> NDArray {
    try drawn(shape, .normal(mean: mean, deviation: std), seed, dtype)
  }

  /// Numbers of the normal distribution of mean 0 and deviation 1: those of `normal`.
  ///
  /// - Parameter dtype: a real floating-point one.
  public static func standardNormal(
    _ shape: [Int], seed: UInt128 = 0, dtype: DType = .float64
  ) throws -> NDArray {
    try normal(shape, seed: seed, dtype: dtype)
  }

  /// Numbers of the exponential distribution of that mean; NumPy's have the distribution, not the bits.
  ///
  /// - Parameter dtype: a real floating-point one.
  public static func exponential(
    _ shape: [Int], scale: Double = 1, seed: UInt128 = 0, dtype: DType = .float64
  ) throws -> NDArray {
    try drawn(shape, .exponential(scale: scale), seed, dtype)
  }

  /// Numbers of the exponential distribution of mean 1: those of `exponential`.
  ///
  /// - Parameter dtype: a real floating-point one.
  public static func standardExponential(
    _ shape: [Int], seed: UInt128 = 0, dtype: DType = .float64
  ) throws -> NDArray {
    try exponential(shape, seed: seed, dtype: dtype)
  }

  /// Integers from `low` up to but not including `high`; NumPy's have the distribution, not the bits.
  ///
  /// - Parameter dtype: any real one that holds them; of floats those that hold all integers up to them: 2^8 bfloat16,
  ///   2^11 float16, 2^24 float32, 2^53 float64.
  public static func integers(
    _ shape: [Int], _ low: some BinaryInteger, _ high: some BinaryInteger, seed: UInt128 = 0,
    dtype: DType = .int64
  ) throws -> NDArray {
    let distribution = RandomDistribution.integers(low: Int128(clamping: low), high: Int128(clamping: high))
    return try drawn(shape, distribution, seed, dtype)
  }

  /// An array of the distribution, made when it is read.
  static func drawn(
    _ shape: [Int], _ distribution: RandomDistribution, _ seed: UInt128, _ dtype: DType
  ) throws -> NDArray {
    let shape = try Shape(shape)
    let driver = try RandomDriver(shape, distribution, seed: seed, dtype: dtype)
    return NDArray(.source(Source(driver)), shape: shape, dtype: dtype)
  }
}
