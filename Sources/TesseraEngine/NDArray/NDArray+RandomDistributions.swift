import TesseraCore

// Distributions made of one uniform, normal or exponential draw for each element, as NumPy's `Generator` makes them, in
// float64. Those of a uniform draw are made of NumPy's draws: equal to its numbers but for the last digits of logarithms.
// All throw `.usage` for parameters that make no sense, and for shapes that cannot be.
extension NDArray {
  /// Numbers spread evenly over [`low`, `high`): the same bits as `Generator(Philox(seed)).uniform(low, high, shape)`.
  public static func uniform(
    _ shape: [Int], _ low: Double = 0, _ high: Double = 1, seed: UInt128 = 0
  ) throws -> NDArray {
    let span = high - low
    guard span.isFinite, span >= 0 else {
      throw TesseraError(
        .usage, "range of random numbers", expected: "low <= high, and a finite distance",
        got: "\(low), \(high)")
    }
    return try random(shape, seed: seed) * span + low
  }

  /// The Laplace distribution around `location`, of a standard deviation of √2 `scale`; from NumPy's draws.
  public static func laplace(
    _ shape: [Int], location: Double = 0, scale: Double = 1, seed: UInt128 = 0
  ) throws -> NDArray {
    try requireScale(scale)
    let draw = try draws(shape, seed)
    let rest = try 2.0 - draw - draw
    let above = try location - scale * log(rest)
    let below = try location + scale * log(draw + draw)
    return try `where`(draw .>= 0.5, above, below)
  }

  /// The Gumbel distribution, of greatest values, with its mode at `location`; from NumPy's draws.
  public static func gumbel(
    _ shape: [Int], location: Double = 0, scale: Double = 1, seed: UInt128 = 0
  ) throws -> NDArray {
    try requireScale(scale)
    let exponential = try NDArray.unary(.negative, log(1.0 - draws(shape, seed)))
    return try location - scale * log(exponential)
  }

  /// The logistic distribution around `location`; from NumPy's draws.
  public static func logistic(
    _ shape: [Int], location: Double = 0, scale: Double = 1, seed: UInt128 = 0
  ) throws -> NDArray {
    try requireScale(scale)
    let draw = try draws(shape, seed)
    let odds = try draw / (1.0 - draw)
    return try location + scale * log(odds)
  }

  /// The triangular distribution from `left` to `right`, with its mode at `mode`: the same bits as
  /// `Generator(Philox(seed)).triangular(left, mode, right, shape)`.
  ///
  /// - Throws: `.usage` unless `left <= mode <= right` and `left < right`; for infinite numbers, and ends so far apart that
  ///   the square of their distance is.
  public static func triangular(
    _ shape: [Int], _ left: Double, _ mode: Double, _ right: Double, seed: UInt128 = 0
  ) throws -> NDArray {
    let width = right - left
    let (below, above) = (mode - left, right - mode)
    let (rising, falling) = (below * width, above * width)
    guard left < right, left <= mode, mode <= right, rising.isFinite, falling.isFinite else {
      throw TesseraError(
        .usage, "triangular distribution",
        expected: "left <= mode <= right, left < right, and finite squares of their distances",
        got: "\(left), \(mode), \(right)")
    }
    let draw = try random(shape, seed: seed)
    let fromLeft = try sqrt(draw * rising)
    let fromRight = try sqrt((1.0 - draw) * falling)
    let share = below / width
    let lower = try left + fromLeft
    let upper = try right - fromRight
    return try `where`(draw .<= share, lower, upper)
  }

  /// Numbers whose logarithms have the normal distribution; NumPy's have the distribution, not the bits.
  public static func lognormal(
    _ shape: [Int], mean: Double = 0, sigma: Double = 1, seed: UInt128 = 0
  ) throws -> NDArray {
    try exp(normal(shape, mean: mean, std: sigma, seed: seed))
  }

  /// The Rayleigh distribution, with its mode at `scale`; NumPy's numbers have the distribution, not the bits.
  public static func rayleigh(_ shape: [Int], scale: Double = 1, seed: UInt128 = 0) throws -> NDArray {
    try requireScale(scale)
    let squares = try 2.0 * exponential(shape, seed: seed)
    return try scale * sqrt(squares)
  }

  /// The Weibull distribution of shape parameter `a`, zeros where that is 0; NumPy's numbers have the distribution, not the
  /// bits.
  public static func weibull(_ shape: [Int], _ a: Double, seed: UInt128 = 0) throws -> NDArray {
    guard a >= 0 else { throw TesseraError(.usage, "a", expected: "0 or more", got: "\(a)") }
    if a == 0 { return try zeros(shape) }
    return try exponential(shape, seed: seed) ** (1 / a)
  }

  /// The Pareto II distribution, from 0 up, of shape parameter `a`; NumPy's numbers have the distribution, not the bits.
  public static func pareto(_ shape: [Int], _ a: Double, seed: UInt128 = 0) throws -> NDArray {
    guard a > 0 else { throw TesseraError(.usage, "a", expected: "more than 0", got: "\(a)") }
    return try expm1(exponential(shape, seed: seed) / a)
  }

  /// Numbers in [0, 1] whose power `a` is uniform; NumPy's have the distribution, not the bits.
  ///
  /// - Throws: `.usage` unless `a` is a finite number above 0.
  public static func power(_ shape: [Int], _ a: Double, seed: UInt128 = 0) throws -> NDArray {
    guard a.isFinite, a > 0 else {
      throw TesseraError(.usage, "a", expected: "a finite number, more than 0", got: "\(a)")
    }
    // The logarithm of a uniform number, with its sign changed, is an exponential one.
    return try exp(exponential(shape, seed: seed) / -a)
  }

  /// Uniform draws but for 0, which NumPy draws again: the least other one is in its place.
  private static func draws(_ shape: [Int], _ seed: UInt128) throws -> NDArray {
    try maximum(random(shape, seed: seed), 0x1p-53)
  }

  private static func requireScale(_ scale: Double) throws {
    guard scale.isFinite, scale >= 0 else {
      throw TesseraError(.usage, "scale", expected: "a finite number, at least 0", got: "\(scale)")
    }
  }
}
