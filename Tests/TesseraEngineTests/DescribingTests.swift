import TesseraCore
import TesseraStorage
import TesseraTestSupport
import Testing

@testable import TesseraEngine

/// `describe` of numbers; `EdgeShapeTests` has that of nothing.
@Suite struct DescribingTests {
  private static let nan = Double.nan
  private static let inf = Double.infinity

  private struct Columns {
    var counts: [Int64]
    var nanCounts: [Int64]
    var least, greatest, means, deviations: [Double]

    init(_ summary: ArraySummary, options: TransferOptions = .init()) throws {
      let columns = try evaluate(summary.columns.map(\.array), options: options)
      #expect(summary.columns.map(\.name) == ["count", "nan_count", "min", "max", "mean", "std"])
      counts = try columns[0].elements(as: Int64.self)
      nanCounts = try columns[1].elements(as: Int64.self)
      least = try columns[2].astype(.float64).elements(as: Double.self)
      greatest = try columns[3].astype(.float64).elements(as: Double.self)
      means = try columns[4].elements(as: Double.self)
      deviations = try columns[5].elements(as: Double.self)
    }
  }

  /// Equal, or NaN both, or as near as some roundings leave them.
  private func areEqual(_ a: [Double], _ b: [Double], within error: Double = 0) -> Bool {
    a.count == b.count
      && zip(a, b).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) || abs($0 - $1) <= error * abs($1) }
  }

  /// numpy.nanmin, nanmax, nanmean and nanstd of each row.
  @Test(arguments: [DType.float16, .bfloat16, .float32, .float64])
  func rowsWithAndWithoutNumbers(_ dtype: DType) throws {
    let (nan, inf) = (DescribingTests.nan, DescribingTests.inf)
    let rows: [[Double]] = [
      [1, 2, 3, 4.5], [nan, -1, nan, 7], [nan, nan, nan, nan], [inf, 1, nan, 2], [-inf, inf, 0, 0],
      [-inf, 3, 3, 3],
    ]
    let x = try NDArray(rows.flatMap { $0 }, shape: [6, 4]).astype(dtype)
    let summary = try x.describe(axis: 1)
    #expect(summary.min.dtype == dtype && summary.max.dtype == dtype)
    #expect(summary.mean.dtype == .float64 && summary.std.dtype == .float64)
    #expect(summary.count.dtype == .int64 && summary.nanCount.dtype == .int64)
    let columns = try Columns(summary)
    #expect(columns.counts == [4, 2, 0, 3, 4, 4])
    #expect(columns.nanCounts == [0, 2, 4, 1, 0, 0])
    #expect(areEqual(columns.least, [1, -1, nan, 1, -inf, -inf]), "\(columns.least)")
    #expect(areEqual(columns.greatest, [4.5, 7, nan, inf, inf, 3]), "\(columns.greatest)")
    #expect(areEqual(columns.means, [2.625, 3, nan, inf, nan, -inf], within: 1e-14), "\(columns.means)")
    let deviations = [1.2930100540985752, 4, nan, nan, nan, nan]
    #expect(areEqual(columns.deviations, deviations, within: 1e-14), "\(columns.deviations)")
    // Along the other axis, kept by nobody.
    let down = try Columns(x.describe(axis: -2))
    #expect(down.counts == [4, 5, 3, 5] && down.nanCounts == [2, 1, 3, 1])
    let whole = try Columns(x.describe())
    #expect(whole.counts == [17] && whole.nanCounts == [7])
    #expect(whole.least == [-inf] && whole.greatest == [inf] && whole.means[0].isNaN)
  }

  @Test func wholeNumbersAndBools() throws {
    let x = try NDArray([3, -5, 7, 7] as [Int16])
    let summary = try x.describe()
    #expect(summary.min.dtype == .int16)
    let columns = try Columns(summary)
    #expect(columns.counts == [4] && columns.nanCounts == [0])
    #expect(columns.least == [-5] && columns.greatest == [7])
    #expect(areEqual(columns.means + columns.deviations, [3, 24.0.squareRoot()], within: 1e-14))
    let truth = try Columns(NDArray([true, false, false, true]).describe(axis: 0))
    #expect(truth.counts == [4] && truth.least == [0] && truth.greatest == [1])
    #expect(areEqual(truth.means + truth.deviations, [0.5, 0.5], within: 1e-14))
    let one = try Columns(NDArray(2.5).describe())
    #expect(one.counts == [1] && one.least == [2.5] && one.means == [2.5] && one.deviations == [0])
  }

  /// From a file of several blocks, in one pass and a small budget, against plain loops.
  @Test func manyInOnePass() throws {
    let (rows, columns) = (6000, 50)
    var random = SeededGenerator(seed: 12)
    let values = (0..<rows * columns).map { _ in
      Int.random(in: 0..<10, using: &random) == 0 ? Double.nan : Double.random(in: -3...9, using: &random)
    }
    let folder = try TemporaryFolder()
    try NDArray(values, shape: [rows, columns]).write(
      to: folder.at("x.zarr"), layout: .init(codec: .lz4, chunks: [700, 30]))
    let x = try NDArray.open(folder.at("x.zarr"))
    let options = TransferOptions(memory: 64 << 20, threads: 2)
    let summary = try x.describe(axis: 0)
    #expect(try explain(summary.columns.map(\.array), options: options).passes.count == 1)
    let found = try Columns(summary, options: options)
    for column in 0..<columns {
      let all = stride(from: column, to: values.count, by: columns).map { values[$0] }
      let numbers = all.filter { !$0.isNaN }
      let mean = numbers.reduce(0, +) / Double(numbers.count)
      let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      #expect(found.counts[column] == Int64(numbers.count))
      #expect(found.nanCounts[column] == Int64(all.count - numbers.count))
      #expect(found.least[column] == numbers.min() && found.greatest[column] == numbers.max())
      #expect(abs(found.means[column] - mean) < 1e-12)
      #expect(abs(found.deviations[column] - (squares / Double(numbers.count)).squareRoot()) < 1e-12)
    }
  }

  @Test func mistakes() throws {
    let x = try NDArray.zeros([2, 3])
    #expect(throws: TesseraError.self) { try x.describe(axis: 2) }
    #expect(throws: TesseraError.self) { try x.describe(axis: [0, 0]) }
    #expect(throws: TesseraError.self) { try x.astype(.complex64).describe() }
    #expect(try x.describe(axis: [1, 0]).std.shape.dimensions == [])
  }
}
