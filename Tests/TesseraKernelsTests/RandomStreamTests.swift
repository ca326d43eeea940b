import TesseraCore
import Testing

@testable import TesseraKernels

private let distributions: [RandomDistribution] = [
  .uniform, .normal(mean: 1, deviation: 2), .exponential(scale: 3), .integers(low: -3, high: 90),
  .integers(low: 0, high: 1 << 64), .cauchy, .gamma(shape: 0.7, scale: 2), .beta(a: 2, b: 0.5),
  .fisher(numerator: 3, denominator: 1), .student(freedom: 4), .geometric(probability: 0.1),
  .poisson(mean: 3), .poisson(mean: 30), .binomial(trials: 9, probability: 0.6),
  .binomial(trials: 90, probability: 0.6), .negativeBinomial(successes: 2.5, probability: 0.3),
]

private func fill<Value: Element>(
  _ type: Value.Type, seed: UInt128, _ distribution: RandomDistribution, first: Int = 0, count: Int
) throws -> [Value] {
  let stream = try RandomStream(seed: seed, distribution, dtype: Value.dtype)
  return [Value](unsafeUninitializedCapacity: count) { memory, filled in
    stream.fill(first: first, count: count, into: UnsafeMutableRawPointer(memory.baseAddress!))
    filled = count
  }
}

@Test func anyPartOfAStreamIsThatPartOfTheWhole() throws {
  for distribution in distributions {
    for dtype in DType.allCases {
      guard let stream = try? RandomStream(seed: 99, distribution, dtype: dtype) else { continue }
      let size = dtype.itemSize
      var whole = [UInt8](repeating: 0, count: 2100 * size)
      stream.fill(first: 7, count: 2100, into: &whole)
      for (first, count) in [(0, 1), (1, 1), (2, 5), (511, 3), (513, 1000), (1, 2099), (37, 0)] {
        var part = [UInt8](repeating: 0xCC, count: count * size + 2)
        part.withUnsafeMutableBytes { stream.fill(first: 7 + first, count: count, into: $0.baseAddress! + 1) }
        let wanted = Array(whole[first * size..<(first + count) * size])
        #expect(Array(part.dropFirst().dropLast()) == wanted, "\(distribution) \(dtype) \(first) \(count)")
        #expect(part.first == 0xCC && part.last == 0xCC)
      }
    }
  }
}

/// Moments of a sample: mean, variance, skewness, excess kurtosis.
private func moments(_ values: [Double]) -> [Double] {
  let count = Double(values.count)
  let mean = values.reduce(0, +) / count
  let central = (2...4).map { power in
    values.reduce(0) { sum, value in
      sum + (1..<power).reduce(value - mean) { product, _ in product * (value - mean) }
    } / count
  }
  let variance = central[0]
  return [
    mean, variance, central[1] / (variance * variance.squareRoot()),
    central[2] / (variance * variance) - 3,
  ]
}

@Test func normalAndExponentialNumbersHaveTheirMoments() throws {
  // Six standard errors of each moment for 200,000 numbers.
  let normal = moments(try fill(Double.self, seed: 3, .normal(mean: 5, deviation: 2), count: 200_000))
  for (value, (expected, bound)) in zip(normal, [(5.0, 0.027), (4, 0.076), (0, 0.033), (0, 0.066)]) {
    #expect(abs(value - expected) < bound, "seed 3: \(normal)")
  }
  let exponential = moments(try fill(Double.self, seed: 4, .exponential(scale: 2), count: 200_000))
  for (value, (expected, bound)) in zip(exponential, [(2.0, 0.027), (4, 0.152), (2, 0.2), (6, 2.5)]) {
    #expect(abs(value - expected) < bound, "seed 4: \(exponential)")
  }
}

@Test func tailsOfNormalNumbersAreAsHeavyAsTheyShouldBe() throws {
  let values = try fill(Float.self, seed: 5, .normal(mean: 0, deviation: 1), count: 1_000_000)
  // Twice the tail beyond 1, 2, 3 and 4 deviations.
  for (limit, share) in [(1, 0.3173105), (2, 0.0455003), (3, 0.0026998), (4, 0.0000633425)] {
    let found = Double(values.count { abs($0) > Float(limit) })
    let expected = share * 1e6
    #expect(abs(found - expected) < 5 * expected.squareRoot(), "seed 5: \(found) beyond \(limit)")
  }
}

/// Draws of an element's own stream are NumPy's of a `Philox(7)` whose counter begins at [0, 5, 0, 1]: a Cauchy number is
/// the quotient of the normal numbers of two.
@Test func elementsHaveStreamsOfTheirOwn() throws {
  var draws: [UInt64] = [1_184_627_599_882_352_832, 3_455_004_788_665_942_434]
  var normal = [Double](repeating: 0, count: 2)
  var unused: UInt64 = 0
  try RandomStream(seed: 0, .normal(mean: 0, deviation: 1), dtype: .float64)
    .make(2, of: &draws, skipping: 0, into: &normal, &unused)
  #expect(try fill(Double.self, seed: 7, .cauchy, first: 5, count: 1) == [normal[0] / normal[1]])
}

@Test func integersAreEquallyLikely() throws {
  let values = try fill(Int8.self, seed: 6, .integers(low: -50, high: 51), count: 101_000)
  var counts = [Int](repeating: 0, count: 101)
  for value in values { counts[Int(value) + 50] += 1 }
  let chi = counts.reduce(0.0) { $0 + Double(($1 - 1000) * ($1 - 1000)) / 1000 }
  // The 1e-6 and 1 - 1e-6 quantiles of chi square with 100 degrees of freedom.
  #expect((45.0...180.0).contains(chi), "seed 6: chi square \(chi)")
}

@Test func integersReachTheEndsOfTheirTypes() throws {
  for dtype in [DType.int64, .uint64] {
    let low: Int128 = dtype == .int64 ? Int128(Int64.min) : 0
    let stream = try RandomStream(seed: 1, .integers(low: low, high: low + 1 << 64), dtype: dtype)
    var draws = [UInt64](repeating: 0, count: 100)
    Philox4x64(seed: 1).fill(0, count: 100, into: &draws)
    var made = [UInt64](repeating: 0, count: 100)
    stream.fill(first: 0, count: 100, into: &made)
    #expect(made == draws.map { $0 &+ UInt64(truncatingIfNeeded: low) })
  }
  #expect(try fill(Bool.self, seed: 2, .integers(low: 1, high: 2), count: 9).allSatisfy { $0 })
  let greatest = try fill(Float16.self, seed: 2, .integers(low: 2048, high: 2049), count: 9)
  #expect(greatest.allSatisfy { $0 == 2048 })
  #expect(Set(try fill(Double.self, seed: 2, .integers(low: -1, high: 2), count: 99)) == [-1, 0, 1])
}

/// Of the integers beyond these some would be rounded, up to the excluded end or down below the first.
@Test func integersOfFloatsAreThoseTheyHoldExactly() throws {
  for (dtype, bits) in [(.float16, 11), (.bfloat16, 8), (.float32, 24), (.float64, 53)] as [(DType, Int)] {
    let greatest = Int128(1) << bits
    _ = try RandomStream(seed: 0, .integers(low: -greatest, high: greatest + 1), dtype: dtype)
    for (low, high) in [(0, greatest + 2), (-greatest - 1, 0)] as [(Int128, Int128)] {
      let error = #expect(throws: TesseraError.self) {
        try RandomStream(seed: 0, .integers(low: low, high: high), dtype: dtype)
      }
      #expect(error?.expected == "-\(greatest) to \(greatest) for \(dtype)")
    }
  }
  let halves = try fill(Float16.self, seed: 9, .integers(low: -2048, high: 2048), count: 100_000)
  #expect(halves.allSatisfy { (-2048..<2048).contains($0) && $0 == $0.rounded() })
}

@Test func uniformNumbersOfShortFloatsStayBelowOne() throws {
  let halves = try fill(Float16.self, seed: 8, .uniform, count: 100_000)
  #expect(halves.max() == 1 - 0x1p-11 && halves.min() == 0)
  let brains = try fill(BFloat16.self, seed: 8, .uniform, count: 10_000).map(\.float)
  #expect(brains.max() == 1 - 0x1p-8 && brains.min() == 0)
}

@Test func impossibleDistributionsAreRefused() {
  let refused: [(RandomDistribution, DType)] = [
    (.uniform, .int32), (.uniform, .complex64), (.normal(mean: 0, deviation: -1), .float64),
    (.normal(mean: .nan, deviation: 1), .float64), (.normal(mean: 0, deviation: 1), .bool),
    (.exponential(scale: .infinity), .float32), (.integers(low: 3, high: 3), .int64),
    (.integers(low: 0, high: 129), .int8), (.integers(low: -1, high: 3), .uint16),
    (.integers(low: -1, high: 1 << 64), .float64), (.integers(low: 0, high: 2), .complex128),
    (.integers(low: .min, high: .max), .int64), (.integers(low: 0, high: 3), .bool),
    (.integers(low: 0, high: 1 << 30), .float16), (.integers(low: 0, high: 1 << 64), .float64),
    (.cauchy, .int64), (.gamma(shape: -1, scale: 1), .float64), (.beta(a: 0, b: 1), .float64),
    (.poisson(mean: 1), .float64), (.poisson(mean: .nan), .int64), (.geometric(probability: 0), .int64),
    (.binomial(trials: -1, probability: 0.5), .int64), (.binomial(trials: 5, probability: 0.5), .int32),
  ]
  for (distribution, dtype) in refused {
    #expect(throws: TesseraError.self, "\(distribution) \(dtype)") {
      try RandomStream(seed: 0, distribution, dtype: dtype)
    }
  }
  #expect(throws: TesseraError.self) {
    var generator = PhiloxGenerator(seed: 0)
    _ = try generator.choice(3, size: 4, replacing: false)
  }
}
