package import TesseraCore
package import TesseraStorage

/// Stands for a result that is not there yet, while plans are made; it is never read.
package struct PlaceholderDriver: ArrayDriver {
  package let description: ArrayDescription

  package init(shape: Shape, dtype: DType) { description = ArrayDescription(computed: shape, dtype: dtype) }

  package var granule: [Int] { [Int](repeating: 1, count: description.shape.rank) }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    throw TesseraError(.usage, "a planned result was read")
  }

  package func storedBytes() throws -> Int { 0 }
  package func fingerprint() throws -> String { "planned \(description.shape)" }
}
