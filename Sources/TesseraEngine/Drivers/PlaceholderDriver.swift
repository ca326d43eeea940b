import TesseraCore
import TesseraStorage

/// Stands for a result that is not there yet, while plans are made; it is never read.
struct PlaceholderDriver: ArrayDriver {
  let description: ArrayDescription

  init(shape: Shape, dtype: DType) { description = ArrayDescription(computed: shape, dtype: dtype) }

  var granule: [Int] { [Int](repeating: 1, count: description.shape.rank) }

  func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    throw TesseraError(.usage, "a planned result was read")
  }

  func storedBytes() throws -> Int { 0 }
  func fingerprint() throws -> String { "planned \(description.shape)" }
}
