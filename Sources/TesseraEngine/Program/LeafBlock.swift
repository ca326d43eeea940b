import TesseraCore
import TesseraIO
import TesseraKernels
import TesseraStorage

/// One leaf's elements of the current block, without repetitions, in C order of the iteration: copied into a buffer, or
/// lent where they are mapped.
final class LeafBlock {
  private let leaf: Program.Leaf
  private let buffer = Buffer()
  private let scratch = ReadScratch()
  private let lender: PageLender?
  private var isLent = false
  /// What `bytes` are; small leaves are often the same for the next block.
  private var held: StridedRegion?
  /// Bytes between neighbours along the iteration's axes; 0 along those that repeat.
  private var strides: [Int] = []
  private(set) var bytes: UnsafeRawPointer
  /// Whether the block's elements lie as the iteration walks them: nothing is repeated.
  private(set) var isDense = true
  private var tile: (offset: Int, lengths: [Int])?

  /// - Parameter lender: nil where elements must not change under the hands of who takes them, as what others write into
  ///   a mapped file does.
  init(_ leaf: Program.Leaf, _ lender: PageLender?) {
    self.leaf = leaf
    self.lender = leaf.source.isInMemory ? nil : lender
    bytes = UnsafeRawPointer(buffer.bytes.baseAddress!)
  }

  /// - Parameter interruption: throws when the work was asked to stop.
  func load(_ region: StridedRegion, interruption: @escaping @Sendable () throws -> Void) throws {
    let needed = leaf.map.resolve(region)
    let itemSize = leaf.dtype.itemSize
    let compact = leaf.map.compact(region.counts)
    let dense = Shape.strides(of: compact).map { $0 * itemSize }
    isDense = compact == region.counts
    strides = zip(compact, zip(region.counts, dense)).map { $0 == 1 && $1.0 != 1 ? 0 : $1.1 }
    if needed == held { return }
    held = nil
    let baseStrides = leaf.map.axes.map { $0.source.map { dense[$0] } ?? itemSize }
    if let lender, let place = try leaf.source.driver.place(of: needed, strides: baseStrides),
      let lent = try lender.lend(place)
    {
      bytes = lent
      isLent = true
    } else {
      isLent = false
      scratch.interruption = interruption
      let target = buffer.reserve(compact.reduce(itemSize, *))
      bytes = UnsafeRawPointer(target.baseAddress!)
      try leaf.source.driver.read(
        needed, into: target.baseAddress!, strides: baseStrides, scratch: scratch)
    }
    held = needed
  }

  /// Ends what was lent.
  ///
  /// - Throws: `.corrupt` when a file was truncated meanwhile, whatever was made of it.
  func giveBack() throws {
    if isLent { held = nil }
    try lender?.giveBack()
  }

  func forgetTile() { tile = nil }

  /// Repeats the elements of a tile; the same ones as last time are there still.
  func expand(_ tile: Tile, into target: UnsafeMutableRawPointer) {
    let offset = zip(tile.lower, strides).reduce(0) { $0 + $1.0 * $1.1 }
    if let last = self.tile, last.offset == offset, last.lengths == tile.lengths { return }
    StridedCopy.copy(
      shape: tile.lengths, itemSize: leaf.dtype.itemSize, swapUnit: 1, from: bytes + offset,
      sourceStrides: strides, to: target,
      targetStrides: Shape.strides(of: tile.lengths).map { $0 * leaf.dtype.itemSize })
    self.tile = (offset, tile.lengths)
  }
}
