import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraKernels

/// Positions in lists with repetitions, against a plain count.
@Suite struct KeyPositionsTests {
  private func check<T: Element & Comparable>(_ list: [T], _ elements: [T], _ note: Comment) throws {
    let found = list.withUnsafeBytes { KeyPositions(T.dtype, count: list.count, values: $0.baseAddress!) }
    let positions = try #require(found, note)
    for behind in [false, true] {
      var places = [Int64](repeating: -1, count: elements.count)
      elements.withUnsafeBytes { elements in
        places.withUnsafeMutableBytes {
          positions.find(
            elements.count / MemoryLayout<T>.stride, elements.baseAddress!, behind: behind,
            into: $0.baseAddress!)
        }
      }
      let expected = elements.map { element in
        Int64(list.count { behind ? $0 <= element : $0 < element })
      }
      #expect(places == expected, note)
    }
  }

  @Test(arguments: 0..<12) func beforeAndBehindEqualElements(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let most = [3, 50, 100_000][seed % 3]
    let count = Int.random(in: 1...600, using: &random)
    let list = (0..<count).map { _ in Int32.random(in: -Int32(most)...Int32(most), using: &random) }.sorted()
    let others = (0..<1500).map { _ in Int32.random(in: -Int32(2 * most)...Int32(2 * most), using: &random) }
    let note: Comment = "seed \(seed)"
    try check(list, others + list, note)
    try check(list.map(Double.init), (others + list).map(Double.init), note)
    try check(list.map(Int64.init), (others + list).map(Int64.init), note)
    let short = list.map { Int16(truncatingIfNeeded: $0 % 100) }.sorted()
    try check(short, others.map { Int16(truncatingIfNeeded: $0) }, note)
    try check(short.map { Int8($0) }, others.map { Int8(truncatingIfNeeded: $0) }, note)
  }

  @Test func listsThatDoNotAscendHaveNone() {
    func positions(_ list: [Double]) -> KeyPositions? {
      list.withUnsafeBytes { KeyPositions(.float64, count: list.count, values: $0.baseAddress!) }
    }
    #expect(positions([1, 2, 1.5]) == nil)
    #expect(positions([.nan, 1]) == nil)
    #expect(positions([-.infinity, -0.0, 0, -0.0, .infinity, .nan, .nan]) != nil)
  }
}
