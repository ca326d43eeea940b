package import TesseraCore
import TesseraKernels
package import TesseraStorage

/// An array in memory, C-contiguous and native-endian.
package final class MemoryDriver: ArrayDriver {
  package let description: ArrayDescription
  private let buffer: Buffer
  private let shape: Shape
  private let dtype: DType

  package init(shape: Shape, dtype: DType) {
    self.shape = shape
    self.dtype = dtype
    buffer = Buffer(count: shape.count * dtype.itemSize)
    description = ArrayDescription(computed: shape, dtype: dtype)
  }

  /// With elements that `fill` writes.
  package convenience init(
    shape: Shape, dtype: DType, _ fill: (UnsafeMutableRawBufferPointer) throws -> Void
  ) rethrows {
    self.init(shape: shape, dtype: dtype)
    try fill(bytes)
  }

  /// To be written before the array is shared, or by threads that write apart from one another.
  package var bytes: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<(shape.count * dtype.itemSize)])
  }

  /// The same memory under another shape of as many elements.
  package func reshaped(_ shape: Shape) -> MemoryDriver {
    precondition(shape.count == self.shape.count)
    return MemoryDriver(buffer, shape, dtype)
  }

  /// - Parameter buffer: begins with the elements.
  package init(_ buffer: Buffer, _ shape: Shape, _ dtype: DType) {
    precondition(buffer.bytes.count >= shape.count * dtype.itemSize)
    self.buffer = buffer
    self.shape = shape
    self.dtype = dtype
    description = ArrayDescription(computed: shape, dtype: dtype)
  }

  package var granule: [Int] { [Int](repeating: 1, count: shape.rank) }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    let own = shape.strides.map { $0 * dtype.itemSize }
    let offset = zip(selection.axes, own).reduce(0) { $0 + $1.0.start * $1.1 }
    withExtendedLifetime(buffer) {
      StridedCopy.copy(
        shape: selection.counts, itemSize: dtype.itemSize, swapUnit: 1,
        from: UnsafeRawPointer(buffer.bytes.baseAddress! + offset),
        sourceStrides: zip(selection.axes, own).map { $0.step * $1 }, to: target, targetStrides: strides)
    }
  }

  package func storedBytes() throws -> Int { 0 }
  package func fingerprint() throws -> String {
    // Equal elements are the same data; FNV-1a over their bytes.
    let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    return "memory \(shape) \(dtype) \(hash)"
  }
}

extension ArrayDescription {
  /// Of an array that is computed or in memory.
  package init(computed shape: Shape, dtype: DType) {
    self.init(
      path: "<computed>", format: .computed, shape: shape, dtype: dtype, dtypeName: dtype.name,
      chunks: nil, shards: nil, codec: "none")
  }
}
