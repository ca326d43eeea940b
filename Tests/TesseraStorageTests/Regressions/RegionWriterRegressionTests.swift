import TesseraCore
import TesseraIO
import TesseraStorage
import Testing

@Suite struct RegionWriterRegressionTests {
  private func array(
    _ folder: RegressionFolder, shape: [Int], layout: ArrayLayout, fillingWith values: [Float]
  ) throws -> String {
    let path = folder.at("a.zarr")
    let writer = try ArrayWriter.create(path, shape: Shape(shape), dtype: .float32, layout: layout)
    try writer.write(Region(try Shape(shape)), values)
    try writer.close()
    return path
  }

  /// An append that was killed after its files and before its metadata leaves files beyond the shape.
  @Test func growingShowsNothingOfAKilledAppend() throws {
    let folder = try RegressionFolder()
    let path = try array(
      folder, shape: [4], layout: .init(chunks: [2], shards: .none), fillingWith: [1, 2, 3, 4])
    try folder.write("a.zarr/c/2", folder.read("a.zarr/c/1"))
    let writer = try ArrayWriter.open(path)
    try writer.resize(to: Shape([8]))
    try writer.close()
    #expect(try StoredArray.open(path).elements(as: Float.self) == [1, 2, 3, 4, 0, 0, 0, 0])
  }

  /// The rows were removed from the files at once, and from the shape only when the writer was flushed.
  @Test func anInterruptedShrinkDoesNotTurnRowsIntoFillValues() throws {
    let folder = try RegressionFolder()
    let path = try array(
      folder, shape: [4], layout: .init(chunks: [2], shards: .none), fillingWith: [1, 2, 3, 4])
    do {
      let writer = try ArrayWriter.open(path)
      try writer.resize(to: Shape([2]))
    }
    #expect(try StoredArray.open(path).elements(as: Float.self) == [1, 2])
  }

  /// Every row that was written to a chunk left a copy of the chunk behind.
  @Test(arguments: [ArrayLayout.Codec.none, .lz4])
  func rowsWrittenOneByOneTakeTheSpaceOfTheArray(_ codec: ArrayLayout.Codec) throws {
    let folder = try RegressionFolder()
    let path = folder.at("a.zarr")
    let layout = ArrayLayout(codec: codec, chunks: [64, 16], shards: .shape([128, 16]))
    let writer = try ArrayWriter.create(path, shape: Shape([128, 16]), dtype: .float32, layout: layout)
    let values = (0..<128 * 16).map { Float($0) }
    for row in 0..<128 {
      try writer.write(Region(lower: [row, 0], lengths: [1, 16]), Array(values[row * 16..<row * 16 + 16]))
    }
    try writer.close()
    let array = try StoredArray.open(path)
    #expect(try array.elements(as: Float.self) == values)
    #expect(try array.driver.storedBytes() < 2 * 128 * 16 * 4)
  }

  /// Writing another chunk of the shard computed a new checksum over the damage.
  @Test func damageStaysVisibleWhenAnotherChunkIsWritten() throws {
    let folder = try RegressionFolder()
    let layout = ArrayLayout(chunks: [4], shards: .shape([8]), checksum: true)
    let path = try array(folder, shape: [8], layout: layout, fillingWith: [1, 2, 3, 4, 5, 6, 7, 8])
    var shard = try folder.read("a.zarr/c/0")
    shard[20] ^= 1
    try folder.write("a.zarr/c/0", shard)
    #expect(try Verification(path).run().problems.count == 1)
    let writer = try ArrayWriter.open(path)
    try writer.write(Region(lower: [0], lengths: [4]), [9, 9, 9, 9] as [Float])
    #expect(throws: TesseraError.self) {
      try writer.write(Region(lower: [4], lengths: [1]), [9] as [Float])
    }
    try writer.close()
    #expect(try Verification(path).run().problems.count == 1)
  }

  /// A file that readers find by its name is on the disk before it has the name.
  @Test func aNewShardOfAnArrayIsSyncedBeforeItHasItsName() throws {
    let folder = try RegressionFolder()
    let path = try folder.store("a.zarr", shape: [4], chunk: [4])
    let writer = try ArrayWriter.open(path)
    try writer.write(Region(lower: [0], lengths: [4]), [1, 2, 3, 4] as [Float])
    let injector = FaultInjector([.sync], failing: 0, code: 5)
    #expect(throws: TesseraError.self) {
      try FaultInjector.$current.withValue(injector) { try writer.flush() }
    }
    #expect(try Directory.kind(folder.at("a.zarr/c/0")) == nil)
  }

  @Test func storedBytesThatAreNoBoolsBecomeBools() throws {
    let folder = try RegressionFolder()
    let path = try folder.store(
      "a.zarr", shape: [4], chunk: [4], dtype: "bool", fill: "false", files: ["c/0": [0, 1, 2, 255]])
    let values = try StoredArray.open(path).elements(as: Bool.self)
    #expect(values.withUnsafeBytes { Array($0) } == [0, 1, 1, 1])
  }
}
