import TesseraCore
import TesseraIO
import TesseraKernels
import TesseraStorage

/// Takes an array of matrices into column-major memory.
final class MatrixSink: ArraySink {
  let requirements: SinkRequirements
  private let itemSize: Int
  /// Bytes between neighbours along each axis of the array.
  private let strides: [Int]
  nonisolated(unsafe) private let target: UnsafeMutableRawPointer

  /// - Parameters:
  ///   - shape: of the array; its last two axes are those of the matrices, or its last one that of vectors.
  ///   - target: memory for all of it, which must outlive the object.
  init(_ shape: Shape, dtype: DType, target: UnsafeMutableRawPointer) {
    requirements = MatrixSink.requirements(shape, dtype: dtype)
    itemSize = dtype.itemSize
    var order = Array(shape.indices)
    if shape.rank > 1 { order.swapAt(shape.rank - 2, shape.rank - 1) }
    let own = Shape.strides(of: order.map { shape[$0] })
    strides = order.map { own[$0] * dtype.itemSize }
    self.target = target
  }

  /// What a plan needs to know before there is memory.
  static func requirements(_ shape: Shape, dtype: DType) -> SinkRequirements {
    SinkRequirements(shape: shape, dtype: dtype, unit: [Int](repeating: 1, count: shape.rank))
  }

  func store(
    _ block: Region, turn: Int, from source: UnsafeRawBufferPointer, gate: OrderedGate, scratch: WriteScratch
  ) throws {
    try gate.pass(turn) {}
    guard !block.isEmpty else { return }
    StridedCopy.copy(
      shape: block.lengths, itemSize: itemSize, swapUnit: 1, from: source.baseAddress!,
      sourceStrides: Shape.strides(of: block.lengths).map { $0 * itemSize },
      to: target + zip(block.lower, strides).reduce(0) { $0 + $1.0 * $1.1 }, targetStrides: strides)
  }

  func isStored(_ block: Region) throws -> Bool { false }
  func sync() throws {}
}
