import TesseraCore
import TesseraEngineTestSupport
import TesseraStorage
import TesseraTestSupport
import Testing

@testable import TesseraEngine

/// Positions along several axes: how much is read for them, and what plans say of their memory.
@Suite struct PickedDriverTests {
  private static let (rows, columns) = (2000, 300)

  private func stored(_ folder: TemporaryFolder) throws -> CountingDriver {
    let (rows, columns) = (PickedDriverTests.rows, PickedDriverTests.columns)
    let path = folder.at("x.zarr")
    try NDArray.arange(rows * columns, dtype: .float64).reshape([rows, columns])
      .write(to: path, layout: .init(codec: .lz4, chunks: [500, 70]))
    return try CountingDriver(path)
  }

  /// Chunks are read a few times, in which order picks may be: once for each part that is sorted together.
  @Test func manyPicks() throws {
    let folder = try TemporaryFolder()
    let base = try stored(folder)
    let rows = (0..<50_000).map { $0 * 7919 % PickedDriverTests.rows }
    let columns = (0..<50_000).map { $0 * 104_729 % PickedDriverTests.columns }
    let expected = zip(rows, columns).map { Double($0 * PickedDriverTests.columns + $1) }
    #expect(try base.array[rows, columns].elements(as: Double.self) == expected)
    let reads = base.reads.load(ordering: .relaxed)
    #expect(reads > 0 && reads <= 200, "\(reads) reads")
  }

  /// Only chunks that hold a pick are read.
  @Test func picksInOneColumnOfChunks() throws {
    let folder = try TemporaryFolder()
    let base = try stored(folder)
    let rows = (0..<1000).map { $0 * 7919 % PickedDriverTests.rows }
    let columns = (0..<1000).map { 140 + $0 * 31 % 70 }
    let expected = zip(rows, columns).map { Double($0 * PickedDriverTests.columns + $1) }
    #expect(try base.array[rows, columns].elements(as: Double.self) == expected)
    #expect(base.chunks.load(ordering: .relaxed) <= 4)
    #expect(base.elements.load(ordering: .relaxed) <= 4 * 500 * 70)
  }

  /// A file without chunks is read where the picks are.
  @Test func picksThatLieFarApart() throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.npy")
    try NDArray.arange(1 << 20, dtype: .float32).reshape([1 << 10, 1 << 10]).write(to: path)
    let base = try CountingDriver(path)
    let rows = (0..<16).map { 64 * (15 - $0) }
    let picked = try base.array[rows, rows]
    #expect(try picked.elements(as: Float.self) == rows.map { Float($0 << 10 + $0) })
    #expect(base.elements.load(ordering: .relaxed) == 16)
    let taken = try base.array[rows, [5]]
    #expect(try taken.elements(as: Float.self) == rows.map { Float($0 << 10 + 5) })
  }

  /// Boxes that are too large go in parts, of other axes or of the picks.
  @Test func largeBoxes() throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.zarr")
    let shape = [40, 50, 600]
    try NDArray.arange(shape.reduce(1, *), dtype: .float64).reshape(shape)
      .write(to: path, layout: .init(codec: .lz4, chunks: shape))
    let x = try NDArray.open(path)
    let (first, last) = ([39, 0, 39, 20], [599, 0, 3, 300])
    func place(_ i: Int, _ j: Int, _ k: Int) -> Double { Double((i * 50 + j) * 600 + k) }
    let expected = zip(first, last).flatMap { i, k in (0..<50).map { place(i, $0, k) } }
    #expect(try x[first, 0..., last].elements(as: Double.self) == expected)
    let (a, b) = ([39, 0, 39, 0], [49, 0, 0, 49])
    let lines = zip(a, b).flatMap { i, j in (0..<600).map { place(i, j, $0) } }
    #expect(try x[a, b].elements(as: Double.self) == lines)
    #expect(try x[a, b, slice(step: -1)].flip(axis: 1).elements(as: Double.self) == lines)
    let stub = try ChunkedStub([1 << 16, 1 << 16], .float64, chunks: [1 << 12, 1 << 12])
    let picks = Picks(axes: [0, 1], positions: Array(0..<100))
    #expect(try PickedDriver(stub, picks).scratchBytes <= 8 << 20)
  }

  /// One list for arrays that are taken in step, one for each of those that are not.
  @Test func listsArePartOfThePlan() throws {
    let x = try ChunkedStub([1000, 1000], .float64, chunks: [10, 100]).array
    let list = [Int](repeating: 3, count: 1 << 20)
    #expect(try [x[list, list].node].listedBytes == 8 << 20)
    #expect(try [x[ix([0, 1, 2], [4, 5])].node].listedBytes == 5 * 8)
    #expect(try [x[[0, 1, 2], 4].node].listedBytes == 3 * 8)
    #expect(try [x[[1], [2]].node].listedBytes == 0)
    func plan(_ array: NDArray) throws -> Int {
      try explain([array], options: .init(memory: 64 << 20, threads: 2)).predictedPeakBytes
    }
    #expect(try plan(x[list, list].sum()) - plan(x[[0, 1], [2, 3]].sum()) >= (1 << 20 - 2) * 8)
  }
}
