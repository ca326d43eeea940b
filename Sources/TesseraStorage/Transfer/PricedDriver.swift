/// A driver that reads and computes more for a block than the block's own elements, so that the shape of the blocks
/// decides what all of them take: a matrix product, whose blocks need whole rows and columns of its operands.
package protocol PricedDriver: ArrayDriver {
  /// Whether its blocks have a price; where not, they are chosen as for any driver.
  var hasPrice: Bool { get }
  /// Whether all that is read for its blocks is copied out of files by calls, so that nothing need be mapped.
  var mapsNothing: Bool { get }
  /// Whether several threads, a team, can read one block together.
  var hasTeams: Bool { get }
  /// Bytes that the readers of a block of that shape need beyond the target.
  ///
  /// - Parameter team: how many threads read it together.
  func scratchBytes(reading block: [Int], team: Int) -> Int
  /// Roughly the seconds that reading all blocks of that shape takes on so many threads, each with blocks of its own or all
  /// of them as a team; infinite where a team cannot share such a block.
  func price(ofBlocks block: [Int], threads: Int, team: Int) -> Double
  /// The same array, prepared to be read in blocks of that shape; the elements have the same bits.
  func reading(blocks block: [Int], team: Int) -> any ArrayDriver
}

extension PricedDriver {
  package var hasPrice: Bool { true }
  package var hasTeams: Bool { false }
}

extension TransferPlan {
  /// The array that was planned for, prepared to be read in the plan's blocks.
  package func prepared(_ driver: any ArrayDriver) -> any ArrayDriver {
    (driver as? any PricedDriver)?.reading(blocks: blocks.block, team: team) ?? driver
  }
}
