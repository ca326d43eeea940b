import TesseraCore
import Testing

@testable import TesseraKernels

/// The sort keys of elements: they tell neither zeros nor NaNs apart, and all else.
private func keys(_ bytes: [UInt8], _ dtype: DType) -> [UInt64] {
  var keys = [UInt64](repeating: 0, count: bytes.count / dtype.itemSize)
  OrderedKeys.keys(dtype, count: keys.count, values: bytes, into: &keys)
  return keys
}

private func lineQuantiles(
  _ request: QuantileRequest, _ dtype: DType, rows: Int, columns: Int, _ values: [UInt8]
) throws -> [UInt8] {
  let size = try request.resultDType(of: dtype).itemSize
  var results = [UInt8](repeating: 0xCC, count: rows * request.probabilities.count * size)
  // One byte off any alignment.
  try ([0] + values).withUnsafeBytes { values in
    try Buffer.withTemporary(LineQuantiles.scratchBytes(columns: columns)) { scratch in
      try LineQuantiles.quantiles(
        request, dtype, rows: rows, columns: columns, values: values.baseAddress! + 1, scratch: scratch,
        into: &results, stride: rows)
    }
  }
  return results
}

private enum Layout: CaseIterable { case rows, columns }

/// A block of the elements of a kept x reduced matrix.
private struct Block {
  var first: Int
  var kept: Int
  var reduced: Range<Int>
}

/// Quantiles of kept x reduced elements, in blocks of either layout, by several partials.
private func refined(
  _ request: QuantileRequest, _ dtype: DType, kept: Int, _ values: [UInt8], memory: Int, partials: Int = 1,
  random: inout SeededGenerator
) throws -> (results: [UInt8], passes: Int) {
  let reduced = kept == 0 ? 0 : values.count / dtype.itemSize / kept
  var refinement = try QuantileRefinement(
    request, dtype, kept: kept, count: reduced, memory: memory, partials: partials)
  while !refinement.isFinished {
    #expect(refinement.passes < refinement.mostPasses + 1, "one more pass may collect")
    refinement.begin()
    var parts = (0..<partials).map { _ in refinement.makePartial() }
    for block in blocks(kept: kept, reduced: reduced, &random) {
      let part = Int.random(in: 0..<partials, using: &random)
      let layout = Layout.allCases.randomElement(using: &random)!
      accumulate(&parts[part], block, layout, values, dtype.itemSize, reduced)
    }
    for part in parts.dropFirst() { parts[0].merge(part) }
    try refinement.advance(with: parts[0])
  }
  let size = try request.resultDType(of: dtype).itemSize
  var results = [UInt8](repeating: 0xCC, count: kept * request.probabilities.count * size)
  refinement.results(into: &results)
  return (results, refinement.passes)
}

private func blocks(kept: Int, reduced: Int, _ random: inout SeededGenerator) -> [Block] {
  let keptStep = Int.random(in: 1...kept, using: &random)
  let reducedStep = Int.random(in: max(reduced / 4, 1)...max(reduced, 1), using: &random)
  return stride(from: 0, to: kept, by: keptStep).flatMap { first in
    stride(from: 0, to: reduced, by: reducedStep).map {
      Block(
        first: first, kept: min(keptStep, kept - first), reduced: $0..<min($0 + reducedStep, reduced))
    }
  }.shuffled(using: &random)
}

private func accumulate(
  _ part: inout QuantileRefinement.Partial, _ block: Block, _ layout: Layout, _ values: [UInt8], _ size: Int,
  _ reduced: Int
) {
  let kept = block.first..<block.first + block.kept
  let places =
    layout == .rows
    ? kept.flatMap { row in block.reduced.map { row * reduced + $0 } }
    : block.reduced.flatMap { column in kept.map { $0 * reduced + column } }
  let elements = places.flatMap { values[$0 * size..<($0 + 1) * size] }
  switch layout {
  case .rows:
    part.accumulateRows(
      first: block.first, rows: block.kept, columns: block.reduced.count, values: elements)
  case .columns:
    part.accumulateColumns(
      first: block.first, rows: block.reduced.count, columns: block.kept, values: elements)
  }
}

@Test func quantilesAreNumPys() throws {
  var random = SeededGenerator(seed: 1)
  for row in try Fixture.rows("quantiles.txt", separator: " ") {
    let dtype = try #require(DType(name: row[0]))
    let skipsNaN = row[2] == "1"
    let request =
      row[1] == "median"
      ? QuantileRequest.median(skipsNaN: skipsNaN)
      : try QuantileRequest(
        row[3].split(separator: ",").map { try #require(Double($0)) },
        method: try #require(QuantileMethod(rawValue: row[1])), skipsNaN: skipsNaN)
    let values = Fixture.bytes(row[4])
    let result = try request.resultDType(of: dtype)
    let expected = keys(Fixture.bytes(row[5]), result)
    let lines = try lineQuantiles(
      request, dtype, rows: 1, columns: values.count / dtype.itemSize, values)
    #expect(keys(lines, result) == expected, "\(row)")
    let memory = max(600, QuantileRefinement.leastMemory(request, kept: 1))
    let streamed = try refined(request, dtype, kept: 1, values, memory: memory, random: &random)
    #expect(keys(streamed.results, result) == expected, "streamed: \(row)")
  }
}

@Test(arguments: 0..<24) func refinementIsIndependentOfMemoryBlocksAndThreads(seed: UInt64) throws {
  var random = SeededGenerator(seed: seed)
  let dtypes = DType.allCases.filter { $0.kind != .complex && $0.kind != .bool }
  let dtype = dtypes[Int(seed) % dtypes.count]
  let kept = Int.random(in: 1...9, using: &random)
  let reduced = Int.random(in: 1...300, using: &random)
  var values = random.bytes(kept * reduced * dtype.itemSize)
  if seed % 3 == 0 {
    // Ties: every element is one of few.
    let few = Array(values.prefix(3 * dtype.itemSize))
    for place in 0..<kept * reduced where few.count == 3 * dtype.itemSize {
      let chosen = Int.random(in: 0..<3, using: &random) * dtype.itemSize
      values.replaceSubrange(
        place * dtype.itemSize..<(place + 1) * dtype.itemSize,
        with: few[chosen..<chosen + dtype.itemSize])
    }
  }
  let request =
    seed % 4 == 0
    ? QuantileRequest.median(skipsNaN: seed % 8 == 0)
    : try QuantileRequest(
      [0.5, 0, 1, 0.25, 0.5, 0.99], method: QuantileMethod.allCases.randomElement(using: &random)!,
      skipsNaN: seed % 2 == 0)
  let result = try request.resultDType(of: dtype)
  let expected = keys(try lineQuantiles(request, dtype, rows: kept, columns: reduced, values), result)
  var passes: [Int] = []
  for partials in [1, 3] {
    let least = QuantileRefinement.leastMemory(request, kept: kept, partials: partials)
    for memory in [least, 4 * least, 1_000_000] {
      let streamed = try refined(
        request, dtype, kept: kept, values, memory: max(memory, least), partials: partials, random: &random)
      #expect(
        keys(streamed.results, result) == expected, "seed \(seed), \(memory) bytes, \(partials) partials")
      passes.append(streamed.passes)
    }
  }
  #expect(passes.min()! <= 2, "seed \(seed): \(passes)")
}

@Test func longLinesAreSelectedFrom() throws {
  for (seed, bits) in [(1, 64), (2, 20), (3, 3), (4, 0)] as [(UInt64, UInt64)] {
    var random = SeededGenerator(seed: seed)
    let values = (0..<20_001).map { _ in bits == 0 ? 7 : random.next() >> (64 - bits) }
    let sorted = values.sorted()
    let ranks = [0, 1, 2, 4999, 10_000, 10_001, 19_999, 20_000]
    let request = try QuantileRequest(ranks.map { Double($0) / 20_000 }, method: .nearest)
    let answers = try lineQuantiles(
      request, .uint64, rows: 1, columns: values.count, values.withUnsafeBytes { Array($0) })
    #expect(keys(answers, .uint64) == ranks.map { sorted[$0] }, "seed \(seed)")
  }
}

@Test func keysSortAsElementsDoAndComeBack() {
  for dtype in DType.allCases where dtype.kind != .complex {
    var random = SeededGenerator(seed: UInt64(dtype.rawValue))
    let count = 500
    let bytes = dtype == .bool ? (0..<count).map { UInt8($0 % 2) } : random.bytes(count * dtype.itemSize)
    let keyed = keys(bytes, dtype)
    var back = [UInt8](repeating: 0, count: bytes.count)
    back.withUnsafeMutableBytes { back in
      for (place, key) in keyed.enumerated() {
        OrderedKeys.value(ofKey: key, dtype, into: back.baseAddress! + place * dtype.itemSize)
      }
    }
    #expect(keys(back, dtype) == keyed, "\(dtype)")
    let doubles = convert(dtype, bytes, to: .float64).withUnsafeBytes {
      Array($0.bindMemory(to: Double.self))
    }
    for (a, b) in zip(0..<count - 1, 1..<count) {
      if doubles[a].isNaN {
        #expect(keyed[a] == OrderedKeys.nan)
      } else if doubles[a] != doubles[b], !doubles[b].isNaN {
        #expect((keyed[a] < keyed[b]) == (doubles[a] < doubles[b]), "\(dtype) \(doubles[a]) \(doubles[b])")
        #expect(keyed[a] >> UInt64(OrderedKeys.keyBits(dtype) - 1) <= 1)
      }
    }
  }
  #expect(keys([0, 0, 0, 0x80], .float32) == keys([0, 0, 0, 0], .float32))
}

@Test func impossibleQuantilesAreRefused() throws {
  #expect(throws: TesseraError.self) { try QuantileRequest([1.1]) }
  #expect(throws: TesseraError.self) { try QuantileRequest([.nan]) }
  #expect(throws: TesseraError.self) { try QuantileRequest([0.5]).resultDType(of: .bool) }
  #expect(throws: TesseraError.self) { try QuantileRequest([0.5]).resultDType(of: .complex64) }
  let request = try QuantileRequest([0.5])
  let least = QuantileRefinement.leastMemory(request, kept: 1000, partials: 2)
  let error = #expect(throws: TesseraError.self) {
    try QuantileRefinement(request, .float64, kept: 1000, memory: least - 1, partials: 2)
  }
  #expect(error?.kind == .memory && error?.expected?.contains("\(least)") == true)
  #expect(try !QuantileRefinement(request, .float64, kept: 1000, memory: least, partials: 2).isFinished)
  #expect(try QuantileRefinement(request, .float64, kept: 0, memory: 0).isFinished)
}

/// One that is made to plan with takes no memory for the positions.
@Test func bracketsAreMadeForTheFirstPass() throws {
  var refinement = try QuantileRefinement(.median(), .float64, kept: 1000, memory: 1 << 20)
  #expect(refinement.brackets.count == 0)
  refinement.begin()
  #expect(refinement.brackets.count == 1000)
}

@Test func elementsThatChangeBetweenPassesAreNoticed() throws {
  let request = QuantileRequest.median()
  var refinement = try QuantileRefinement(request, .float64, kept: 1, memory: 1000)
  var values = (0..<100).map(Double.init)
  #expect(throws: TesseraError.self) {
    while !refinement.isFinished {
      refinement.begin()
      var part = refinement.makePartial()
      part.accumulateRows(first: 0, rows: 1, columns: values.count, values: values)
      try refinement.advance(with: part)
      values = values.map { -$0 }
    }
  }
}
