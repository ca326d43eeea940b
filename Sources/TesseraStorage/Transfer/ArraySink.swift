package import TesseraCore
package import TesseraIO

/// Where a transfer writes one array, block by block, from several threads.
package protocol ArraySink: AnyObject, Sendable {
  var shape: Shape { get }
  var dtype: DType { get }

  /// The least box that can be written: blocks cover whole units, clipped at the array's edges.
  var unit: [Int] { get }

  /// The box one file holds; blocks divide it or are multiples of it. nil when there is one file.
  var fileShape: [Int]? { get }

  /// Whether blocks must be whole stretches of the array in C order.
  var needsContiguousBlocks: Bool { get }

  /// Memory that storing a block of that shape takes beyond the block itself.
  func scratchBytes(block: [Int]) -> Int

  /// Writes one block, given C-contiguous and native-endian. Passes `gate` exactly once, with `number`,
  /// to take its place in the files in order.
  func store(
    _ block: Region, number: Int, from source: UnsafeRawBufferPointer, gate: OrderedGate, scratch: WriteScratch
  ) throws

  /// Whether an earlier, interrupted run has written that block already.
  func isStored(_ block: Region, number: Int) throws -> Bool

  /// Returns when all that was stored is on the disk.
  func finish() throws
}
