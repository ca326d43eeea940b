import TesseraCore
import TesseraIO
import TesseraStorage
import TesseraTestSupport
import Testing

@testable import TesseraEngine

/// Blocks of files of several huge pages.
@Suite struct LentBlocksTests {
  private let folder: TemporaryFolder
  private static let rows = 1300
  private static let columns = 1024

  init() throws { folder = try TemporaryFolder() }

  private static func value(_ row: Int, _ column: Int) -> Double { Double((row * columns + column) % 1009) }

  private static let layouts: [(name: String, layout: ArrayLayout)] = [
    ("x.npy", .init()), ("x.npz", .init()),
    ("chunks.zarr", .init(chunks: [650, 1024], shards: .none)),
    ("shards.zarr", .init(chunks: [512, 1024], shards: .shape([1536, 1024]))),
  ]

  /// Whole numbers as float32, of which sums in double are exact.
  private func source(_ number: Int = 0) throws -> NDArray {
    let (name, layout) = LentBlocksTests.layouts[number]
    let (rows, columns) = (LentBlocksTests.rows, LentBlocksTests.columns)
    let places = try NDArray.arange(rows * columns).reshape([rows, columns])
    try (places % 1009).astype(.float32).write(to: folder.at(name), layout: layout)
    return try NDArray.open(folder.at(name))
  }

  /// Lent or copied, as the page cache has it.
  @Test(arguments: layouts.indices) func everyElementCountsOnce(_ number: Int) throws {
    let x = try source(number)
    let (rows, columns) = (LentBlocksTests.rows, LentBlocksTests.columns)
    let sums = (0..<columns).map { column in
      (0..<rows).reduce(0.0) { $0 + LentBlocksTests.value($1, column) }
    }
    let lastRow = (0..<columns).reduce(0.0) { $0 + LentBlocksTests.value(rows - 1, $1) }
    let doubles = x.astype(.float64)
    for (threads, memory) in [(1, 1 << 30), (2, 1 << 30), (5, 1 << 30), (2, 64 << 20)] {
      let results = try evaluate(
        [
          doubles.sum(axis: 0), (x + doubles).sum(), x.sum(axis: 1), x.max(),
          doubles.flip(axis: 1).sum(axis: 0),
        ],
        options: TransferOptions(memory: memory, threads: threads))
      let note: Comment = "\(LentBlocksTests.layouts[number].name), \(threads) threads, \(memory) bytes"
      #expect(try results[0].elements(as: Double.self) == sums, note)
      #expect(try results[1].item(as: Double.self) == 2 * sums.reduce(0, +), note)
      #expect(try Double(results[2].elements(as: Float.self)[rows - 1]) == lastRow, note)
      #expect(try results[3].item(as: Float.self) == 1008, note)
      #expect(try results[4].elements(as: Double.self) == sums.reversed(), note)
    }
  }

  /// An evaluator to which every window is worth lending, and whether any was.
  private func lending(_ array: NDArray) throws -> (BlockEvaluator, wasTried: () -> Bool) {
    let program = try Lowering.program([array.node], over: array.shape)
    let tries = Lock(0)
    let evaluator = BlockEvaluator(program) {
      PageLender { _, _ in
        tries.withLock { $0 += 1 }
        return 1
      }
    }
    return (evaluator, { tries.withLock { $0 > 0 } })
  }

  private func block(_ rows: Range<Int>) -> StridedRegion {
    StridedRegion(Region([rows, 0..<LentBlocksTests.columns]))
  }

  /// The blocks of a window, those that reach into the next, one that is loaded twice, and the way back.
  @Test(arguments: [0, 2, 3]) func lentBlocksAreTheFiles(_ number: Int) throws {
    let x = try source(number)
    let (evaluator, wasTried) = try lending(x + 1.0)
    try evaluator.whole {
      for first in [0, 128, 256, 384, 500, 500, 512, 640, 1024, 128, 0] {
        try evaluator.load(block(first..<first + 128))
        try evaluator.forEachTile { tile in
          let values = evaluator.pointer(toRoot: 0).assumingMemoryBound(to: Float.self)
          for place in [0, tile.count - 1] {
            let row = first + (tile.offset + place) / LentBlocksTests.columns
            let column = (tile.offset + place) % LentBlocksTests.columns
            #expect(Double(values[place]) == LentBlocksTests.value(row, column) + 1, "row \(row)")
          }
        }
      }
    }
    #expect(wasTried())
  }

  /// Zeros in place of what is gone must not become a result, nor an error of their own.
  @Test func aFileThatIsTruncatedMeanwhileIsAnError() throws {
    struct Consequence: Error {}
    _ = try source()
    let bytes = try Array(File(folder.at("x.npy")).contents(limit: 1 << 30))
    for fails in [false, true] {
      try File(folder.at("x.npy"), .readWrite).write(bytes, at: 0)
      let (evaluator, _) = try lending(try NDArray.open(folder.at("x.npy")) + 1.0)
      let error = #expect(throws: TesseraError.self) {
        try evaluator.whole {
          try evaluator.load(block(0..<128))
          try File(folder.at("x.npy"), .readWrite).truncate(to: 4096)
          try evaluator.forEachTile { _ in }
          if fails { throw Consequence() }
        }
      }
      #expect(error?.kind == .corrupt)
      // What was lent is not taken for what is there now.
      #expect(throws: TesseraError.self) { try evaluator.whole { try evaluator.load(block(0..<128)) } }
    }
  }
}
