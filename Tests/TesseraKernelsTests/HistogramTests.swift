import TesseraCore
import Testing

@testable import TesseraKernels

private func elements<Value>(_ hexadecimal: String, as type: Value.Type) -> [Value] {
  Fixture.bytes(hexadecimal).withUnsafeBytes { bytes in
    (0..<bytes.count / MemoryLayout<Value>.size).map {
      bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Value>.size, as: type)
    }
  }
}

@Test func histogramsAreNumPys() throws {
  for row in try Fixture.rows("histogram.txt", separator: " ") {
    let dtype = try #require(DType(name: row[0]))
    let bins = try #require(Int(row[2]))
    let values = Fixture.bytes(row[5])
    let expectedEdges = elements(row[6], as: Double.self)
    let edges =
      row[1] == "edges"
      ? try HistogramEdges(expectedEdges)
      : try HistogramEdges(
        bins: bins, from: try #require(Double(row[3])), to: try #require(Double(row[4])), dtype: dtype,
        fromData: row[1] == "data")
    let name = row.prefix(5).joined(separator: " ")
    #expect(edges.values == expectedEdges, "\(name)")
    let expected = elements(row[7], as: UInt64.self)
    let count = values.count / dtype.itemSize
    var whole = HistogramCounter(edges)
    whole.accumulate(dtype, count: count, values: values)
    #expect(whole.counts == expected, "\(name)")
    var first = HistogramCounter(edges)
    var second = HistogramCounter(edges, isWeighted: false)
    first.accumulate(dtype, count: 33, values: values)
    second.accumulate(dtype, count: count - 33, values: Array(values[(33 * dtype.itemSize)...]))
    second.merge(first)
    #expect(second.counts == expected, "\(name), merged")
    var weighted = HistogramCounter(edges, isWeighted: true)
    weighted.accumulate(
      dtype, count: count, values: values, weights: [Double](repeating: 0.25, count: count))
    #expect(weighted.weights == expected.map { Double($0) / 4 }, "\(name), weighted")
  }
}

/// Values on edges, beside them, between and beyond them, against a plain search.
@Test(arguments: 0..<40) func valuesNearEdgesOfEvenBins(seed: UInt64) throws {
  var random = SeededGenerator(seed: seed)
  let dtype = [DType.float64, .float32, .float16, .int32][Int(seed % 4)]
  let bins = [1, 2, 7, 128, 513, 5000][Int(seed / 4) % (dtype == .float16 ? 4 : 6)]
  let low = Double.random(in: -100...100, using: &random)
  let high = low + (seed < 20 ? Double.random(in: 50...100, using: &random) : 1e9)
  guard
    let edges = try? HistogramEdges(
      bins: bins, from: low, to: min(high, dtype == .float16 ? 6e4 : high), dtype: dtype,
      fromData: seed % 2 == 0)
  else { return }
  var values = edges.values.flatMap { [$0, $0.nextUp, $0.nextDown] }
  values += (0..<2000).map { _ in Double.random(in: low - 1...edges.values[bins] + 1, using: &random) }
  values += [.nan, .infinity, -.infinity, -0.0]
  values.shuffle(using: &random)
  func expectCounts(_ dtype: DType, _ bytes: [UInt8], _ values: [Double]) {
    var expected = [UInt64](repeating: 0, count: bins)
    for value in values where value >= edges.values[0] && value <= edges.values[bins] {
      expected[min(bins, edges.values.partitioned { $0 <= value }) - 1] += 1
    }
    var counter = HistogramCounter(edges)
    // At an odd address.
    ([0] + bytes).withUnsafeBytes {
      counter.accumulate(dtype, count: values.count, values: $0.baseAddress! + 1)
    }
    #expect(counter.counts == expected, "seed \(seed), \(dtype)")
  }
  expectCounts(.float64, values.withUnsafeBytes(Array.init), values)
  let floats = values.flatMap { [Float($0), Float($0).nextUp, Float($0).nextDown] }
  expectCounts(.float32, floats.withUnsafeBytes(Array.init), floats.map(Double.init))
  let halves = floats.map { Float16($0) }
  expectCounts(.float16, halves.withUnsafeBytes(Array.init), halves.map(Double.init))
  #expect(edges.spacing != nil || dtype == .float16, "seed \(seed): the fast way is not taken")
  #expect(edges.narrowSpacing != nil || dtype == .float16 || bins > 1000 || seed >= 20, "seed \(seed)")
}

extension [Double] {
  /// How many of ascending elements come before the first that fails.
  fileprivate func partitioned(_ holds: (Double) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

@Test func impossibleEdgesAreRefused() {
  #expect(throws: TesseraError.self) { try HistogramEdges([1]) }
  #expect(throws: TesseraError.self) { try HistogramEdges([1, 0]) }
  #expect(throws: TesseraError.self) { try HistogramEdges([0, .nan, 1]) }
  for (bins, low, high) in [(0, 0, 1), (3, 1, 0), (3, .nan, 1), (3, 0, .infinity)] as [(Int, Double, Double)]
  {
    #expect(throws: TesseraError.self) {
      try HistogramEdges(bins: bins, from: low, to: high, dtype: .float64, fromData: false)
    }
  }
  #expect(throws: TesseraError.self, "float16 has no thousand numbers there") {
    try HistogramEdges(bins: 1000, from: 1, to: 1.01, dtype: .float16, fromData: false)
  }
}

@Test func integersAreCounted() throws {
  var random = SeededGenerator(seed: 12)
  let values = (0..<2000).map { _ in Int16.random(in: 0...300, using: &random) }
  let weights = values.map { Double($0) * 0.5 }
  var counter = BinCounter(minimumLength: 3, limit: 1000)
  var weighted = BinCounter(limit: 1000, isWeighted: true)
  var other = counter
  var otherWeighted = weighted
  try counter.accumulate(.int16, count: 700, values: values)
  try weighted.accumulate(.int16, count: 700, values: values, weights: weights)
  try other.accumulate(.int16, count: 1300, values: Array(values[700...]))
  try otherWeighted.accumulate(
    .int16, count: 1300, values: Array(values[700...]), weights: Array(weights[700...]))
  counter.merge(other)
  weighted.merge(otherWeighted)
  let expected = (0...Int(values.max()!)).map { value in values.count { Int($0) == value } }
  #expect(counter.counts.map(Int.init) == expected)
  #expect(weighted.weights == expected.indices.map { Double(expected[$0] * $0) * 0.5 })
  #expect(BinCounter(minimumLength: 3, limit: 9).counts == [0, 0, 0])
}

@Test func integersThatCannotBeCountedAreRefused() {
  func kind<Value: Element>(of values: [Value]) -> TesseraError.Kind? {
    var counter = BinCounter(limit: 10)
    do {
      try counter.accumulate(Value.dtype, count: values.count, values: values)
      return nil
    } catch {
      return (error as? TesseraError)?.kind
    }
  }
  #expect(kind(of: [1, 2, -1] as [Int8]) == .usage)
  #expect(kind(of: [1, 2, 11] as [Int8]) == .memory)
  #expect(kind(of: [UInt64.max]) == .memory)
  #expect(kind(of: [1.0]) == .usage)
  #expect(kind(of: [true, false]) == nil)
  #expect(kind(of: [Int]()) == nil)
}
