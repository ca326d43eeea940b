import TesseraCore
import TesseraEngine
import TesseraStorage
import Testing

/// The main paths end to end, on numbers one can check by hand.
@Suite struct SmokeTests {
  private let x = try! NDArray((0..<24).map(Float.init), shape: [2, 3, 4])

  @Test func reductions() throws {
    #expect(try x.sum(axis: 0).elements(as: Float.self) == (0..<12).map { Float(2 * $0 + 12) })
    #expect(try x.transposed().sum(axis: [0, 1]).elements(as: Float.self) == [66, 210])
    #expect(try x.max().item(as: Float.self) == 23)
    #expect(try x.argmax().item(as: Int64.self) == 23)
    #expect(try x.argmin(axis: 1).elements(as: Int64.self) == [Int64](repeating: 0, count: 8))
  }

  @Test func standardScoresAreTwoPasses() throws {
    let z = try (x - x.mean(axis: 0)) / x.std(axis: 0)
    #expect(
      try z.elements(as: Float.self) == [Float](repeating: -1, count: 12) + [Float](repeating: 1, count: 12))
    #expect(try explain(z).passes.count == 2)
  }

  @Test func commonReductionsShareAPass() throws {
    #expect(try explain(x.mean(), x.std(), x.min(), x.max()).passes.count == 1)
  }

  @Test func runningTotals() throws {
    #expect(try x.cumsum().elements(as: Float.self).last == 276)
    let flipped = try x[slice(), slice(step: -1)].cumsum(axis: 1)
    #expect(try flipped[0, -1].elements(as: Float.self) == [12, 15, 18, 21])
    #expect(try x.cumprod(axis: 0)[1].elements(as: Float.self) == (0..<12).map { Float($0 * ($0 + 12)) })
  }

  @Test func functionsOfOnesOwn() throws {
    let y = try x.map { (value: Float) in Int32(value) * 2 }
    #expect(try (y + 1).sum(axis: [1, 2]).elements(as: Int64.self) == [144, 432])
  }

  @Test func overBudgetThrowsBeforeAnythingIsRead() throws {
    let large = try NDArray.zeros([1 << 24])
    let options = TransferOptions(memory: 64 << 20)
    #expect(throws: TesseraError.self) { try large.evaluated(options: options) }
    #expect(try large.sum().item(as: Double.self, options: options) == 0)
  }
}
