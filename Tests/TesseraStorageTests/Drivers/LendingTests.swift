import TesseraCore
import TesseraStorage
import TesseraTestSupport
import Testing

/// Elements that readers use where they lie in a mapped file.
@Suite struct LendingTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// What is lent of a selection, if anything, for a target of C order.
  private func lent(_ driver: any ArrayDriver, _ selection: StridedRegion, _ itemSize: Int) throws -> [UInt8]?
  {
    let scratch = ReadScratch()
    let strides = Shape.strides(of: selection.counts).map { $0 * itemSize }
    guard let start = try driver.lend(selection, strides: strides, scratch: scratch) else { return nil }
    let bytes = UnsafeRawBufferPointer(start: start, count: selection.counts.reduce(itemSize, *))
    defer { withExtendedLifetime(driver) {} }
    let copy = Array(bytes)
    try scratch.loan.confirm()
    return copy
  }

  private func read(_ driver: any ArrayDriver, _ selection: StridedRegion, _ itemSize: Int) throws -> [UInt8]
  {
    let strides = Shape.strides(of: selection.counts).map { $0 * itemSize }
    var bytes = [UInt8](repeating: 0, count: selection.counts.reduce(itemSize, *))
    try bytes.withUnsafeMutableBytes {
      try driver.read(selection, into: $0.baseAddress!, strides: strides, scratch: ReadScratch())
    }
    return bytes
  }

  private func drivers(_ array: ModelArray) throws -> [(name: String, driver: any ArrayDriver)] {
    try array.writeNpy(folder.at("x.npy"))
    try array.writeRawZarr(folder.at("x.zarr"))
    let npy = try StoredArray.open(folder.at("x.npy")).driver
    let middle = StridedRegion(Region([1..<array.shape[0] - 1, 0..<array.shape[1]]))
    return [
      ("npy", npy), ("zarr", try StoredArray.open(folder.at("x.zarr")).driver),
      ("joined", try ConcatenatedDriver([npy, npy])), ("selected", SelectedDriver(npy, middle)),
    ]
  }

  /// Headers of any length, so that elements may stand at odd addresses; they are read in the other way then.
  @Test(arguments: [DType.uint8, .int16, .float32, .complex128], UInt64(0)..<3)
  func whatIsLentIsWhatIsRead(_ dtype: DType, seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let width = Int.random(in: 9000...11_000, using: &random)
    let array = ModelArray(shape: [40, width], dtype: dtype, random: &random)
    var count = 0
    for (name, driver) in try drivers(array) {
      let shape = driver.description.shape
      for _ in 0..<30 {
        var region = StridedRegion(Region(shape))
        for axis in 0..<2 where Int.random(in: 0..<3, using: &random) > 1 - axis {
          let start = Int.random(in: 0..<shape[axis], using: &random)
          region.axes[axis] = .init(
            start: start, step: 1, count: Int.random(in: 1...shape[axis] - start, using: &random))
        }
        if Int.random(in: 0..<4, using: &random) == 0 {
          region.axes[0] = .init(start: region.axes[0].start, step: -1, count: region.axes[0].start + 1)
        }
        guard let bytes = try lent(driver, region, dtype.itemSize) else { continue }
        count += 1
        let expected = try read(driver, region, dtype.itemSize)
        #expect(bytes == expected, "seed \(seed), \(name), \(region)")
      }
    }
    #expect(count > 0, "seed \(seed): nothing was lent")
  }

  @Test func onlyLongStretchesInOrderAreLent() throws {
    var random = SeededGenerator(seed: 5)
    let array = ModelArray(shape: [64, 4096], dtype: .float32, random: &random)
    try array.writeRawZarr(folder.at("x.zarr"))
    let driver = try StoredArray.open(folder.at("x.zarr")).driver
    func region(_ rows: Range<Int>, _ columns: Range<Int>) -> StridedRegion {
      StridedRegion(Region([rows, columns]))
    }
    #expect(try lent(driver, region(3..<40, 0..<4096), 4) != nil)
    #expect(try lent(driver, region(3..<4, 0..<4096), 4) == nil, "short")
    #expect(try lent(driver, region(3..<40, 0..<4095), 4) == nil, "gaps")
    let scratch = ReadScratch()
    let turned = try driver.lend(region(0..<64, 0..<4096), strides: [4, 256], scratch: scratch)
    #expect(turned == nil, "another order")
  }
}
