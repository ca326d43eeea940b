import TesseraCore
import Testing

@testable import TesseraStorage

/// Where a deflated member is cut.
@Suite struct MemberStretchesTests {
  /// Where stretches end in the array, found by blocks that grow to so many bytes.
  private func ends(_ shape: Shape, _ itemSize: Int, blocks leastBytes: Int) throws -> [Int] {
    let stretches = MemberStretches(shape, itemSize: itemSize)
    let plan = try #require(
      try BlockPlan(
        shape, unit: stretches.unit, fileShape: nil, granule: stretches.unit, isContiguous: true,
        itemSize: itemSize,
        limits: .init(bytes: .max, leastBytes: leastBytes) { $0.saturatingProduct(itemSize) }))
    var ends: [Int] = []
    for number in 0..<plan.count {
      let block = plan.region(number)
      let first = ends.last ?? 0
      var (end, count) = (0, 0)
      stretches.forEach(in: block) { elements in
        let isSound =
          elements.lowerBound == end && !elements.isEmpty && elements.count * itemSize <= 512 << 10
        if !isSound { Issue.record("\(elements) of \(block)") }
        (end, count) = (elements.upperBound, count + 1)
        ends.append(first + end)
      }
      let isWhole = end == block.count && count == stretches.count(in: block.lengths)
      if !isWhole { Issue.record("\(block) of \(shape)") }
    }
    return ends
  }

  /// The same places for any blocks.
  @Test(arguments: 0..<60 as Range<UInt64>) func placesFollowFromTheShape(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let rank = Int.random(in: 0...4, using: &random)
    let most = [1, 40_000_000, 6000, 300, 70][rank]
    let shape = try Shape((0..<rank).map { _ in Int.random(in: 1...most, using: &random) })
    let itemSize = [1, 2, 4, 8, 16].randomElement(using: &random)!
    let ends = try ends(shape, itemSize, blocks: 1)
    #expect(ends.last == shape.count)
    for bytes in [1 << 20, 5_000_000, 1 << 40] {
      #expect(try self.ends(shape, itemSize, blocks: bytes) == ends, "seed \(seed): \(shape), \(itemSize)")
    }
  }

  @Test func examples() throws {
    func unit(_ shape: [Int], _ itemSize: Int) throws -> [Int] {
      MemberStretches(try Shape(shape), itemSize: itemSize).unit
    }
    #expect(try unit([], 8) == [])
    #expect(try unit([0, 5], 8) == [1, 5])
    #expect(try unit([1000, 3, 5], 4) == [1000, 3, 5])
    #expect(try unit([100_000, 768], 4) == [128, 768])
    #expect(try unit([10, 1_000_000], 8) == [1, 65_536])
    #expect(try unit([9, 3, 40_000], 8) == [1, 1, 40_000])
    #expect(try unit([1 << 50], 1) == [1 << 19])
  }
}
