import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraKernels

/// What is gathered in many passes, because memory is short, against a set.
@Suite struct KeyCollectorTests {
  /// All distinct keys, from as many passes as it takes, and how many that were.
  private func distinct<T: Element>(
    _ elements: [T], threads: Int, memory: Int
  ) -> (keys: [UInt128], counts: [UInt64]?, passes: Int) {
    var range = KeyRange()
    var keys: [UInt128] = []
    var passes = 0
    while true {
      passes += 1
      let collectors = (0..<threads).map { _ in
        KeyCollector(T.dtype, range: range, memory: memory, most: elements.count)
      }
      for (number, start) in stride(from: 0, to: elements.count, by: 1000).enumerated() {
        elements[start..<min(elements.count, start + 1000)].withUnsafeBytes {
          collectors[number % threads].add($0.count / MemoryLayout<T>.stride, $0.baseAddress!)
        }
      }
      for collector in collectors { collector.finish() }
      let found = KeyCollector.merge(collectors, T.dtype, range: range, threads: 2) { count, body in
        for part in 0..<count { body(part) }
      }
      keys += (0..<found.keys.count).map { found.keys[$0] }
      guard let ceiling = found.ceiling else { return (keys, passes == 1 ? found.counts : nil, passes) }
      #expect(ceiling > range.low)
      range.low = ceiling
    }
  }

  private func key<T: Element>(_ element: T) -> UInt128 {
    withUnsafeBytes(of: element) { bytes in
      let width = SetKeys.width(T.dtype)
      return Buffer.withTemporary(width) {
        SetKeys.keys(T.dtype, count: 1, values: bytes.baseAddress!, into: $0.baseAddress!)
        return KeySet.key(width, at: UnsafeRawPointer($0.baseAddress!))
      }
    }
  }

  @Test(arguments: 0..<9) func smallMemoryTakesMorePassesForTheSame(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let count = 15_000
    let isDense = seed % 2 == 0
    let integers = (0..<count).map { _ in
      let wide = UInt32(truncatingIfNeeded: random.next())
      return isDense ? wide % 100_000 : wide
    }
    let memory = [3 << 20, 60_000, 20_000][seed % 3]
    let expected = Set(integers).sorted().map { UInt128($0) }
    #expect(distinct(integers, threads: 1 + seed % 3, memory: memory).keys == expected, "seed \(seed)")
    let long = integers.map { UInt64($0) << 20 }
    let found = distinct(long, threads: 1 + seed % 3, memory: memory)
    #expect(found.keys == expected.map { $0 << 20 }, "seed \(seed)")
    #expect(memory > 1 << 20 || found.passes > 1, "seed \(seed)")
    let complex = long.map { Complex(Double($0), 1) }
    let wide = distinct(complex, threads: 2, memory: memory)
    #expect(wide.keys == Set(complex.map(key)).sorted(), "seed \(seed)")
  }

  /// Enough memory for keys to wait in buckets: of a few buckets that fill up, and of more than there may be.
  @Test(arguments: [5_000_000, UInt32.max]) func keysThatWaitAreMarked(limit: UInt32) {
    var random = SeededGenerator(seed: UInt64(limit))
    let elements = (0..<150_000).map { _ in UInt32.random(in: 0...limit, using: &random) }
    let found = distinct(elements, threads: 2, memory: 80 << 20)
    #expect(found.keys == Set(elements).sorted().map { UInt128($0) })
    let tight = distinct(elements, threads: 2, memory: 17 << 20)
    #expect(tight.keys == found.keys)
  }

  /// More keys than may wait at a time.
  @Test func keysThatWaitMakeRoom() {
    let count = 1_600_000
    let elements = (0..<count).map { UInt32($0 * 7919 % count) }
    let found = distinct(elements, threads: 1, memory: 17 << 20)
    #expect(found.passes == 1)
    #expect(found.keys == (0..<count).map { UInt128($0) })
  }

  @Test(arguments: 0..<6) func tablesCountWhatTheyHold(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let elements = (0..<80_000).map { _ in Int64.random(in: -2000...2000, using: &random) }
    var counts: [Int64: UInt64] = [:]
    for element in elements { counts[element, default: 0] += 1 }
    let found = distinct(elements, threads: 2, memory: 8 << 20)
    #expect(found.passes == 1)
    #expect(found.counts == counts.sorted { $0.key < $1.key }.map(\.value), "seed \(seed)")
  }

  /// Places of all keys, in lists in which few and many keys share their upper bits.
  @Test(arguments: 0..<12) func locatorFindsEveryKey(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let spread = UInt64.random(in: 1...64, using: &random)
    let elements = (0..<Int.random(in: 1...5000, using: &random)).map { _ in random.next() >> (64 - spread) }
    let sorted = Set(elements).sorted()
    let keys = KeySet(width: 8, room: sorted.count) { target in
      sorted.withUnsafeBytes { target.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
      return sorted.count
    }
    let locator = KeyLocator(keys, .uint64)
    var places = [Int64](repeating: -1, count: elements.count)
    elements.withUnsafeBytes { elements in
      places.withUnsafeMutableBytes {
        locator.locate(elements.count / 8, elements.baseAddress!, into: $0.baseAddress!)
      }
    }
    #expect(zip(elements, places).allSatisfy { sorted[Int($1)] == $0 }, "seed \(seed)")
  }

  /// Sorted by their keys, elements ascend, and keys give the elements back.
  @Test(arguments: DType.allCases) func keysGiveElementsBack(dtype: DType) {
    var random = SeededGenerator(seed: UInt64(dtype.rawValue))
    let count = 3000
    var bytes = random.bytes(count * dtype.itemSize)
    if dtype == .bool { bytes = bytes.map { $0 & 1 } }
    let width = SetKeys.width(dtype)
    var keys = [UInt8](repeating: 0, count: count * width)
    var back = [UInt8](repeating: 0, count: bytes.count)
    var again = keys
    bytes.withUnsafeBytes { SetKeys.keys(dtype, count: count, values: $0.baseAddress!, into: &keys) }
    SetKeys.values(dtype, count: count, keys: keys, into: &back)
    SetKeys.keys(dtype, count: count, values: back, into: &again)
    #expect(keys == again)
    if dtype.kind == .signed || dtype.kind == .unsigned || dtype.kind == .bool { #expect(back == bytes) }
  }
}
