package import TesseraCore
package import TesseraIO

/// What a destination needs of the blocks it is given; enough to plan a transfer without creating anything.
package struct SinkRequirements: Sendable {
  package var shape: Shape
  package var dtype: DType
  /// The least box that can be written: blocks cover whole units, clipped at the array's edges.
  package var unit: [Int]
  /// Whether any box can be written, and the unit is only the least that is worth it.
  package var isDivisible: Bool
  /// The box one file holds; blocks divide it or are multiples of it. nil when there is one file.
  package var fileShape: [Int]?
  /// Whether blocks must be whole stretches of the array in C order.
  package var isContiguous: Bool
  /// Memory that each thread adds to what is kept of the files that are being written.
  package var keptBytes: Int
  /// Memory that storing a block of a shape takes beyond the block itself, while it is stored.
  package var scratchBytes: @Sendable (_ block: [Int]) -> Int

  package init(
    shape: Shape, dtype: DType, unit: [Int], isDivisible: Bool = false, fileShape: [Int]? = nil,
    isContiguous: Bool = false, keptBytes: Int = 0,
    scratchBytes: @escaping @Sendable (_ block: [Int]) -> Int = { _ in 0 }
  ) {
    self.shape = shape
    self.dtype = dtype
    self.unit = unit
    self.isDivisible = isDivisible
    self.fileShape = fileShape
    self.isContiguous = isContiguous
    self.keptBytes = keptBytes
    self.scratchBytes = scratchBytes
  }
}

/// Where a transfer writes one array, block by block, from several threads.
package protocol ArraySink: AnyObject, Sendable {
  var requirements: SinkRequirements { get }

  /// Writes one block, given C-contiguous and native-endian. Passes `gate` exactly once, with `turn`,
  /// to take its place in the files in order.
  func store(
    _ block: Region, turn: Int, from source: UnsafeRawBufferPointer, gate: OrderedGate,
    scratch: WriteScratch
  ) throws

  /// Whether the files say that an earlier, interrupted run has written that block already; what else it left beside such
  /// files goes.
  func isStored(_ block: Region) throws -> Bool

  /// Returns when all that was stored is on the disk.
  func sync() throws
}
