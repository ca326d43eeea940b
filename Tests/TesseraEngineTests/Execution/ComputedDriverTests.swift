import TesseraCore
import TesseraStorage
import TesseraTestSupport
import Testing

@testable import TesseraEngine

/// Random parts of computed sources, into memory of any strides, against a naive model.
@Suite struct ComputedDriverTests {
  @Test(arguments: 0..<300) func reshaped(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let base = random.shape(rank: 0...4, longest: 6)
    let target = regrouped(base, &random)
    // Joined, so that the base is not memory, which takes another shape as it is.
    let stored: any ArrayDriver = base.isEmpty ? memory(base) : try JoinedDriver([memory(base)], axis: 0)
    let driver = ReshapedDriver(stored, try Shape(target), .int64)
    try expectReads(driver, NaiveArray(target), &random, seed)
  }

  /// Of a base that reads several elements as one, with little room for what is scattered.
  @Test(arguments: 0..<400) func reshapedInPieces(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let base = random.shape(rank: 1...4, longest: 7).map { max(1, $0) }
    let target = regrouped(base, &random)
    let granule = base.map { Int.random(in: 1...$0, using: &random) }
    let room = Int.random(in: 1...60, using: &random)
    let driver = ReshapedDriver(
      Coarse(base: memory(base), granule: granule), try Shape(target), .int64, mostCovered: room)
    try expectReads(driver, NaiveArray(target), &random, seed)
  }

  private struct Coarse: ArrayDriver {
    let base: MemoryDriver
    let granule: [Int]

    var description: ArrayDescription { base.description }
    func read(
      _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
    ) throws {
      try base.read(selection, into: target, strides: strides, scratch: scratch)
    }
    func storedBytes() throws -> Int { 0 }
    func fingerprint() throws -> String { "coarse" }
  }

  @Test(arguments: 0..<300) func joined(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let base = random.shape(rank: 1...4, longest: 5)
    let axis = base.indices.randomElement(using: &random)!
    var (parts, start, length) = ([any ArrayDriver](), 0, 0)
    var columns: [(range: Range<Int>, first: Int, shape: [Int])] = []
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      var shape = base
      shape[axis] = Int.random(in: 0...4, using: &random)
      parts.append(memory(shape, from: start))
      columns.append((length..<length + shape[axis], start, shape))
      start += shape.reduce(1, *)
      length += shape[axis]
    }
    var whole = base
    whole[axis] = length
    let naive = NaiveArray(whole) { index in
      let part = columns.first { $0.range.contains(index[axis]) }!
      var own = index
      own[axis] -= part.range.lowerBound
      return part.first + NaiveArray(part.shape)[own]
    }
    try expectReads(try JoinedDriver(parts, axis: axis), naive, &random, seed)
  }

  @Test(arguments: 0..<200) func expressions(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let shape = random.shape(rank: 0...3, longest: 40)
    let x = NDArray(memory(shape))
    let node = try (x * 3 + x.flip()).node
    let driver = try NodeSource.driver(of: node)
    let last = shape.reduce(1, *) - 1
    let naive = NaiveArray(shape)
    let expected = NaiveArray(shape) { naive[$0] * 3 + last - naive[$0] }
    try expectReads(driver, expected, &random, seed)
  }

  private func memory(_ shape: [Int], from first: Int = 0) -> MemoryDriver {
    let shape = Shape(known: shape)
    return MemoryDriver(shape: shape, dtype: .int64) { bytes in
      let elements = bytes.bindMemory(to: Int.self)
      for index in 0..<shape.count { elements[index] = first + index }
    }
  }

  /// Neighbouring axes merged, lengths split, ones added.
  private func regrouped(_ shape: [Int], _ random: inout SeededGenerator) -> [Int] {
    var result = shape
    for _ in 0..<3 {
      let place = Int.random(in: 0...result.count, using: &random)
      if place + 1 < result.count, Bool.random(using: &random) {
        result[place] *= result.remove(at: place + 1)
      } else if place < result.count, let divisor = (2...6).first(where: { result[place] % $0 == 0 }) {
        result.insert(divisor, at: place)
        result[place + 1] /= divisor
      } else {
        result.insert(1, at: place)
      }
    }
    return result
  }

  private func expectReads(
    _ driver: any ArrayDriver, _ naive: NaiveArray, _ random: inout SeededGenerator, _ seed: UInt64
  ) throws {
    #expect(driver.description.shape.dimensions == naive.shape, "seed \(seed)")
    #expect(driver.granule.count == naive.shape.count && driver.granule.allSatisfy { $0 > 0 }, "seed \(seed)")
    let scratch = ReadScratch()
    for _ in 0..<4 {
      let selection = random.selection(of: naive.shape)
      let counts = selection.counts
      // The target's axes lie in memory in some order, with a gap between elements.
      var strides = [Int](repeating: 0, count: counts.count)
      var stride = 8 * Int.random(in: 1...2, using: &random)
      for axis in counts.indices.shuffled(using: &random) {
        strides[axis] = stride
        stride *= max(1, counts[axis])
      }
      if Bool.random(using: &random) { strides = Shape.strides(of: counts).map { $0 * 8 } }
      var target = [Int](repeating: -1, count: max(1, counts.reduce(1, *)) * 2 + 1)
      try target.withUnsafeMutableBytes {
        try driver.read(selection, into: $0.baseAddress!, strides: strides, scratch: scratch)
      }
      let found = NaiveArray(counts) { index in target[zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 } / 8]
      }
      #expect(found.elements == naive.taking(selection).elements, "\(selection.axes), seed \(seed)")
      // Nothing beside the selection was written.
      #expect(target.count { $0 != -1 } <= found.elements.count, "seed \(seed)")
    }
  }
}
