import Synchronization
import TesseraCore
import TesseraEngine
import TesseraStorage

/// Another driver, and how many elements were read of it, how often, and in how many of its chunks.
final class CountingDriver: ArrayDriver {
  let driver: any ArrayDriver
  let granule: [Int]
  let elements = Atomic<Int>(0)
  let reads = Atomic<Int>(0)
  /// Chunks that a read touched, added up over the reads: as often was one decoded.
  let chunks = Atomic<Int>(0)

  /// - Parameter granule: nil for the driver's own.
  init(_ path: String, granule: [Int]? = nil) throws {
    driver = try StoredArray.open(path).driver
    self.granule = granule ?? driver.granule
  }

  var array: NDArray { NDArray(StoredArray(self)) }
  var description: ArrayDescription { driver.description }
  var isSequential: Bool { driver.isSequential }
  var scratchBytes: Int { driver.scratchBytes }

  func read(
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

  func storedBytes() throws -> Int { try driver.storedBytes() }
  func fingerprint() throws -> String { try driver.fingerprint() }
  func finishReading() { driver.finishReading() }
}
