import TesseraCore
import Testing

@testable import TesseraKernels

private func values<Value>(_ hexadecimal: String, as type: Value.Type = Value.self) -> [Value] {
  Fixture.bytes(hexadecimal).withUnsafeBytes { bytes in
    (0..<bytes.count / MemoryLayout<Value>.size).map {
      bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Value>.size, as: type)
    }
  }
}

private func bytes(_ stream: RandomStream, first: Int, count: Int) -> [UInt8] {
  [UInt8](unsafeUninitializedCapacity: count * stream.dtype.itemSize + 1) { memory, filled in
    stream.fill(first: first, count: count, into: memory.baseAddress!)
    filled = count * stream.dtype.itemSize
  }
}

/// The numbers of one line of the fixture, made here; nil for a line of another kind.
private func made(_ row: [String]) throws -> [UInt8]? {
  let wanted = Fixture.bytes(row[row.count - 1])
  if row[0] == "normal" { return nil }
  let seed = try #require(UInt128(row[1]))
  var generator = PhiloxGenerator(seed: seed)
  switch row[0] {
  case "key": return SeedSequence(seed).state(count: 2).withUnsafeBytes { Array($0) }
  case "raw":
    var draws = [UInt64](repeating: 0, count: wanted.count / 8)
    Philox4x64(seed: seed).fill(try #require(UInt64(row[2])), count: draws.count, into: &draws)
    return draws.withUnsafeBytes { Array($0) }
  case "float64", "float32":
    let stream = try RandomStream(seed: seed, .uniform, dtype: try #require(DType(name: row[0])))
    return bytes(stream, first: try #require(Int(row[2])), count: wanted.count / stream.dtype.itemSize)
  case "integers":
    let highest = try #require(UInt64(row[2])) - 1
    return (0..<wanted.count / 8).map { _ in generator.integer(upTo: highest) }
      .withUnsafeBytes { Array($0) }
  case "permutation":
    return generator.permutation(try #require(Int(row[2]))).withUnsafeBytes { Array($0) }
  case "choice":
    return try generator.choice(
      try #require(Int(row[2])), size: try #require(Int(row[3])), replacing: row[4] == "1"
    ).withUnsafeBytes { Array($0) }
  case "weighted":
    return try generator.choice(
      values(row[4]), size: try #require(Int(row[2])), replacing: row[3] == "1"
    ).withUnsafeBytes { Array($0) }
  case "mixed":
    var numbers = generator.permutation(5)
    numbers.append(Int(bitPattern: UInt(generator.uniform().bitPattern)))
    numbers += generator.permutation(6)
    return numbers.withUnsafeBytes { Array($0) }
  default: return nil
  }
}

@Test func randomNumbersAreNumPys() throws {
  var kinds: [String: Int] = [:]
  for row in try Fixture.rows("random.txt", separator: " ") {
    guard let made = try made(row) else { continue }
    kinds[row[0], default: 0] += 1
    #expect(made == Fixture.bytes(row[row.count - 1]), "\(row.dropLast().joined(separator: " "))")
  }
  #expect(kinds.count == 9)
}

@Test func normalNumbersAreQuantilesOfTheirDraws() throws {
  let row = try #require(try Fixture.rows("random.txt", separator: " ").first { $0[0] == "normal" })
  var draws: [UInt64] = values(row[1])
  let expected: [Double] = values(row[2])
  var made = [Double](repeating: 0, count: draws.count)
  let stream = try RandomStream(seed: 0, .normal(mean: 0, deviation: 1), dtype: .float64)
  var unused: UInt64 = 0
  stream.make(draws.count, of: &draws, skipping: 0, into: &made, &unused)
  for (draw, (value, expected)) in zip(draws, zip(made, expected)) {
    // The reference itself is that inexact where it goes by way of a probability near one half.
    let bound = 1e-14 * abs(expected) + (abs(expected) > 2e-4 ? 2e-16 : 0)
    #expect(abs(value - expected) <= bound, "draw \(draw): \(value), not \(expected)")
  }
}
