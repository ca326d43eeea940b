import TesseraCore
import TesseraEngineTestSupport
import TesseraStorage
import TesseraTestSupport
import Testing

@testable import TesseraEngine

/// How often a chunk is read for a result: a few times, where blocks do not end as chunks do, and not once for a row, a column
/// or an element.
@Suite struct ChunkReadsTests {
  private typealias Make = (NDArray) throws -> NDArray

  private static let (rows, columns) = (1200, 200)
  /// Of all chunks, each of which has to be read once. Joined parts have a block or two of their own.
  private static let most = 15

  @Test(arguments: [[400, 60], [1200, 10], [1200, 200]]) func ofViews(chunks: [Int]) throws {
    let operations: [(String, Make)] = [
      ("flip", { try $0.flip() }), ("transposed", { try $0.transposed() }),
      ("with steps", { try $0[Selection.Item.slice(step: 3), Selection.Item.slice(step: -2)] }),
      ("ravel", { try $0.ravel() }), ("transposed, ravel", { try $0.transposed().ravel() }),
      ("ravel, flip", { try $0.ravel().flip() }), ("of a sum", { try ($0 + 1).ravel().flip() }),
      ("of a transposed sum", { try ($0 + 1).transposed().ravel() }),
      ("reshaped, transposed", { try $0.reshape([600, 400]).transposed() }),
      ("of three axes", { try $0.reshape([12, 100, 200]).transposed([2, 0, 1]) }),
      ("reshaped twice", { try $0.reshape([1200, 2, 100]).transposed([1, 0, 2]).reshape([2400, 100]) }),
      ("beside another order", { try $0.reshape([200, 1200]) + $0.transposed() }),
      ("rolled", { try $0.roll(17) }), ("rolled along rows", { try $0.roll(17, axis: 1) }),
      ("padded", { try $0.pad(3) }), ("with its edges", { try $0.pad(3, mode: .edge) }),
      ("tiled", { try $0.tile([2, 2]) }), ("repeated", { try $0.repeat(2, axis: 1) }),
      ("joined", { try hstack([$0, $0.flip()]) }), ("stacked", { try stack([$0, $0], axis: -1) }),
    ]
    try expectFewReads(chunks, operations)
  }

  @Test(arguments: [[400, 60], [1200, 10], [1200, 200]]) func ofPositions(chunks: [Int]) throws {
    let mask = (0..<ChunkReadsTests.rows * ChunkReadsTests.columns).map { $0 % 5 == 0 || $0 % 3 == 1 }
    let some = (0..<500).map { $0 * 7919 % ChunkReadsTests.rows }
    let few = (0..<150).map { $0 * 7919 % ChunkReadsTests.columns }
    let operations: [(String, Make)] = [
      ("rows", { try $0.take(some, axis: 0) }), ("columns", { try $0.take(few, axis: 1) }),
      ("columns of a sum", { try ($0 + 1).take(few, axis: 1) }),
      ("rows and columns", { try $0.take(some, axis: 0).take(few, axis: 1) }),
      ("elements", { try $0.compress(NDArray(mask)) }),
      ("elements of a sum", { try ($0 + 1).compress(NDArray(mask)) }),
      ("rows by their first", { try $0.compress($0[0..., 0] .> 5, axis: 0) }),
      ("the distinct ones of some", { try $0.compress(NDArray(mask)).unique() }),
    ]
    try expectFewReads(chunks, operations)
  }

  @Test(arguments: [[400, 60], [1200, 10], [1200, 200]]) func ofLines(chunks: [Int]) throws {
    let operations: [(String, Make)] = [
      ("cumsum", { try $0.cumsum() }), ("cumsum of columns", { try $0.cumsum(axis: 0) }),
      ("cumsum of rows", { try $0.cumsum(axis: 1) }), ("backwards", { try $0.ravel().flip().cumsum() }),
      ("diff", { try $0.diff(axis: 0) }), ("median of columns", { try $0.median(axis: 0) }),
      ("median of rows", { try $0.median(axis: 1) }), ("std of rows", { try $0.std(axis: 1) }),
      ("std of another shape", { try $0.reshape([600, 400]).transposed().std(axis: 1) }),
      ("median of another shape", { try $0.reshape([600, 400]).median(axis: 0) }),
      ("z-scores", { try ($0 - $0.mean(axis: 0)) / $0.std(axis: 0) }),
      ("of rows", { try ($0 - $0.mean(axis: 1, keepdims: true)) / $0.std(axis: 1, keepdims: true) }),
    ]
    try expectFewReads(chunks, operations)
  }

  private func expectFewReads(_ chunks: [Int], _ operations: [(String, Make)]) throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.zarr")
    let shape = [ChunkReadsTests.rows, ChunkReadsTests.columns]
    try NDArray.arange(shape.reduce(1, *), dtype: .float64).reshape(shape)
      .write(to: path, layout: .init(codec: .lz4, chunks: chunks))
    let all = zip(shape, chunks).reduce(1) { $0 * (($1.0 + $1.1 - 1) / $1.1) }
    for (name, make) in operations {
      let base = try CountingDriver(path)
      let options = TransferOptions(threads: 2, overwrite: true)
      let computed = try make(base.array).evaluated(options: options)
      let reads = base.chunks.exchange(0, ordering: .relaxed)
      #expect(reads <= ChunkReadsTests.most * all, "\(name), computed: \(reads) of \(all) chunks")
      try make(base.array).write(to: folder.at("out.npy"), options: options)
      let written = base.chunks.load(ordering: .relaxed)
      #expect(written > 0 && written <= ChunkReadsTests.most * all, "\(name), written: \(written) of \(all)")
      let file = try NDArray.open(folder.at("out.npy"))
      #expect(try file.allclose(computed, rtol: 0, atol: 0), "\(name)")
    }
  }
}
