import TesseraCore
import TesseraIO
import TesseraStorage
import Testing

/// Numbers that metadata claims may neither trap nor be allocated.
@Suite struct ClaimedSizeTests {
  private static let most = (1 << 59) - 1
  /// Chunks of more elements are refused when metadata is read.
  private static let mostOfAChunk = (1 << 40) - 1

  private func kind(_ body: () throws -> Void) -> TesseraError.Kind? {
    do { try body() } catch { return (error as? TesseraError)?.kind }
    return nil
  }

  @Test(arguments: ["out.zarr", "out.npy", "out.npz"])
  func aChunkOfMostElementsDoesNotOverflowThePlan(_ destination: String) throws {
    let folder = try RegressionFolder()
    let path = try folder.store(
      "a.zarr", shape: [Self.most], chunk: [Self.mostOfAChunk], dtype: "complex128", fill: "[0, 0]",
      codecs: RegressionFolder.bytes + "," + RegressionFolder.gzip)
    let found = kind { _ = try Conversion(from: path, to: folder.at(destination)) }
    #expect(found == .memory)
    #expect(kind { _ = try Verification(path).run() } == .memory)
    // Its elements are all fill values, which need no chunk.
    #expect(
      try StoredArray.open(path).elements([.slice(start: 7, stop: 9)], as: Complex<Double>.self).count == 2)
  }

  /// The elements wanted lie 2^36 apart, in Fortran order, in a chunk of a few bytes.
  @Test func aChunkThatNoMachineCanKeepIsAnError() throws {
    let folder = try RegressionFolder()
    let transpose = #"{"name":"transpose","configuration":{"order":[1,0]}},"#
    let lz4 = #"{"name":"numcodecs.lz4"}"#
    for codec in [RegressionFolder.gzip, lz4] {
      let path = try folder.store(
        "a.zarr", shape: [4, 3], chunk: [1 << 36, 8],
        codecs: transpose + RegressionFolder.bytes + "," + codec,
        files: ["c/0/0": [UInt8](repeating: 0x1F, count: 64)])
      let array = try StoredArray.open(path)
      let found = kind { _ = try array.elements(as: Float.self) }
      #expect(found == .memory || found == .corrupt)
      #expect(kind { _ = try array.elements([.index(1)], as: Float.self) } == found)
      #expect(kind { _ = try ArrayWriter.open(path) } == .memory)
    }
  }

  /// Files of a terabyte, of which the disk has none: nothing like that is asked of memory.
  @Test(arguments: [RegressionFolder.bytes, RegressionFolder.sharding([4])])
  func aChunkFileOfAnySizeIsAnError(_ body: String) throws {
    let folder = try RegressionFolder()
    let codecs = body + "," + RegressionFolder.gzip
    let path = try folder.store(
      "a.zarr", shape: [8], chunk: [8], codecs: codecs, files: ["c/0": [0x1F, 0x8B]])
    try File(Path.join(path, "c/0"), .readWrite).truncate(to: 1 << 40)
    let array = try StoredArray.open(path)
    let expected: TesseraError.Kind = body == RegressionFolder.bytes ? .corrupt : .unsupported
    #expect(kind { _ = try array.elements(as: Float.self) } == expected)
    let report = try Verification(path).run()
    #expect(report.problems.count == 1)
    #expect(report.problems.first?.what.hasPrefix("size of an encoded chunk") == true)
  }

  /// A transposed shard is read as a whole. One with large gaps is too large for that, which is no damage: `--repair` must not
  /// remove it.
  @Test func aShardTooLargeToBeTrustedIsNotLost() throws {
    let folder = try RegressionFolder()
    let (rows, columns) = (4000, 4)
    let gap = [UInt8](repeating: 0xAB, count: 48)
    var shard = [UInt8]()
    var index = [UInt8]()
    for _ in 0..<rows * columns / 2 {
      index += entry(UInt64(shard.count), 8)
      shard += [1, 0, 0, 0, 2, 0, 0, 0] + gap
    }
    let order = #"{"name":"transpose","configuration":{"order":[1,0]}},"#
    let path = try folder.store(
      "a.zarr", shape: [rows, columns], chunk: [rows, columns], dtype: "int32",
      codecs: order + RegressionFolder.sharding([1, 2]), files: ["c/0/0": shard + index])
    #expect(kind { _ = try StoredArray.open(path).elements(as: Int32.self) } == .unsupported)
    let before = try folder.read("a.zarr/c/0/0")
    let report = try Repair(path).run()
    #expect(!report.remaining.isEmpty)
    #expect(try folder.read("a.zarr/c/0/0") == before)
  }

  @Test func aChainOfManyCodecsIsRefused() throws {
    let folder = try RegressionFolder()
    for (count, expected) in [(16, nil), (17, TesseraError.Kind.unsupported), (9400, .unsupported)] {
      let chain = [String](repeating: #"{"name":"crc32c"}"#, count: count).joined(separator: ",")
      let path = try folder.store(
        "a.zarr", shape: [8], chunk: [8], codecs: RegressionFolder.bytes + "," + chain)
      #expect(kind { _ = try StoredArray.open(path) } == expected, "\(count)")
    }
  }

  @Test func aShardOfMoreChunksThanThereIsMemoryIsNotWritten() throws {
    let folder = try RegressionFolder()
    let path = try folder.store(
      "a.zarr", shape: [10], chunk: [1 << 40], codecs: RegressionFolder.sharding([1]))
    #expect(kind { _ = try ArrayWriter.open(path) } == .memory)
  }

  /// One broken index used to be reported once for each chunk it was said to have.
  @Test func verifySaysOnceThatAnIndexIsMissing() throws {
    let folder = try RegressionFolder()
    let path = try folder.store(
      "a.zarr", shape: [1 << 40], chunk: [1 << 40], codecs: RegressionFolder.sharding([1]),
      files: ["c/0": [1, 2, 3]])
    #expect(try Verification(path).run().problems.count == 1)
  }

  @Test func aFileTooLargeForItsSizeToBeANumber() throws {
    let folder = try RegressionFolder()
    let shape = try Shape([Self.most])
    #expect(
      kind { _ = try ArrayWriter.create(folder.at("x.npy"), shape: shape, dtype: .complex128) } == .usage)
  }

  @Test func takingManyOfHugeRowsIsAWrongBuffer() throws {
    let folder = try RegressionFolder()
    let path = try folder.store("a.zarr", shape: [8, 1 << 55], chunk: [1, 1 << 20])
    let array = try StoredArray.open(path)
    let rows = [Int](repeating: 0, count: 4096)
    #expect(
      kind { try array.take(rows, into: UnsafeMutableRawBufferPointer(start: nil, count: 0)) } == .usage)
  }

  @Test func threadsOfZeroAreOne() throws {
    let folder = try RegressionFolder()
    let path = try folder.store("a.zarr", shape: [4], chunk: [4])
    var values = [Float](repeating: 1, count: 2)
    try values.withUnsafeMutableBytes { try StoredArray.open(path).take([0, 3], into: $0, threads: 0) }
    #expect(values == [0, 0])
  }

  /// One element of a chunk of 1 GiB, of which a frame of 28 bytes says that it is one block: working memory of three
  /// blocks was asked for.
  @Test func aBlockOfAFewBytesIsNotBelieved() throws {
    let folder = try RegressionFolder()
    let blosc = #"{"name":"blosc","configuration":{"cname":"lz4","shuffle":"noshuffle"}}"#
    let count: [UInt8] = [0, 0, 0, 0x40]
    let block: [UInt8] = [20, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4]
    let frame: [UInt8] = [2, 1, 0x30, 4] + count + count + [28, 0, 0, 0] + block
    let path = try folder.store(
      "a.zarr", shape: [1 << 28], chunk: [1 << 28], codecs: RegressionFolder.bytes + "," + blosc,
      files: ["c/0": frame])
    let error = #expect(throws: TesseraError.self) {
      try StoredArray.open(path).elements([.index(-1)], as: Float.self)
    }
    #expect(error?.kind == .corrupt)
    #expect(error?.what == "a chunk of 28 bytes")
  }
}

extension StoredArray {
  fileprivate func elements<T: Element>(_ items: [Selection.Item], as type: T.Type) throws -> [T] {
    try elements(Selection(items), as: type)
  }
}
