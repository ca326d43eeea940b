package import TesseraCore
import TesseraKernels

/// Gathers an expression's elements in memory.
package final class MemorySink: BarrierSink {
  /// Made when the pass begins, so that planning takes no memory.
  nonisolated(unsafe) private var target: MemoryDriver?
  private let dtype: DType
  private let shape: Shape
  private let itemSize: Int

  package init(shape: Shape, dtype: DType) {
    self.shape = shape
    self.dtype = dtype
    itemSize = dtype.itemSize
  }

  package func begin(_ grid: ChunkGrid) { target = MemoryDriver(shape: shape, dtype: dtype) }
  package func makePartial() -> any PassPartial { Partial(self) }
  package func finish() -> Bool { true }
  package func memory(block: [Int], blocksPerLeaf: Int) -> SinkMemory {
    SinkMemory(shared: shape.count * itemSize)
  }
  package func result(_ field: String) -> MemoryDriver { target! }

  private final class Partial: PassPartial {
    private let sink: MemorySink
    private let strides: [Int]
    private var base = 0

    init(_ sink: MemorySink) {
      self.sink = sink
      strides = sink.shape.strides.map { $0 * sink.itemSize }
    }

    func merge() {}

    func begin(_ block: Region) { base = zip(block.lower, strides).reduce(0) { $0 + $1.0 * $1.1 } }

    func take(_ tile: Tile, _ values: ArraySlice<UnsafeRawPointer>) {
      let offset = zip(tile.lower, strides).reduce(base) { $0 + $1.0 * $1.1 }
      StridedCopy.copy(
        shape: tile.lengths, itemSize: sink.itemSize, swapUnit: 1, from: values.first!,
        sourceStrides: Shape.strides(of: tile.lengths).map { $0 * sink.itemSize },
        to: sink.target!.bytes.baseAddress! + offset, targetStrides: strides)
    }
  }
}
