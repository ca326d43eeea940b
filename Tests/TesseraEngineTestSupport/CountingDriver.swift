package import Synchronization
package import TesseraCore
package import TesseraEngine
package import TesseraStorage

/// Another driver, and how many elements were read of it, how often, and in how many of its chunks.
package final class CountingDriver: ArrayDriver {
  private let driver: any ArrayDriver
  package let granule: [Int]
  package let elements = Atomic<Int>(0)
  package let reads = Atomic<Int>(0)
  /// Chunks that a read touched, added up over the reads: as often was one decoded, or at hand since the last read.
  package let chunks = Atomic<Int>(0)

  /// - Parameter granule: nil for the driver's own.
  package init(_ path: String, granule: [Int]? = nil) throws {
    driver = try StoredArray.open(path).driver
    self.granule = granule ?? driver.granule
  }

  package var array: NDArray { NDArray(StoredArray(self)) }
  package var description: ArrayDescription { driver.description }
  package var isSequential: Bool { driver.isSequential }
  package var scratchBytes: Int { driver.scratchBytes }
  package var readingCost: Double { driver.readingCost }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    reads.add(1, ordering: .relaxed)
    chunks.add(chunks(selection), ordering: .relaxed)
    elements.add(selection.counts.reduce(1, *), ordering: .relaxed)
    try driver.read(selection, into: target, strides: strides, scratch: scratch)
  }

  private func chunks(_ selection: StridedRegion) -> Int {
    zip(selection.axes, granule).reduce(1) { product, pair in
      let (axis, length) = pair
      return product * Set((0..<axis.count).map { (axis.start + $0 * axis.step) / length }).count
    }
  }

  package func storedBytes() throws -> Int { try driver.storedBytes() }
  package func fingerprint() throws -> String { try driver.fingerprint() }
  package func finishReading() { driver.finishReading() }
}
