import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraKernels

// Quantiles by pivots around each rank, chosen from a sample: two passes, where the sample is like the elements.

private struct Case {
  let dtype: DType
  let kept: Int
  let count: Int
  /// Position after position.
  let values: [UInt8]
  let request: QuantileRequest
}

/// The quantiles of all positions, from rows or columns in pieces, and how many passes that took.
private func quantiles(
  of data: Case, memory: Int, partials: Int, inColumns: Bool, pieces: Int
) throws -> (results: [UInt8], passes: Int) {
  let (kept, count, size) = (data.kept, data.count, data.dtype.itemSize)
  var refinement = try QuantileRefinement(
    data.request, data.dtype, kept: kept, count: count, memory: memory, partials: partials)
  while !refinement.isFinished {
    refinement.begin()
    var parts = (0..<partials).map { _ in refinement.makePartial() }
    for (number, start) in stride(from: 0, to: count, by: max(1, count / pieces)).enumerated() {
      let length = min(max(1, count / pieces), count - start)
      var block: [UInt8] = []
      for outer in 0..<(inColumns ? length : kept) {
        for inner in 0..<(inColumns ? kept : length) {
          let (position, element) = inColumns ? (inner, start + outer) : (outer, start + inner)
          block += data.values[(position * count + element) * size..<(position * count + element + 1) * size]
        }
      }
      if inColumns {
        parts[number % partials].accumulateColumns(first: 0, rows: length, columns: kept, values: block)
      } else {
        parts[number % partials].accumulateRows(first: 0, rows: kept, columns: length, values: block)
      }
    }
    for part in parts.dropFirst() { parts[0].merge(part) }
    try refinement.advance(with: parts[0])
  }
  let itemSize = try data.request.resultDType(of: data.dtype).itemSize
  var results = [UInt8](repeating: 0xCC, count: kept * data.request.probabilities.count * itemSize)
  refinement.results(into: &results)
  return (results, refinement.passes)
}

/// The same from each position's elements at once.
private func expected(_ data: Case) throws -> [UInt8] {
  let itemSize = try data.request.resultDType(of: data.dtype).itemSize
  var results = [UInt8](repeating: 0xCC, count: data.kept * data.request.probabilities.count * itemSize)
  try data.values.withUnsafeBytes { values in
    try Buffer.withTemporary(LineQuantiles.scratchBytes(columns: data.count)) { scratch in
      try LineQuantiles.quantiles(
        data.request, data.dtype, rows: data.kept, columns: data.count, values: values.baseAddress!,
        scratch: scratch, into: &results, stride: data.kept)
    }
  }
  return results
}

/// Results as keys, since neither zeros nor NaNs are told apart.
private func keys(_ results: [UInt8], _ data: Case) throws -> [UInt64] {
  let dtype = try data.request.resultDType(of: data.dtype)
  var keys = [UInt64](repeating: 0, count: results.count / dtype.itemSize)
  OrderedKeys.keys(dtype, count: keys.count, values: results, into: &keys)
  return keys
}

private let plenty = 64 << 20

@Suite struct PivotTests {
  private static let dtypes: [DType] = [.int32, .int64, .uint32, .uint64, .float32, .float64]

  /// Random bits hold infinities, NaNs and numbers of all sizes.
  @Test(arguments: 0..<36) func pivotsFindWhatSelectionFinds(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let dtype = PivotTests.dtypes[Int(seed) % PivotTests.dtypes.count]
    let kept = [1, 3, 130][Int(seed) / 6 % 3]
    let count = Int.random(in: 2000...(kept > 100 ? 2500 : 9000), using: &random)
    let skipsNaN = seed % 2 == 0
    let request =
      seed % 4 < 2
      ? QuantileRequest.median(skipsNaN: skipsNaN)
      : try QuantileRequest(
        [Double.random(in: 0...1, using: &random)],
        method: QuantileMethod.allCases.randomElement(using: &random)!,
        skipsNaN: skipsNaN)
    let data = Case(
      dtype: dtype, kept: kept, count: count, values: random.bytes(kept * count * dtype.itemSize),
      request: request)
    let found = try quantiles(
      of: data, memory: plenty, partials: Int.random(in: 1...3, using: &random), inColumns: seed % 3 != 0,
      pieces: Int.random(in: 1...40, using: &random))
    #expect(try keys(found.results, data) == keys(expected(data), data), "seed \(seed)")
    #expect(found.passes == 2, "seed \(seed)")
  }

  @Test func everyMethodAndSeveralProbabilities() throws {
    var random = SeededGenerator(seed: 5)
    let values = (0..<2 * 60_000).map { _ in Float.random(in: -1...1, using: &random) }
    for method in QuantileMethod.allCases {
      let request = try QuantileRequest([0.9, 0, 0.5, 1, 0.5], method: method)
      let data = Case(
        dtype: .float32, kept: 2, count: 60_000, values: values.withUnsafeBytes { Array($0) },
        request: request)
      let found = try quantiles(of: data, memory: plenty, partials: 2, inColumns: true, pieces: 9)
      #expect(try keys(found.results, data) == keys(expected(data), data), "\(method)")
      #expect(found.passes == 2, "\(method)")
    }
  }

  /// Between floats as if they had been float64 before.
  @Test(arguments: [DType.float16, .bfloat16, .float32, .float64]) func widenedAnswers(dtype: DType) throws {
    var random = SeededGenerator(seed: 31)
    let (kept, count) = (3, 501)
    let values = random.bytes(kept * count * dtype.itemSize)
    let probabilities = [0.1, 0.25, 0.5, 0.9]
    let narrow = Case(
      dtype: dtype, kept: kept, count: count, values: values,
      request: try QuantileRequest(probabilities, method: .linear, skipsNaN: true, isWidened: true))
    let wide = Case(
      dtype: .float64, kept: kept, count: count, values: convert(dtype, values, to: .float64),
      request: try QuantileRequest(probabilities, method: .linear, skipsNaN: true))
    #expect(try narrow.request.resultDType(of: dtype) == .float64)
    #expect(try keys(expected(narrow), narrow) == keys(expected(wide), wide))
    let refined = try quantiles(of: narrow, memory: plenty, partials: 2, inColumns: true, pieces: 3)
    #expect(try keys(refined.results, narrow) == keys(expected(wide), wide))
  }

  /// What lies between pivots is then few elements, or a pivot itself.
  @Test(arguments: ["sorted", "periodic", "constant", "two values", "nearly all NaN", "infinite", "halves"])
  func unevenElements(kind: String) throws {
    var random = SeededGenerator(seed: 9)
    let count = 20_000
    let values = (0..<2 * count).map { index -> Double in
      switch kind {
      case "sorted": Double(index)
      case "periodic": Double(index % 64)
      case "constant": -0.0
      case "two values": index % 5 < 2 ? 1 : 7
      case "nearly all NaN": index % 199 == 0 ? Double(index) : .nan
      case "infinite": index % 3 == 0 ? .infinity : -.infinity
      default: index % 2 == 0 ? Double.random(in: 0...1, using: &random) : 1e300
      }
    }
    for request in [QuantileRequest.median(skipsNaN: true), .median(), try QuantileRequest([0.6])] {
      let data = Case(
        dtype: .float64, kept: 2, count: count, values: values.withUnsafeBytes { Array($0) }, request: request
      )
      let found = try quantiles(of: data, memory: plenty, partials: 2, inColumns: false, pieces: 7)
      #expect(try keys(found.results, data) == keys(expected(data), data))
      #expect(found.passes == 2)
    }
  }

  /// Elements that make the sample a liar, position by position: what it takes is 0, all else is 1 or more. Only the
  /// second position is like its sample.
  @Test func ranksThatAreNotBetweenTheirPivotsAreCountedFor() throws {
    let (kept, count) = (3, 20_000)
    let request = QuantileRequest.median()
    let numbers = (0..<kept * count).map { Double($0 % count) }
    let plain = Case(
      dtype: .float64, kept: kept, count: count, values: numbers.withUnsafeBytes { Array($0) },
      request: request)
    let sampled = try sampledElements(plain)
    #expect(sampled.count > 1000)
    let values = (0..<kept * count).map { index in
      let element = index % count
      return index / count == 1 ? Double(element) : sampled.contains(element) ? 0 : 1 + Double(element) / 8
    }
    let data = Case(
      dtype: .float64, kept: kept, count: count, values: values.withUnsafeBytes { Array($0) },
      request: request)
    let found = try quantiles(of: data, memory: plenty, partials: 1, inColumns: true, pieces: 1)
    #expect(try keys(found.results, data) == keys(expected(data), data))
    #expect(found.passes > 2)
  }

  /// Where all elements lie between the pivots, there is no room for them.
  @Test func elementsWithoutRoomAreCountedFor() throws {
    let (kept, count) = (2, 200_000)
    let request = try QuantileRequest([0.1, 0.9])
    let numbers = (0..<kept * count).map { Double($0 % count) }
    let plain = Case(
      dtype: .float64, kept: kept, count: count, values: numbers.withUnsafeBytes { Array($0) },
      request: request)
    let memory = 8 << 20
    let sampled = try sampledElements(plain, memory: memory)
    let values = numbers.map { sampled.contains(Int($0)) ? (Int($0) % 2 == 0 ? -1e9 : 1e9) : $0 }
    let data = Case(
      dtype: .float64, kept: kept, count: count, values: values.withUnsafeBytes { Array($0) },
      request: request)
    let found = try quantiles(of: data, memory: memory, partials: 1, inColumns: true, pieces: 1)
    #expect(try keys(found.results, data) == keys(expected(data), data))
    #expect(found.passes > 2)
  }

  /// Which elements of every position the sample takes when columns are taken all at once.
  private func sampledElements(_ data: Case, memory: Int = plenty) throws -> Set<Int> {
    var refinement = try QuantileRefinement(
      data.request, data.dtype, kept: data.kept, count: data.count, memory: memory)
    refinement.begin()
    var block: [Double] = []
    for element in 0..<data.count { block += [Double](repeating: Double(element), count: data.kept) }
    var part = refinement.makePartial()
    part.accumulateColumns(first: 0, rows: data.count, columns: data.kept, values: block)
    let sample = try #require(part.sample).sample
    let (elements, starts) = sample.grouped(owners: data.kept)
    return Set(elements.bytes.bindMemory(to: Double.self)[..<starts[1]].map { Int($0) })
  }

  /// The bounds are the least and greatest keys there are.
  @Test func boundsAreKeysOfTheOutermostElements() {
    func key<Value>(_ value: Value, _ dtype: DType) -> UInt64 {
      var key: UInt64 = 0
      withUnsafeBytes(of: value) { OrderedKeys.keys(dtype, count: 1, values: $0.baseAddress!, into: &key) }
      return key
    }
    #expect(
      OrderedKeys.bounds(.float16) == key(-Float16.infinity, .float16)...key(Float16.infinity, .float16))
    #expect(
      OrderedKeys.bounds(.bfloat16) == key(0xFF80 as UInt16, .bfloat16)...key(0x7F80 as UInt16, .bfloat16))
    #expect(OrderedKeys.bounds(.float32) == key(-Float.infinity, .float32)...key(Float.infinity, .float32))
    #expect(OrderedKeys.bounds(.float64) == key(-Double.infinity, .float64)...key(Double.infinity, .float64))
    #expect(OrderedKeys.bounds(.int8) == key(Int8.min, .int8)...key(Int8.max, .int8))
    #expect(OrderedKeys.bounds(.int64) == key(Int64.min, .int64)...key(Int64.max, .int64))
    #expect(OrderedKeys.bounds(.uint32) == 0...key(UInt32.max, .uint32))
    #expect(OrderedKeys.bounds(.bool) == 0...key(true, .bool))
  }
}
