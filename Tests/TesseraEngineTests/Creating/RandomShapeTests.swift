import TesseraCore
import TesseraEngine
import Testing

/// Distributions made of single draws. Expected values are those of `Generator(Philox(5))` in NumPy 2.4.
@Suite struct RandomShapeTests {
  @Test func numPysDraws() throws {
    #expect(
      try NDArray.uniform([4], -3, 7.7, seed: 5).elements(as: Double.self)
        == [6.176096097530648, 6.898485654011839, 1.508676900639169, -1.172292287919347])
    #expect(
      try NDArray.triangular([4], -1, 2, 7, seed: 5).elements(as: Double.self)
        == [4.613195228223092, 5.2690131970158545, 2.1890611018510393, 1.024729936761053])
    #expect(
      try NDArray.triangular([3], 0, 2, 2, seed: 5).elements(as: Double.self)
        == [1.8521113082485885, 1.9236341826837744, 1.2982629517273174])
    for (got, expected) in [
      (
        try NDArray.laplace([4], location: 2, scale: 3, seed: 5),
        [5.7674634852621605, 7.6950469072277325, 1.486721538256119, -1.2221019867507072]
      ),
      (
        try NDArray.gumbel([4], location: 2, scale: 3, seed: 5),
        [-0.0019005320589102759, -0.8567061186397624, 3.809398836453237, 7.0249620815414096]
      ),
      (
        try NDArray.logistic([4], location: 2, scale: 3, seed: 5),
        [7.385979359966699, 9.54090256810127, 1.0485647857807519, -2.739611887502339]
      ),
    ] as [(NDArray, [Double])] {
      #expect(try got.allclose(NDArray(expected), rtol: 1e-12, atol: 1e-14))
    }
  }

  /// Means and medians of a hundred thousand numbers, within five standard errors.
  @Test func distributions() throws {
    let count = 100_000
    func mean(_ x: NDArray) throws -> Double { try x.mean().item(as: Double.self) }
    func share(_ below: Double, _ x: NDArray) throws -> Double { try mean(x .< below) }
    #expect(try abs(share(4.6, .lognormal([count], mean: 1.5260563034950494, seed: 1)) - 0.5) < 0.008)
    #expect(try abs(mean(.rayleigh([count], scale: 2, seed: 1)) - 2.5066282746310002) < 0.021)
    #expect(try abs(share(1, .weibull([count], 1.7, seed: 1)) - 0.6321205588285577) < 0.008)
    #expect(try abs(share(1, .pareto([count], 3, seed: 1)) - 0.875) < 0.006)
    #expect(try abs(mean(.laplace([count], location: 3, seed: 1)) - 3) < 0.023)
    #expect(try abs(mean(.gumbel([count], seed: 1)) - 0.5772156649015329) < 0.021)
    #expect(try abs(mean(.logistic([count], seed: 1))) < 0.03)
    #expect(try NDArray.weibull([3], 0).elements(as: Double.self) == [0, 0, 0])
    #expect(try NDArray.laplace([2, 3], scale: 0).elements(as: Double.self) == [0, 0, 0, 0, 0, 0])
  }

  @Test func refused() {
    #expect(throws: TesseraError.self) { try NDArray.uniform([2], 3, 1) }
    #expect(throws: TesseraError.self) { try NDArray.uniform([2], -1e308, 1e308) }
    #expect(throws: TesseraError.self) { try NDArray.uniform([2], .nan, 1) }
    #expect(throws: TesseraError.self) { try NDArray.laplace([2], scale: -1) }
    #expect(throws: TesseraError.self) { try NDArray.gumbel([2], scale: -1) }
    #expect(throws: TesseraError.self) { try NDArray.logistic([2], scale: .nan) }
    #expect(throws: TesseraError.self) { try NDArray.lognormal([2], sigma: -1) }
    #expect(throws: TesseraError.self) { try NDArray.rayleigh([2], scale: -1) }
    #expect(throws: TesseraError.self) { try NDArray.weibull([2], -1) }
    #expect(throws: TesseraError.self) { try NDArray.pareto([2], 0) }
    #expect(throws: TesseraError.self) { try NDArray.uniform([-1]) }
    for (left, mode, right) in [
      (0, 0, 0), (1, 0, 2), (0, 3, 2), (.nan, 1, 2), (0, .nan, 2), (0, 1, .infinity), (-1e200, 0, 1e200),
    ] as [(Double, Double, Double)] {
      #expect(throws: TesseraError.self) { try NDArray.triangular([2], left, mode, right) }
    }
  }
}
