package import TesseraCore
package import TesseraIO
import TesseraKernels

/// The file between two passes, read by the blocks of the second.
package struct SpillDriver: ArrayDriver {
  package let description: ArrayDescription
  private let grid: PieceGrid
  private let file: File
  private let itemSize: Int

  /// - Parameters:
  ///   - description: of the source that was spilled.
  ///   - dtype: of the elements in the file, which are native-endian.
  package init(_ description: ArrayDescription, _ grid: PieceGrid, dtype: DType, file: File) {
    self.description = description.holding(dtype)
    self.grid = grid
    self.file = file
    itemSize = dtype.itemSize
  }

  package static func scratchBytes(_ grid: PieceGrid, dtype: DType) -> Int {
    grid.largestPiece.saturatingMultiply(dtype.itemSize)
  }

  package var scratchBytes: Int { grid.largestPiece.saturatingMultiply(itemSize) }
  package var granule: [Int] { [Int](repeating: 1, count: grid.shape.rank) }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    precondition(selection.axes.allSatisfy { $0.step == 1 }, "a spill is read by blocks")
    let block = selection.bounds
    try grid.forEachPiece(of: block) { piece, position in
      let offset = zip(zip(piece.lower, block.lower), strides).reduce(0) { $0 + ($1.0.0 - $1.0.1) * $1.1 }
      let pieceStrides = Shape.strides(of: piece.lengths).map { $0 * itemSize }
      let bytes = piece.count * itemSize
      defer {
        if scratch.forgets { file.forget(position * itemSize..<position * itemSize + bytes) }
      }
      let isInPlace = piece.lengths.indices.allSatisfy {
        piece.lengths[$0] == 1 || strides[$0] == pieceStrides[$0]
      }
      if isInPlace {
        let place = UnsafeMutableRawBufferPointer(start: target + offset, count: bytes)
        return try file.read(at: position * itemSize, into: place)
      }
      let elements = scratch.encoded.reserve(bytes)
      try file.read(at: position * itemSize, into: elements)
      StridedCopy.copy(
        shape: piece.lengths, itemSize: itemSize, swapUnit: 1, from: UnsafeRawPointer(elements.baseAddress!),
        sourceStrides: pieceStrides, to: target + offset, targetStrides: strides)
    }
  }

  package func storedBytes() throws -> Int { try file.size() }

  package func fingerprint() throws -> String { "spill" }
}

extension ArrayDescription {
  /// The same array with its elements in another dtype.
  fileprivate func holding(_ dtype: DType) -> ArrayDescription {
    var copy = self
    copy.dtype = dtype
    copy.dtypeName = dtype.name
    return copy
  }
}
