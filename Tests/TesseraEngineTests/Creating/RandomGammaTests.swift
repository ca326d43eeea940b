import Glibc
import TesseraCore
import TesseraEngine
import Testing

/// Distributions made of gamma and normal numbers, which are not NumPy's but have its distributions.
@Suite struct RandomGammaTests {
  /// Some 1e-320, of which not every bit is there.
  private static let tiny = 2000 * Double.leastNonzeroMagnitude

  /// The greatest distance of the numbers' distribution from the exact one, times the root of how many there are
  /// (Kolmogorov and Smirnov), is more than 1.95 in one of a thousand samples.
  private static func expectDistribution(
    _ name: Comment, _ x: NDArray, _ cumulative: (Double) -> Double
  ) throws {
    let sorted = try x.elements(as: Double.self).sorted()
    let count = Double(sorted.count)
    var greatest = 0.0
    for (rank, value) in sorted.enumerated() {
      let exact = cumulative(value)
      greatest = max(greatest, exact - Double(rank) / count, Double(rank + 1) / count - exact)
    }
    #expect(greatest * count.squareRoot() < 1.95, name)
  }

  @Test func distancesFromExactDistributions() throws {
    typealias Tests = RandomGammaTests
    let n = [20_000]
    try Tests.expectDistribution("gamma 1", .standardGamma(n, shape: 1, seed: 7)) { 1 - exp(-$0) }
    try Tests.expectDistribution("gamma 2", .gamma(n, shape: 2, scale: 3, seed: 7)) { x in
      let scaled = x / 3
      return 1 - (1 + scaled) * exp(-scaled)
    }
    try Tests.expectDistribution("chisquare 2", .chisquare(n, 2, seed: 7)) { 1 - exp($0 / -2) }
    try Tests.expectDistribution("beta 0.3, 1", .beta(n, 0.3, 1, seed: 7)) { pow($0, 0.3) }
    try Tests.expectDistribution("beta 4, 1", .beta(n, 4, 1, seed: 7)) { pow($0, 4) }
    try Tests.expectDistribution("beta 0.5, 0.5", .beta(n, 0.5, 0.5, seed: 7)) {
      asin($0.squareRoot()) / (Double.pi / 2)
    }
    try Tests.expectDistribution("t 1", .standardT(n, 1, seed: 7)) { 0.5 + atan($0) / Double.pi }
    try Tests.expectDistribution("t 2", .standardT(n, 2, seed: 7)) { t in
      let root = (2 + t * t).squareRoot()
      return 0.5 + t / root / 2
    }
    try Tests.expectDistribution("cauchy", .standardCauchy(n, seed: 7)) { 0.5 + atan($0) / Double.pi }
    try Tests.expectDistribution("f 2, 2", .f(n, 2, 2, seed: 7)) { $0 / (1 + $0) }
    try Tests.expectDistribution("f 1, 1", .f(n, 1, 1, seed: 7)) { atan($0.squareRoot()) / (Double.pi / 2) }
    try Tests.expectDistribution("power 2.5", .power(n, 2.5, seed: 7)) { pow($0, 2.5) }
    try Tests.expectDistribution("power 0.2", .power(n, 0.2, seed: 7)) { pow($0, 0.2) }
  }

  /// As many numbers lie below each quantile as should, within four standard errors.
  private static func expectQuantiles(_ name: String, _ x: NDArray, _ quantiles: [Double]) throws {
    let values = try x.elements(as: Double.self)
    let count = Double(values.count)
    for (share, quantile) in zip([0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999], quantiles) {
      let found = Double(values.count { $0 < quantile })
      let error = (count * share * (1 - share)).squareRoot()
      #expect(abs(found - count * share) < 4 * error, "\(name), seed 7: \(found) below \(quantile)")
    }
  }

  /// The 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99 and 0.999 quantiles of SciPy 1.17.
  @Test func quantiles() throws {
    typealias Tests = RandomGammaTests
    let n = [100_000]
    try Tests.expectQuantiles(
      "gamma 0.1", .gamma(n, shape: 0.1, seed: 7),
      [
        6.07304836240787e-31, 6.07304836240791e-21, 6.07304836274321e-11, 5.79171329496962e-07,
        0.000593391104460228, 0.0353063580735584, 0.266154553738837, 1.5884778179295, 3.36367701171875,
      ])
    try Tests.expectQuantiles(
      "gamma 0.7, 3", .gamma(n, shape: 0.7, scale: 3, seed: 7),
      [
        0.000135511898895596, 0.00363786907230403, 0.0994364932633002, 0.389294771508018, 1.22227124542932,
        2.8845212606829, 5.27138553211326, 11.6272160317205, 18.1912186916618,
      ])
    try Tests.expectQuantiles(
      "gamma 1.3", .standardGamma(n, shape: 1.3, seed: 7),
      [
        0.00555734233254327, 0.0330580695927934, 0.209556188743918, 0.473046606242401, 0.985999049444759,
        1.79151401984876, 2.80564775068018, 5.26131062939113, 7.66236288517772,
      ])
    try Tests.expectQuantiles(
      "gamma 1e6", .standardGamma(n, shape: 1e6, seed: 7),
      [
        996912.617319815, 997675.122859925, 998718.66274998, 999325.328684587, 999999.666666686,
        1000674.30793972, 1001281.76549962, 1002327.81840276, 1003093.08236985,
      ])
    try Tests.expectQuantiles(
      "chisquare 5", .chisquare(n, 5, seed: 7),
      [
        0.210212602629219, 0.554298076728277, 1.61030798696232, 2.67460280943216, 4.35146019109553,
        6.62567976382925, 9.23635689978112, 15.086272469389, 20.5150056524329,
      ])
    try Tests.expectQuantiles(
      "beta 0.1, 0.2", .beta(n, 0.1, 0.2, seed: 7),
      [
        4.39887475419433e-29, 4.39887475419431e-19, 4.39887474012152e-09, 4.19496588631988e-05,
        0.0416524955555962, 0.820946416871702, 0.99788100502491, 0.999999978776316, 0.999999999999788,
      ])
    try Tests.expectQuantiles(
      "beta 30, 7", .beta(n, 30, 7, seed: 7),
      [
        0.576589399104018, 0.641568148405635, 0.72577076954032, 0.770789644607811, 0.816445634853624,
        0.856856296407887, 0.888387551525782, 0.931666131958582, 0.954877762628707,
      ])
    try Tests.expectQuantiles(
      "f 1, 3", .f(n, 1, 3, seed: 7),
      [
        1.85055234722265e-06, 0.000185070304036717, 0.0186590680666729, 0.121953273504433, 0.585060274051821,
        2.02386269145429, 5.53831945626224, 34.1162215645298, 167.029223801554,
      ])
    try Tests.expectQuantiles(
      "f 40, 12", .f(n, 40, 12, seed: 7),
      [
        0.274539010706771, 0.375258831627503, 0.583239121678594, 0.762234484425171, 1.04053699895581,
        1.44711783387478, 1.9861017054854, 3.61918138840185, 5.92780420173659,
      ])
    try Tests.expectQuantiles(
      "t 0.3", .standardT(n, 0.3, seed: 7),
      [
        -300718580.879097, -139581.200706222, -64.7865456370969, -3.0273369408648, 0, 3.0273369408648,
        64.7865456370969, 139581.200706222, 300718580.879096,
      ])
    try Tests.expectQuantiles(
      "t 9", .standardT(n, 9, seed: 7),
      [
        -4.29680566272992, -2.82143792502581, -1.38302873839663, -0.702722146751326, 0, 0.702722146751326,
        1.38302873839663, 2.82143792502581, 4.29680566272992,
      ])
  }

  /// Additions, products, quotients and square roots in one order: the same on every machine.
  @Test func bits() throws {
    for (x, expected) in [
      (
        try .gamma([3], shape: 2.5, scale: 3, seed: 7),
        [4.170559884931404, 8.286371255957453, 3.3902658524281852]
      ),
      (
        try .standardGamma([3], shape: 0.3, seed: 7),
        [0.04917787471785285, 0.46707788983325066, 8.37936433532902e-05]
      ),
      (try .chisquare([3], 3, seed: 7), [1.2521120129007828, 3.23345242397586, 0.9234758950971875]),
      (try .beta([3], 2, 3, seed: 7), [0.2736638475948074, 0.5474285669254366, 0.20596060844184738]),
      (try .beta([3], 0.2, 0.4, seed: 7), [0.9999993166696568, 0.4117369292258495, 0.04049736321585546]),
      (try .f([3], 5, 7, seed: 7), [0.6176858817938459, 1.7352014628137296, 0.44543270859958717]),
      (try .f([3], 1, 7, seed: 7), [0.7378504531621826, 1.9643412339807866, 0.3995308283262731]),
      (try .standardT([3], 4, seed: 7), [-0.4150828885191496, 0.20643506053467925, -5.119784785484776]),
      (try .standardT([3], 0.7, seed: 7), [-0.503479820556685, 0.9438823189491337, -16.811309014867284]),
      (try .standardCauchy([3], seed: 7), [-0.42446072319845524, 0.16734509810648865, 1.0948318451451944]),
    ] as [(NDArray, [Double])] {
      #expect(try x.elements(as: Double.self) == expected)
    }
  }

  /// Other dtypes are rounded once; the standard distributions are those of the parameters that the others begin with.
  @Test func dtypesAndNames() throws {
    let wide = try NDArray.beta([50], 2, 3, seed: 1)
    for dtype in [DType.float32, .float16, .bfloat16] {
      #expect(try NDArray.beta([50], 2, 3, seed: 1, dtype: dtype).arrayEqual(wide.astype(dtype)))
    }
    #expect(try NDArray.standardNormal([9], seed: 2).arrayEqual(.normal([9], seed: 2)))
    #expect(try NDArray.standardExponential([9], seed: 2).arrayEqual(.exponential([9], seed: 2)))
    #expect(try NDArray.gamma([2, 0], shape: 3).shape.dimensions == [2, 0])
    #expect(try NDArray.standardCauchy([]).shape.dimensions == [])
  }

  /// No NaN, and what the limits are.
  @Test func extremeParameters() throws {
    let tiny = RandomGammaTests.tiny
    func values(_ x: NDArray) throws -> [Double] { try x.elements(as: Double.self) }
    #expect(try values(.gamma([3], shape: 0, scale: 2)) == [0, 0, 0])
    #expect(try values(.gamma([3], shape: 2, scale: 0)) == [0, 0, 0])
    #expect(try values(.gamma([3], shape: tiny)) == [0, 0, 0])
    #expect(try values(.gamma([3], shape: 1e308)) == [1e308, 1e308, 1e308])
    #expect(try values(.power([3], tiny)) == [0, 0, 0])
    #expect(try values(.beta([3], 1e308, 1e308)) == [0.5, 0.5, 0.5])
    #expect(try values(.f([3], 1e308, 1e308)) == [1, 1, 1])
    #expect(try values(.standardT([3], tiny)).allSatisfy { $0.isInfinite })
    // One of the gamma numbers is all but constant, and their quotient out of range.
    try RandomGammaTests.expectDistribution("f 2, 1e308", .f([20_000], 2, 1e308, seed: 7)) { 1 - exp(-$0) }
    try RandomGammaTests.expectDistribution("f 1e308, 2", .f([20_000], 1e308, 2, seed: 7)) { exp(-1 / $0) }
    // Each is 0 or 1, which the lesser exponent decides one time in two, or in four.
    for (a, b, share) in [(tiny, tiny, 0.5), (1e-300, 3e-300, 0.25)] {
      let found = try values(.beta([10_000], a, b, seed: 7))
      #expect(found.allSatisfy { $0 == 0 || $0 == 1 })
      #expect(abs(Double(found.count { $0 == 1 }) / 10_000 - share) < 0.02)
    }
  }

  @Test func refused() {
    for wrong in [-1, -RandomGammaTests.tiny, .nan, .infinity] as [Double] {
      #expect(throws: TesseraError.self) { try NDArray.gamma([2], shape: wrong) }
      #expect(throws: TesseraError.self) { try NDArray.gamma([2], shape: 1, scale: wrong) }
      #expect(throws: TesseraError.self) { try NDArray.standardGamma([2], shape: wrong) }
    }
    for wrong in [0, -1, .nan, .infinity] as [Double] {
      #expect(throws: TesseraError.self) { try NDArray.chisquare([2], wrong) }
      #expect(throws: TesseraError.self) { try NDArray.standardT([2], wrong) }
      #expect(throws: TesseraError.self) { try NDArray.power([2], wrong) }
      #expect(throws: TesseraError.self) { try NDArray.beta([2], wrong, 1) }
      #expect(throws: TesseraError.self) { try NDArray.beta([2], 1, wrong) }
      #expect(throws: TesseraError.self) { try NDArray.f([2], wrong, 1) }
      #expect(throws: TesseraError.self) { try NDArray.f([2], 1, wrong) }
    }
    #expect(throws: TesseraError.self) { try NDArray.beta([2], 1, 1, dtype: .int32) }
    #expect(throws: TesseraError.self) { try NDArray.standardCauchy([2], dtype: .complex64) }
    #expect(throws: TesseraError.self) { try NDArray.standardCauchy([-2]) }
  }
}
