import TesseraCore
import TesseraEngineTestSupport
import TesseraStorage
import Testing

@testable import TesseraEngine

/// Plans alone: nothing is read.
@Suite struct PlannerTests {
  private let stub: ChunkedStub
  private let x: NDArray

  init() throws {
    stub = try ChunkedStub([100_000, 64], .float32, chunks: [1000, 64])
    x = stub.array
  }

  private func plan(_ arrays: NDArray..., memory: Int = 1 << 30) throws -> [PassPlan] {
    let plans = try Evaluation(arrays.map(\.node), options: .init(memory: memory, threads: 2)).plan()
    #expect(stub.reads.load(ordering: .relaxed) == 0)
    return plans
  }

  @Test func statisticsShareAPass() throws {
    let passes = try plan(x.mean(axis: 0), x.std(axis: 0), x.min(axis: 0), x.max(axis: 0))
    #expect(passes.count == 1)
    #expect(passes[0].bytesRead == x.nbytes)
    #expect(passes[0].program.leaves.count == 1)
  }

  @Test func statisticsOfAnyAxesShareAPass() throws {
    let passes = try plan(x.mean(axis: 0), x.sum(axis: 1), x.argmax(), (x * 2.0).max())
    #expect(passes.count == 1)
    #expect(passes[0].program.leaves.count == 1)
  }

  @Test func standardScoresTakeTwoPasses() throws {
    let passes = try plan((x - x.mean(axis: 0)) / x.std(axis: 0))
    #expect(passes.map(\.bytesRead) == [x.nbytes, x.nbytes])
    #expect(passes.map(\.tasks.count) == [2, 1])
  }

  @Test func nestedStatisticsTakeAPassForEachStep() throws {
    let centred = try x - x.mean()
    #expect(try plan(absolute(centred).mean()).count == 2)
    #expect(try plan((absolute(centred) - absolute(centred).max()).sum()).count == 3)
  }

  @Test func commonSubexpressionsAreComputedOnce() throws {
    let passes = try plan(exp(x + 1.0).sum(), (exp(x + 1.0) * 2.0).sum(), exp(x + 1.0).sum(axis: 0))
    #expect(passes.count == 1)
    // x + 1, exp, and the double of it.
    #expect(passes[0].program.instructions.count == 3)
  }

  /// What would make places of values copies them first, and so does what hands them to a closure.
  @Test func blocksAreLentWhereTheBudgetHasTheWindows() throws {
    func lent(_ array: NDArray, memory: Int = 1 << 30) throws -> [Int] {
      try plan(array, memory: memory).map(\.lent)
    }
    // Two threads, a block of less than a window.
    #expect(try lent(exp(x).sum()) == [2 * 4 << 20])
    #expect(try lent(x.histogram(bins: 10, range: 0...1).counts) == [0])
    #expect(try lent(x.median(axis: 0)).allSatisfy { $0 == 0 })
    #expect(try lent(x.map { (value: Float) in value }.sum()) == [0])
    // Strided reads need the rest of the window.
    #expect(try lent(x.sum(), memory: 64 << 20) == [0])
    #expect(try lent(x.sum(), memory: 128 << 20) == [2 * 4 << 20])
    // Three leaves of a block each.
    let others = try (0..<2).map { _ in try ChunkedStub([100_000, 64], .float32, chunks: [1000, 64]).array }
    let sum = try (x * others[0] + others[1]).sum()
    #expect(try lent(sum, memory: 128 << 20) == [0])
    #expect(try lent(sum) == [2 * 3 * 4 << 20])
  }

  @Test func equalReductionsAreOneSink() throws {
    let passes = try plan(x.sum(axis: 0), x.sum(axis: 0), x.mean(axis: 0), x.std(), x.var())
    #expect(passes.count == 1)
    #expect(passes[0].tasks.count == 2)
  }

  @Test func outputsOfOneShapeShareAPass() throws {
    let passes = try plan(x + 1.0, x * x, x.transposed().transposed())
    #expect(passes.count == 1)
    #expect(passes[0].tasks.count == 3)
    #expect(passes[0].bytesRead == x.nbytes)
  }

  @Test func viewsReadWhatTheyShow() throws {
    let passes = try plan(x[0..<1000].sum())
    #expect(passes.map(\.bytesRead) == [1000 * 64 * 4])
  }

  @Test func aBudgetTooSmallNamesTheLeastThatWorks() throws {
    let wide = try ChunkedStub([4, 8 << 20], .float64, chunks: [1, 1 << 16])
    let sums = try wide.array.sum(axis: 0).node
    func plan(_ memory: Int) throws {
      _ = try Evaluation([sums], options: .init(memory: memory, threads: 2)).plan()
    }
    let error = try #require(throws: TesseraError.self) { try plan(64 << 20) }
    #expect(error.kind == .memory)
    let least = try #require(error.expected?.split(separator: " ")[1].prefix { $0.isNumber })
    let mebibytes = try #require(Int(least))
    #expect(mebibytes > 64)
    try plan(mebibytes << 20)
    #expect(throws: TesseraError.self) { try plan((mebibytes - 2) << 20) }
    #expect(throws: TesseraError.self) {
      try wide.array.sum(axis: 0).evaluated(options: .init(memory: 64 << 20))
    }
    #expect(wide.reads.load(ordering: .relaxed) == 0)
  }

  private func named(_ arrays: [NDArray]) -> NamedBudget {
    NamedBudget { memory in
      _ = try Evaluation(arrays.map(\.node), options: .init(memory: memory, threads: 2)).plan()
    }
  }

  /// The second pass has the results of the first in memory.
  @Test func theNamedBudgetDoesForAllPasses() throws {
    let wide = try ChunkedStub([4, 8 << 20], .float64, chunks: [1, 1 << 16]).array
    let first = named([try wide.sum(axis: 0)])
    let both = named([try (wide - wide.sum(axis: 0)).sum(axis: 0)])
    #expect(first.isLeast && both.isLeast && first.least < both.least, "\(first), \(both)")
    #expect(both.refusal?.path == "stub")
  }

  /// Quantiles take a part of whatever there is.
  @Test func theNamedBudgetDoesForWhatTakesMoreOfMore() throws {
    let long = try ChunkedStub([2, 4_000_000], .float32, chunks: [1, 4_000_000]).array
    for arrays in [[try long.nanmedian()], [try long.median(), try long.std()]] {
      let budget = named(arrays)
      #expect(budget.isLeast && budget.refusal?.path == "stub", "\(budget)")
    }
    let tall = try ChunkedStub([4 << 20, 1 << 20], .float32, chunks: [1 << 10, 1 << 10]).array
    let many = named([try tall.median(axis: 0)])
    #expect(many.isLeast && many.refusal?.path == "stub", "\(many)")
  }

  @Test func aRefusalNamesTheFirstSources() throws {
    let sums = try ["a", "b", "a", "c", "d", "e"].map { path in
      try ChunkedStub([4, 8 << 20], .float64, chunks: [1, 1 << 16], path: path).array.sum(axis: 0)
    }
    #expect(named(sums).refusal?.path == "a, b, c and 2 more")
  }

  @Test func predictionsAreWithinTheBudget() throws {
    for memory in [64 << 20, 128 << 20, 1 << 30] {
      for pass in try plan(x.mean(axis: 0), x.std(axis: 1), memory: memory) {
        #expect(pass.predictedPeak <= memory)
      }
    }
  }
}
