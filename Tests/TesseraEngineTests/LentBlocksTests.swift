import TesseraCore
import TesseraEngine
import TesseraIO
import TesseraStorage
import TesseraTestSupport
import Testing

/// Reductions over files of several huge pages, whose blocks are lent where the page cache holds them so.
@Suite struct LentBlocksTests {
  private let folder: TemporaryFolder
  private static let rows = 1300
  private static let columns = 1024

  init() throws { folder = try TemporaryFolder() }

  /// Whole numbers as float32, of which sums in double are exact.
  private func source(_ name: String, layout: ArrayLayout = .init()) throws -> NDArray {
    let (rows, columns) = (LentBlocksTests.rows, LentBlocksTests.columns)
    let places = try NDArray.arange(rows * columns).reshape([rows, columns])
    try (places % 1009).astype(.float32).write(to: folder.at(name), layout: layout)
    return try NDArray.open(folder.at(name))
  }

  private static func value(_ row: Int, _ column: Int) -> Double { Double((row * columns + column) % 1009) }

  @Test(arguments: ["x.npy", "x.npz", "chunks.zarr", "shards.zarr"])
  func everyElementCountsOnce(_ name: String) throws {
    let layout =
      name == "chunks.zarr"
      ? ArrayLayout(chunks: [650, 1024], shards: .none)
      : name == "shards.zarr" ? ArrayLayout(chunks: [512, 1024], shards: .shape([1536, 1024])) : .init()
    let x = try source(name, layout: layout)
    let (rows, columns) = (LentBlocksTests.rows, LentBlocksTests.columns)
    let sums = (0..<columns).map { column in
      (0..<rows).reduce(0.0) { $0 + LentBlocksTests.value($1, column) }
    }
    let lastRow = (0..<columns).reduce(0.0) { $0 + LentBlocksTests.value(rows - 1, $1) }
    // One thread and several; a budget with windows to lend, and one that has none for two leaves.
    for (threads, memory) in [(1, 1 << 30), (2, 1 << 30), (5, 1 << 30), (2, 64 << 20)] {
      let options = TransferOptions(memory: memory, threads: threads)
      let doubles = x.astype(.float64)
      let results = try evaluate(
        [
          doubles.sum(axis: 0), (x + doubles).sum(), x.sum(axis: 1), x.max(),
          doubles.flip(axis: 1).sum(axis: 0),
        ],
        options: options)
      let note = "\(name), \(threads) threads, \(memory) bytes"
      #expect(try results[0].elements(as: Double.self) == sums, "\(note)")
      #expect(try results[1].item(as: Double.self) == 2 * sums.reduce(0, +), "\(note)")
      #expect(try Double(results[2].elements(as: Float.self)[rows - 1]) == lastRow, "\(note)")
      #expect(try results[3].item(as: Float.self) == 1008, "\(note)")
      #expect(try results[4].elements(as: Double.self) == sums.reversed(), "\(note)")
    }
  }

  /// Zeros in place of what is gone must not become a result.
  @Test(arguments: [1, 3]) func aFileThatIsTruncatedMeanwhileIsAnError(_ threads: Int) throws {
    let path = folder.at("x.npy")
    let x = try source("x.npy").map { (value: Float) in
      if value == 1008 { try File(path, .readWrite).truncate(to: 4096) }
      return value
    }
    let error = #expect(throws: TesseraError.self) {
      _ = try x.sum(axis: 0).evaluated(options: .init(threads: threads))
    }
    #expect(error?.kind == .corrupt)
  }
}
