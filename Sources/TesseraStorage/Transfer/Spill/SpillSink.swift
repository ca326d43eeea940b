package import TesseraCore
package import TesseraIO
import TesseraKernels

/// Writes the pieces of the first pass's blocks into the file between two passes.
///
/// Nothing is synced, nor is writing to the disk started: the file is gone before most of it would get there,
/// when the page cache has room for it.
package final class SpillSink: ArraySink {
  package let requirements: SinkRequirements
  private let grid: PieceGrid
  private let file: File
  private let itemSize: Int

  /// Pieces that follow one another are written by calls of about this size.
  private static let runBytes = 2 << 20

  package init(_ grid: PieceGrid, dtype: DType, file: File) {
    self.grid = grid
    self.file = file
    itemSize = dtype.itemSize
    requirements = SpillSink.requirements(grid, dtype: dtype)
  }

  package static func requirements(_ grid: PieceGrid, dtype: DType) -> SinkRequirements {
    let unit = [Int](repeating: 1, count: grid.shape.rank)
    return SinkRequirements(shape: grid.shape, dtype: dtype, unit: unit) { block in
      runBytes(grid, block: block.saturatingProduct(dtype.itemSize), itemSize: dtype.itemSize)
    }
  }

  private static func runBytes(_ grid: PieceGrid, block: Int, itemSize: Int) -> Int {
    min(block, max(runBytes, grid.largestPiece.saturatingMultiply(itemSize)))
  }

  package func isStored(_ block: Region) throws -> Bool { false }

  package func store(
    _ block: Region, turn: Int, from source: UnsafeRawBufferPointer, gate: OrderedGate,
    scratch: WriteScratch
  ) throws {
    try gate.pass(turn) {}
    let strides = Shape.strides(of: block.lengths).map { $0 * itemSize }
    let capacity = SpillSink.runBytes(grid, block: block.count * itemSize, itemSize: itemSize)
    let run = scratch.output.reserve(capacity)
    var (start, count) = (0, 0)
    try grid.forEachPiece(of: block) { piece, position in
      let bytes = piece.count * itemSize
      if position * itemSize != start + count || count + bytes > run.count {
        try file.write(UnsafeRawBufferPointer(rebasing: run[..<count]), at: start)
        (start, count) = (position * itemSize, 0)
      }
      let offset = zip(zip(piece.lower, block.lower), strides).reduce(0) { $0 + ($1.0.0 - $1.0.1) * $1.1 }
      StridedCopy.copy(
        shape: piece.lengths, itemSize: itemSize, swapUnit: 1, from: source.baseAddress! + offset,
        sourceStrides: strides, to: run.baseAddress! + count,
        targetStrides: Shape.strides(of: piece.lengths).map { $0 * itemSize })
      count += bytes
    }
    try file.write(UnsafeRawBufferPointer(rebasing: run[..<count]), at: start)
  }

  package func sync() throws {}
}
