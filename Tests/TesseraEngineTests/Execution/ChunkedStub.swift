import Synchronization
import TesseraCore
import TesseraEngine
import TesseraStorage

/// A stored array of any size that has no elements: for plans, which must not read.
final class ChunkedStub: ArrayDriver {
  let description: ArrayDescription
  let granule: [Int]
  let reads = Atomic<Int>(0)

  init(_ shape: [Int], _ dtype: DType, chunks: [Int], path: String = "stub") throws {
    description = ArrayDescription(
      path: path, format: .npy, shape: try Shape(shape), dtype: dtype, dtypeName: dtype.name,
      chunks: chunks,
      shards: nil, codec: "none")
    granule = chunks
  }

  var array: NDArray { NDArray(StoredArray(self)) }

  func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    reads.add(1, ordering: .relaxed)
    throw TesseraError(.corrupt, "a stub was read")
  }

  func storedBytes() throws -> Int { 0 }
  func fingerprint() throws -> String { "stub" }
}
