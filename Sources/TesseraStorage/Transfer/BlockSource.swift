package import TesseraCore

/// What a transfer reads, block by block: one array, or several of one shape that are read and computed together.
package protocol BlockSource: Sendable {
  var shape: Shape { get }
  /// Of each of the arrays.
  var dtypes: [DType] { get }

  /// The least box worth reading at once, as a driver's.
  var granule: [Int] { get }
  /// Whether blocks must be read in order.
  var isSequential: Bool { get }
  /// Bytes that one reader needs beyond the targets while it reads.
  var scratchBytes: Int { get }
  /// What reading takes, as a driver's.
  var readingCost: Double { get }
  /// Bytes of elements that are loaded when all of it is read once.
  var loadedBytes: Int { get }

  /// Copies a box of every array into its target, C-contiguous and native-endian.
  func read(_ region: Region, into targets: [UnsafeMutableRawPointer], scratch: ReadScratch) throws

  /// Whether reading it would drive everything else out of the page cache.
  func exceedsPageCache() throws -> Bool

  /// Called when nobody reads for now: memory that was kept for readers may go.
  func finishReading()
}

/// One array as what a transfer reads.
struct ArraySource: BlockSource {
  let driver: any ArrayDriver
  let dtypes: [DType]

  /// - Throws: `.unsupported` for a dtype that cannot be read.
  init(_ driver: any ArrayDriver) throws {
    self.driver = driver
    dtypes = [try driver.description.supportedDType()]
  }

  var shape: Shape { driver.description.shape }
  var granule: [Int] { driver.granule }
  var isSequential: Bool { driver.isSequential }
  var scratchBytes: Int { driver.scratchBytes }
  var readingCost: Double { driver.readingCost }
  var loadedBytes: Int { driver.description.logicalBytes ?? 0 }

  func read(_ region: Region, into targets: [UnsafeMutableRawPointer], scratch: ReadScratch) throws {
    let strides = Shape.strides(of: region.lengths).map { $0 * dtypes[0].itemSize }
    try driver.read(StridedRegion(region), into: targets[0], strides: strides, scratch: scratch)
  }

  func exceedsPageCache() throws -> Bool { try MemoryModel.exceedsPageCache(driver) }
  func finishReading() { driver.finishReading() }
}
