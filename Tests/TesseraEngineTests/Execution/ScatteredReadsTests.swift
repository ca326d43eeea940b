import TesseraCore
import TesseraEngineTestSupport
import TesseraStorage
import TesseraTestSupport
import Testing

@testable import TesseraEngine

/// What lies scattered in large chunks: each read of the base may decode one, so there are to be few.
@Suite struct ScatteredReadsTests {
  /// 4.8 MB in chunks that are cut along both axes; elements are their positions.
  private static let (rows, columns) = (2000, 300)
  private static let count = rows * columns
  /// Blocks are some 64 thousand elements, and each takes a few reads.
  private static let few = 100

  private func stored(_ folder: TemporaryFolder) throws -> CountingDriver {
    let x = try NDArray.arange(ScatteredReadsTests.count, dtype: .float64)
    let path = folder.at("x.zarr")
    try x.reshape([ScatteredReadsTests.rows, ScatteredReadsTests.columns])
      .write(to: path, layout: .init(codec: .lz4, chunks: [500, 70]))
    return try CountingDriver(path)
  }

  private func expect(
    _ made: (NDArray) throws -> NDArray, _ expected: [Int], _ location: SourceLocation = #_sourceLocation
  ) throws {
    let folder = try TemporaryFolder()
    let base = try stored(folder)
    let array = try made(base.array)
    #expect(try array.elements(as: Double.self) == expected.map(Double.init), sourceLocation: location)
    let reads = base.reads.load(ordering: .relaxed)
    #expect(reads > 0 && reads <= ScatteredReadsTests.few, "\(reads) reads", sourceLocation: location)
  }

  @Test func backwards() throws {
    try expect({ try $0.ravel().flip() }, (0..<ScatteredReadsTests.count).reversed())
  }

  @Test func withSteps() throws {
    let count = ScatteredReadsTests.count
    let steps = Array(stride(from: 3, to: count, by: 7))
    try expect({ try $0.ravel()[Selection.Item.slice(start: 3, step: 7)] }, steps)
    let backwards = Array(stride(from: count - 1, to: 2, by: -7))
    try expect({ try $0.ravel()[Selection.Item.slice(stop: 2, step: -7)] }, backwards)
  }

  @Test func transposed() throws {
    let (high, wide) = (750, 800)
    let expected = (0..<wide).flatMap { column in (0..<high).map { $0 * wide + column } }
    try expect({ try $0.reshape([high, wide]).transposed() }, expected)
  }

  @Test func axesInAnyOrder() throws {
    let expected = (0..<20).flatMap { b in
      (0..<100).flatMap { c in (0..<300).map { a in (a * 20 + b) * 100 + c } }
    }
    try expect({ try $0.reshape([300, 20, 100]).transposed([1, 2, 0]) }, expected)
  }

  @Test func byAMask() throws {
    let mask = (0..<ScatteredReadsTests.count).map { $0 % 5 == 0 || $0 % 3 == 1 }
    try expect({ try $0.compress(NDArray(mask)) }, mask.indices.filter { mask[$0] })
  }

  @Test func byPositions() throws {
    let positions = (0..<50_000).map { $0 * 7919 % ScatteredReadsTests.count }
    try expect({ try $0.take(NDArray(positions)) }, positions)
  }

  /// A file without chunks is read as it was: what lies far apart is not worth all that is between.
  @Test func farApart() throws {
    let base = try ChunkedStub([1 << 20, 64], .float32, chunks: [1, 64])
    let driver = ReshapedDriver(base, try Shape([1 << 26]), .float32)
    #expect(driver.scratchBytes <= 1 << 20)
    let folder = try TemporaryFolder()
    let path = folder.at("x.npy")
    try NDArray.arange(1 << 20, dtype: .float32).reshape([1 << 10, 1 << 10]).write(to: path)
    let counted = try CountingDriver(path)
    let taken = try counted.array.ravel()[Selection.Item.slice(start: 5, step: 1 << 16)]
    #expect(try taken.elements(as: Float.self) == (0..<16).map { Float(5 + $0 << 16) })
    #expect(counted.elements.load(ordering: .relaxed) < 16 * 1024 + 1)
  }

  /// Elements that lie in chunks of their own are read one by one, and not all chunks of their rows.
  @Test func fewOfAWideArray() throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.zarr")
    let (rows, columns) = (60, 20_000)
    try NDArray.arange(rows * columns, dtype: .float64).reshape([rows, columns])
      .write(to: path, layout: .init(codec: .lz4, chunks: [60, 50]))
    let far = Array(stride(from: 0, to: rows * columns, by: 4001))
    let some = (0..<250).map { $0 * 104_729 % (rows * columns) }
    let cases: [([Int], (NDArray) throws -> NDArray)] = [
      (far, { try $0.ravel()[Selection.Item.slice(step: 4001)] }),
      (some, { try $0.ravel().take(NDArray(some)) }),
      ((0..<60).map { $0 * columns + 105 }, { try $0.reshape([60, 200, 100])[0..., 1, 5] }),
    ]
    for (number, (expected, make)) in cases.enumerated() {
      let base = try CountingDriver(path)
      #expect(try make(base.array).elements(as: Double.self) == expected.map(Double.init), "\(number)")
      #expect(base.chunks.load(ordering: .relaxed) <= expected.count, "\(number)")
    }
  }

  /// An axis that is left at one position does not hide those before it.
  @Test func onePositionOfAnInnerAxis() throws {
    let expected = (0..<2000).map { $0 * 300 + 105 }
    try expect({ try $0.reshape([2000, 3, 100])[0..., 1, 5] }, expected)
  }

  /// Boxes are given back after each read, so leaves that are read one after another need the largest.
  @Test func boxesAreCountedOnce() throws {
    let base = try ChunkedStub([1 << 14, 1 << 12], .float64, chunks: [1 << 10, 1 << 10])
    let x = try base.array.reshape([1 << 12, 1 << 14])
    let driver = try NodeSource.driver(of: (x + x.flip() + x[Selection.Item.slice(step: -1)]).node)
    #expect(driver.passingBytes == 4 << 20)
    #expect(driver.keptBytes + driver.passingBytes == driver.scratchBytes)
    let one = try NodeSource.driver(of: (x + 1).node)
    let joined = try JoinedDriver([one, one], axis: 0)
    #expect(joined.scratchBytes == 2 * one.keptBytes + one.passingBytes)
  }

  /// Chunks of any size do not ask for memory of that size beyond what decoding one takes.
  @Test func boxesAreBounded() throws {
    let base = try ChunkedStub([1 << 16, 1 << 16], .float64, chunks: [1 << 12, 1 << 12])
    let most = 8 << 20
    #expect(ReshapedDriver(base, try Shape([1 << 32]), .float64).scratchBytes <= most)
    #expect(try TakenDriver(base, .listed(Array(0..<100)), axis: 0).scratchBytes <= most)
    #expect(try TakenDriver(base, .listed(Array(0..<100)), axis: 1).scratchBytes <= most)
  }

  /// Parts of a join take turns with one scratch; what they keep adds up.
  @Test func joinsNeedWhatTheirLargestPartNeeds() throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.zarr")
    try NDArray.zeros([64, 1024]).write(to: path, layout: .init(codec: .lz4, chunks: [64, 1024]))
    let part = try StoredArray.open(path).driver
    let joined = try JoinedDriver([any ArrayDriver](repeating: part, count: 50), axis: 0)
    #expect(joined.scratchBytes == part.scratchBytes && part.scratchBytes > 0)
    let doubled = try NodeSource.driver(of: (NDArray.open(path) * 2).node)
    let computed = try JoinedDriver([doubled, doubled, part], axis: 0)
    #expect(computed.scratchBytes == 2 * doubled.keptBytes + part.scratchBytes)
  }
}
