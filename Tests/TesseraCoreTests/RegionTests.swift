import Testing

@testable import TesseraCore

@Suite struct RegionTests {
  /// Every box of one axis of length up to 6, against sets of positions.
  @Test func intersectionAndContainmentAreThoseOfSets() {
    let boxes = (0...6).flatMap { lower in (lower...6).map { lower..<$0 } }
    for first in boxes {
      for second in boxes {
        let (a, b) = (Region([first]), Region([second]))
        let common = Set(first).intersection(second)
        let both = a.intersection(b)
        #expect(both.count == common.count, "\(first) and \(second)")
        if !both.isEmpty { #expect(Set(both.range(0)) == common) }
        if !second.isEmpty {
          #expect(a.contains(b) == Set(first).isSuperset(of: second), "\(first) holds \(second)")
        }
      }
    }
  }

  @Test func fitsOnlyWithinTheShape() throws {
    let shape = try Shape([4, 0])
    #expect(Region(lower: [0, 0], lengths: [4, 0]).fits(shape))
    #expect(Region(lower: [4, 0], lengths: [0, 0]).fits(shape))
    #expect(!Region(lower: [1, 0], lengths: [4, 0]).fits(shape))
    #expect(!Region(lower: [0, 0], lengths: [1, 1]).fits(shape))
    #expect(!Region(lower: [-1, 0], lengths: [1, 0]).fits(shape))
    #expect(!Region(lower: [0, 0], lengths: [-1, 0]).fits(shape))
    #expect(!Region(lower: [Int.max, 0], lengths: [1, 0]).fits(shape))
    #expect(!Region(lower: [1, 0], lengths: [Int.max, 0]).fits(shape))
    #expect(!Region(lower: [0], lengths: [1]).fits(shape))
  }

  @Test func indicesComeInCOrder() {
    var seen: [[Int]] = []
    Region([1..<3, 0..<2]).forEachIndex { seen.append($0) }
    #expect(seen == [[1, 0], [1, 1], [2, 0], [2, 1]])
    seen = []
    Region([]).forEachIndex { seen.append($0) }
    #expect(seen == [[]])
    seen = []
    Region([0..<3, 2..<2]).forEachIndex { seen.append($0) }
    #expect(seen == [])
  }

  @Test func describesItselfAsSlices() {
    #expect(Region([0..<10, 3..<4]).description == "[0:10, 3:4]")
  }
}
