import TesseraCore
import TesseraStorage
import TesseraTestSupport
import Testing

@testable import TesseraEngine
@testable import TesseraLinearAlgebra

/// How products of columns run as passes: what they share, what they take, and that bits do not depend on it.
@Suite struct GramPassTests {
  private static let rows = 20_011
  private static let columns = 19

  private func source(_ dtype: DType = .float32) throws -> NDArray {
    try (randomMatrix(GramPassTests.rows, GramPassTests.columns, dtype, seed: 3) + 10.0).astype(dtype)
      .evaluated()
  }

  @Test func statisticsOfTheSameColumnsShareThePass() throws {
    let folder = try TemporaryFolder()
    _ = try source().write(to: folder.at("x.npy"))
    let x = try NDArray.open(folder.at("x.npy"))
    let arrays = try [gram(x), cov(x, rowvar: false), x.mean(axis: 0), x.std(axis: 0)]
    #expect(try explain(arrays).passes.map(\.bytesRead) == [x.nbytes])
    let together = try evaluate(arrays)
    let deviations = try together[3].elements(as: Float.self)
    let covariance = try together[1].elements(as: Double.self)
    for column in 0..<GramPassTests.columns {
      let variance = covariance[column * (GramPassTests.columns + 1)]
      #expect(abs(variance.squareRoot() / Double(deviations[column]) - 1) < 1e-4)
    }
  }

  @Test func productsOfOneKindAreOneSink() throws {
    let x = try source()
    let arrays = try [
      cov(x, rowvar: false), cov(x, rowvar: false, ddof: 0), corrcoef(x, rowvar: false),
    ]
    let plans = try Evaluation(arrays.map(\.node), options: .init(memory: 1 << 30)).plan()
    #expect(plans.count == 1 && plans[0].tasks.count == 1)
  }

  @Test(arguments: ["x.npy", "x.zarr", "wide.zarr", "tall.zarr", "odd.zarr"])
  func bitsDoNotDependOnThreadsOrBudget(_ name: String) throws {
    let folder = try TemporaryFolder()
    var layout = ArrayLayout()
    switch name {
    case "wide.zarr": (layout.chunks, layout.codec) = ([100, 64], .lz4)
    case "tall.zarr": (layout.chunks, layout.codec) = ([20_011, 1], .lz4)
    case "odd.zarr": layout.chunks = [777, 5]
    default: break
    }
    _ = try source().write(to: folder.at(name), layout: layout)
    let x = try NDArray.open(folder.at(name))
    for result in try [gram(x), cov(x, rowvar: false), corrcoef(x, rowvar: false)] {
      let reference = try bytes(result, memory: 1 << 30, threads: 1)
      for threads in 2...3 {
        #expect(try bytes(result, memory: 64 << 20, threads: threads) == reference)
        #expect(try bytes(result, memory: 1 << 30, threads: threads) == reference)
      }
    }
  }

  /// Columns are scaled as the data asks for, however it is read.
  @Test func bitsOfProductsBeyondTheRange() throws {
    let folder = try TemporaryFolder()
    let scales = try NDArray(
      (0..<GramPassTests.rows).map { $0 < 9000 ? 1e-20 : 1e19 }, shape: [GramPassTests.rows, 1])
    _ = try (source(.float64) * scales).astype(.float32).write(to: folder.at("x.npy"))
    let result = try cov(NDArray.open(folder.at("x.npy")), rowvar: false)
    let reference = try bytes(result, memory: 1 << 30, threads: 1)
    #expect(reference.allSatisfy { Double(bitPattern: $0).isFinite })
    #expect(try bytes(result, memory: 64 << 20, threads: 3) == reference)
  }

  private func bytes(_ array: NDArray, memory: Int, threads: Int) throws -> [UInt64] {
    try array.astype(.float64).elements(as: Double.self, options: .init(memory: memory, threads: threads))
      .map(\.bitPattern)
  }

  @Test func layoutsAgree() throws {
    let folder = try TemporaryFolder()
    let x = try source(.float64)
    _ = try x.transposed().evaluated().write(to: folder.at("t.npy"))
    let transposed = try NDArray.open(folder.at("t.npy"))
    let expected = try cov(x, rowvar: false).elements(as: Double.self)
    let variances = (0..<GramPassTests.columns).map { expected[$0 * (GramPassTests.columns + 1)] }
    for other in try [cov(transposed), cov(transposed.transposed(), rowvar: false)] {
      for (index, value) in try other.elements(as: Double.self).enumerated() {
        let (i, j) = (index / GramPassTests.columns, index % GramPassTests.columns)
        #expect(abs(value - expected[index]) <= 1e-13 * (variances[i] * variances[j]).squareRoot())
      }
    }
  }

  @Test func expressionsAreMultipliedAsTheyAreComputed() throws {
    let x = try source(.float64)
    let z = try (x - x.mean(axis: 0)) / x.std(axis: 0)
    let n = Double(GramPassTests.rows)
    let direct = try (gram(z) / n).elements(as: Double.self)
    for (a, b) in zip(direct, try corrcoef(x, rowvar: false).elements(as: Double.self)) {
      #expect(abs(a - b) < 1e-12)
    }
  }

  @Test func aBudgetTooSmallNamesTheLeastThatWorks() throws {
    // 4000 x 4000 products: 122 MiB in float64, and 61 for each thread.
    let x = try NDArray.random([100, 4000], seed: 1, dtype: .float32)
    func plan(_ memory: Int) throws -> [PassPlan] {
      try Evaluation([gram(x).node], options: .init(memory: memory, threads: 2)).plan()
    }
    let error = try #require(throws: TesseraError.self) { try plan(128 << 20) }
    #expect(error.kind == .memory)
    let words = "\(error)".split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
    let least = try #require(words.first { $0 > 128 && $0 < 1000 })
    #expect(throws: TesseraError.self) { try plan((least - 2) << 20) }
    #expect(try plan(least << 20).allSatisfy { $0.predictedPeak <= least << 20 })
  }

  @Test func columnsOfTallChunksAreReadInPieces() throws {
    let block = try GramPassTests.block(shape: [1 << 22, 64], chunks: [1 << 20, 1])
    #expect(block == [(16 << 20) / (64 * 4), 64])
    #expect(try GramPassTests.block(shape: [1 << 22, 64], chunks: [4096, 8]) == [4096, 64])
  }

  private static func block(shape: [Int], chunks: [Int]) throws -> [Int] {
    let folder = try TemporaryFolder()
    var layout = ArrayLayout()
    layout.chunks = chunks
    _ = try NDArray.zeros(shape, dtype: .float32).write(to: folder.at("x.zarr"), layout: layout)
    let x = try NDArray.open(folder.at("x.zarr"))
    return try Evaluation([gram(x).node], options: .init(memory: 1 << 30)).plan()[0].grid.chunkShape
  }
}
