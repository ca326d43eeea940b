/// A driver that reads and computes more for a block than the block's own elements, so that the shape of the blocks
/// decides what all of them take: a matrix product, whose blocks need whole rows and columns of its operands.
package protocol PricedDriver: ArrayDriver {
  /// Whether its blocks have a price; where not, they are chosen as for any driver.
  var hasPrice: Bool { get }
  /// Whether all that is read for its blocks is copied out of files by calls, so that nothing need be mapped.
  var mapsNothing: Bool { get }
  /// Bytes that one reader needs beyond the target while it reads a block of that shape.
  func scratchBytes(reading block: [Int]) -> Int
  /// Roughly the seconds that reading all blocks of that shape takes on so many threads.
  func price(ofBlocks block: [Int], threads: Int) -> Double
  /// The same array, prepared to be read in blocks of that shape; the elements have the same bits.
  func reading(blocks block: [Int]) -> any ArrayDriver
}

extension PricedDriver {
  package var hasPrice: Bool { true }
}

extension ArrayDriver {
  /// The same array, prepared to be read in blocks of that shape.
  func prepared(forBlocks block: [Int]) -> any ArrayDriver {
    (self as? any PricedDriver)?.reading(blocks: block) ?? self
  }
}
