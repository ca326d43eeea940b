import Glibc
import TesseraCore
import TesseraEngine
import TesseraStorage
import Testing

/// Distributions of counts, which are not NumPy's numbers but have its distributions.
@Suite struct RandomCountTests {
  /// Chi square of the counts against exact probabilities, those of less than ten expected together with what follows, less
  /// its degrees of freedom, in its standard deviations.
  private static func excess(_ x: NDArray, _ probabilities: [Double]) throws -> Double {
    let values = try x.elements(as: Int64.self)
    var found = [Double](repeating: 0, count: probabilities.count)
    for value in values where value < found.count { found[Int(value)] += 1 }
    var (chi, freedom, expected, counted) = (0.0, -1.0, 0.0, 0.0)
    for (probability, count) in zip(probabilities, found) {
      expected += probability * Double(values.count)
      counted += count
      if expected < 10 { continue }
      chi += (counted - expected) * (counted - expected) / expected
      freedom += 1
      (expected, counted) = (0, 0)
    }
    return (chi - freedom) / (2 * freedom).squareRoot()
  }

  /// Probabilities of 0 up to 599, each the one before times `ratio`.
  private static func probabilities(_ first: Double, _ ratio: (Double) -> Double) -> [Double] {
    var list = [first]
    for count in 1..<600 { list.append(list[count - 1] * ratio(Double(count))) }
    return list
  }

  private static func excessOfPoisson(_ lam: Double) throws -> Double {
    try excess(.poisson([100_000], lam: lam, seed: 7), probabilities(exp(-lam)) { lam / $0 })
  }

  private static func excessOfBinomial(_ n: Int, _ p: Double) throws -> Double {
    // Of many trials nearly all succeed, so failures are counted.
    let isMany = n > 500
    let counted = isMany ? 1 - p : p
    let odds = counted / (1 - counted)
    let trials = Double(n)
    let exact = probabilities(pow(1 - counted, trials)) { (trials + 1 - $0) / $0 * odds }
    let x = try NDArray.binomial([100_000], n, p, seed: 7)
    guard isMany else { return try excess(x, exact) }
    return try excess(Int64(n) - x, exact)
  }

  @Test func distributions() throws {
    for lam in [0.4, 3.3, 9.9, 10, 47.5] as [Double] {
      #expect(try abs(RandomCountTests.excessOfPoisson(lam)) < 4, "lam \(lam), seed 7")
    }
    for (n, p) in [(20, 0.3), (20, 0.8), (25, 0.5), (100, 0.63), (3000, 0.999)] {
      #expect(try abs(RandomCountTests.excessOfBinomial(n, p)) < 4, "n \(n), p \(p), seed 7")
    }
    for p in [0.9, 0.07] {
      let failures = try NDArray.geometric([100_000], p, seed: 7) - Int64(1)
      let failure = 1 - p
      let exact = RandomCountTests.probabilities(p) { _ in failure }
      #expect(try abs(RandomCountTests.excess(failures, exact)) < 4, "p \(p), seed 7")
    }
    for (n, p) in [(0.4, 0.2), (3.5, 0.4), (30, 0.3)] as [(Double, Double)] {
      let x = try NDArray.negativeBinomial([100_000], n, p, seed: 7)
      let failure = 1 - p
      let exact = RandomCountTests.probabilities(pow(p, n)) { (n + $0 - 1) / $0 * failure }
      #expect(try abs(RandomCountTests.excess(x, exact)) < 4, "n \(n), p \(p), seed 7")
    }
  }

  /// Means of more than float64 holds exactly: distances from them have the moments that they should, and any last bits.
  @Test func hugeMeans() throws {
    func expectStandard(_ x: NDArray, mean: Int64, variance: Double) throws {
      let values = try x.elements(as: Int64.self)
      let deviation = variance.squareRoot()
      let distances = values.map { Double($0 - mean) / deviation }
      let average = distances.reduce(0, +) / Double(values.count)
      let square = distances.reduce(0) { $0 + $1 * $1 } / Double(values.count)
      #expect(abs(average) < 0.013 && abs(square - 1) < 0.018, "seed 7: \(average), \(square)")
      #expect(Set(values.map { $0 % 64 }).count == 64)
    }
    let n = [100_000]
    try expectStandard(.poisson(n, lam: 1e9, seed: 7), mean: 1_000_000_000, variance: 1e9)
    try expectStandard(.poisson(n, lam: 1e18, seed: 7), mean: 1_000_000_000_000_000_000, variance: 1e18)
    try expectStandard(.binomial(n, 1 << 62, 0.25, seed: 7), mean: 1 << 60, variance: 0x1p60 * 0.75)
    try expectStandard(.binomial(n, 1 << 62, 0.75, seed: 7), mean: 3 << 60, variance: 0x1p60 * 0.75)
  }

  @Test func bits() throws {
    for (x, expected) in [
      (try .geometric([6], 0.1, seed: 7), [8, 9, 10, 14, 19, 7]),
      (try .poisson([6], lam: 3.3, seed: 7), [3, 3, 4, 5, 5, 3]),
      (try .poisson([6], lam: 50.5, seed: 7), [45, 54, 43, 43, 51, 52]),
      (
        try .poisson([3], lam: 1e18, seed: 7),
        [999_999_999_317_398_640, 1_000_000_000_418_632_629, 999_999_999_029_918_814]
      ),
      (try .binomial([6], 20, 0.3, seed: 7), [6, 6, 7, 7, 8, 6]),
      (try .binomial([6], 20, 0.9, seed: 7), [18, 18, 18, 17, 17, 18]),
      (try .binomial([6], 100, 0.7, seed: 7), [73, 68, 75, 75, 70, 69]),
      (
        try .binomial([3], Int.max, 0.25, seed: 7),
        [2_305_843_008_316_199_861, 2_305_843_009_764_139_231, 2_305_843_007_938_292_630]
      ),
      (try .negativeBinomial([6], 3.5, 0.4, seed: 7), [3, 9, 1, 1, 4, 4]),
      (try .negativeBinomial([6], 20, 0.1, seed: 7), [154, 183, 101, 147, 188, 195]),
    ] as [(NDArray, [Int64])] {
      #expect(try x.elements(as: Int64.self) == expected)
    }
  }

  /// Threads, budgets, chunks and parts of any array that draws as it needs.
  @Test func layoutChangesNothing() throws {
    let shape = [531, 277]
    for x in [
      try NDArray.poisson(shape, lam: 12, seed: 3), try .poisson(shape, lam: 2, seed: 3),
      try .binomial(shape, 90, 0.4, seed: 3), try .negativeBinomial(shape, 2.5, 0.1, seed: 3),
      try .geometric(shape, 0.01, seed: 3), try .gamma(shape, shape: 0.4, seed: 3),
      try .beta(shape, 2, 0.5, seed: 3, dtype: .float32), try .standardT(shape, 3, seed: 3),
      try .f(shape, 3, 1, seed: 3), try .standardCauchy(shape, seed: 3), try .power(shape, 3, seed: 3),
      try .triangular(shape, 0, 1, 3, seed: 3),
    ] {
      let whole = try x.evaluated(options: .init(memory: 1 << 30, threads: 1))
      #expect(try x.evaluated(options: .init(memory: 64 << 20, threads: 3)).arrayEqual(whole))
      let folder = try TemporaryFolder()
      for (name, chunks) in [("a.zarr", [7, 11]), ("b.zarr", [531, 1]), ("c.zarr", [1, 277])] {
        let path = folder.at(name)
        try x.write(to: path, layout: .init(chunks: chunks), options: .init(memory: 64 << 20, threads: 2))
        #expect(try NDArray.open(path).arrayEqual(whole))
      }
      #expect(try x[3..<520, 100].arrayEqual(whole[3..<520, 100]))
      #expect(try x.transposed().arrayEqual(whole.transposed()))
    }
  }

  @Test func certainCounts() throws {
    func counts(_ x: NDArray) throws -> Set<Int64> { Set(try x.elements(as: Int64.self)) }
    let n = [1000]
    #expect(try counts(.poisson(n, lam: 0)) == [0])
    #expect(try counts(.poisson(n, lam: 1e-300)) == [0])
    #expect(try counts(.binomial(n, 0, 0.5)) == [0])
    #expect(try counts(.binomial(n, 5, 0)) == [0])
    #expect(try counts(.binomial(n, 5, 1)) == [5])
    #expect(try counts(.binomial(n, Int.max, 1)) == [.max])
    #expect(try counts(.binomial(n, Int.max, .leastNonzeroMagnitude)) == [0])
    #expect(try counts(.binomial(n, 1, 0.5)) == [0, 1])
    #expect(try counts(.negativeBinomial(n, 3, 1)) == [0])
    #expect(try counts(.negativeBinomial(n, 1e-5, 1e-12)).contains(0))
    #expect(try counts(.geometric(n, 1)) == [1])
    #expect(try counts(.geometric(n, .leastNonzeroMagnitude)) == [.max])
    #expect(try NDArray.poisson([0, 3]).shape.dimensions == [0, 3])
    #expect(try NDArray.poisson([]).dtype == .int64)
  }

  @Test func refused() {
    for wrong in [-1, .nan, .infinity, 9.3e18] as [Double] {
      #expect(throws: TesseraError.self) { try NDArray.poisson([2], lam: wrong) }
    }
    for wrong in [-0.1, 1.1, .nan, -.infinity] as [Double] {
      #expect(throws: TesseraError.self) { try NDArray.binomial([2], 5, wrong) }
      #expect(throws: TesseraError.self) { try NDArray.geometric([2], wrong) }
      #expect(throws: TesseraError.self) { try NDArray.negativeBinomial([2], 5, wrong) }
    }
    #expect(throws: TesseraError.self) { try NDArray.binomial([2], -1, 0.5) }
    #expect(throws: TesseraError.self) { try NDArray.geometric([2], 0) }
    #expect(throws: TesseraError.self) { try NDArray.negativeBinomial([2], 5, 0) }
    for wrong in [0, -1, .nan, .infinity] as [Double] {
      #expect(throws: TesseraError.self) { try NDArray.negativeBinomial([2], wrong, 0.5) }
    }
    // Counts of these would be beyond int64.
    #expect(throws: TesseraError.self) { try NDArray.negativeBinomial([2], 1, 1e-18) }
  }
}
