import TesseraCore
import TesseraIO
import TesseraKernels
import TesseraStorage

/// Takes a matrix into a temporary file.
final class ScratchSink<Scalar: LAPACKScalar>: ArraySink {
  let requirements: SinkRequirements
  private let matrix: ScratchMatrix<Scalar>

  init(_ matrix: ScratchMatrix<Scalar>) throws {
    self.matrix = matrix
    requirements = ScratchSink.requirements(try Shape([matrix.rows, matrix.columns]))
  }

  /// Blocks of many rows, as each of their columns is written by a call of its own.
  static func requirements(_ shape: Shape) -> SinkRequirements {
    SinkRequirements(
      shape: shape, dtype: Scalar.dtype, unit: [min(1024, max(1, shape[0])), min(32, max(1, shape[1]))]
    ) { block in block.saturatingProduct(MemoryLayout<Scalar>.stride) }
  }

  func store(
    _ block: Region, turn: Int, from source: UnsafeRawBufferPointer, gate: OrderedGate, scratch: WriteScratch
  ) throws {
    try gate.pass(turn) {}
    guard !block.isEmpty else { return }
    let size = MemoryLayout<Scalar>.stride
    let (rows, columns) = (block.lengths[0], block.lengths[1])
    let turned = scratch.output.reserve(rows * columns * size)
    StridedCopy.copy(
      shape: [rows, columns], itemSize: size, swapUnit: 1, from: source.baseAddress!,
      sourceStrides: [columns * size, size], to: turned.baseAddress!, targetStrides: [size, rows * size])
    try matrix.write(
      rows: block.range(0), columns: block.range(1),
      from: UnsafePointer(turned.baseAddress!.assumingMemoryBound(to: Scalar.self)), rows)
  }

  func isStored(_ block: Region) throws -> Bool { false }
  func sync() throws {}
}
