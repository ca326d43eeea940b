import TesseraCore
import TesseraIO
import TesseraTestSupport
import Testing

@testable import TesseraEngine

/// Expressions of many steps: what is deeper than stacks are is refused, and ends without one.
@Suite struct DeepGraphTests {
  private func chain(_ steps: Int) throws -> NDArray {
    var x = try NDArray([1.0, 2, 3])
    for _ in 0..<steps { x = try x + 1.0 }
    return x
  }

  @Test func manyStepsAreComputed() throws {
    let x = try chain(400)
    #expect(try x.elements(as: Double.self) == [401, 402, 403])
    #expect(try x.sum().item(as: Double.self) == 1206)
    // As many as there may be.
    let most = Node.mostDepth
    #expect(try chain((most - 1) / 2).elements(as: Double.self).count == 3)
    var joined = try NDArray([0.0])
    for number in 1..<most { joined = try concatenate([joined, NDArray([Double(number)])]) }
    #expect(joined.node.depth == most)
    #expect(try joined.elements(as: Double.self) == (0..<most).map(Double.init))
  }

  @Test func tooManyStepsAreAnError() throws {
    let folder = try TemporaryFolder()
    let x = try chain(20_000)
    let uses: [(String, () throws -> Void)] = [
      ("elements", { _ = try x.elements(as: Double.self) }),
      ("sum", { _ = try x.sum().evaluated() }),
      ("explain", { _ = try explain(x) }),
      ("write", { try x.write(to: folder.at("x.npy")) }),
      ("median", { _ = try x.median().evaluated() }),
      ("reshaped", { _ = try x.reshape([3, 1]).cumsum(axis: 0)[-1].elements(as: Double.self) }),
    ]
    for (name, use) in uses {
      let error = #expect(throws: TesseraError.self, "\(name)") { try use() }
      #expect(error?.kind == .usage, "\(name)")
    }
    #expect(folder.names.isEmpty)
    // What was shared ends with the last that holds it.
    let shared = try chain(3000)
    var users = [try shared * 2.0, try shared + 1.0]
    users.removeLast()
    #expect(try users[0].shape == Shape([3]))
  }

  @Test func graphsOfAnyDepthEnd() throws {
    _ = try chain(200_000)
  }

  @Test func differencesEndWithTheAxis() throws {
    let x = try NDArray([1.0, 4, 9])
    #expect(try x.diff(n: 2).elements(as: Double.self) == [2])
    #expect(try x.diff(n: 100_000).elements(as: Double.self) == [])
    #expect(try x.diff(n: 100_000).dtype == .float64)
    #expect(try x.diff(n: .max).shape.dimensions == [0])
  }

  /// However many are asked for, no more are made than can be computed.
  @Test func differencesOfLongAxesAreRefused() throws {
    let x = try NDArray.zeros([1 << 40])
    let error = #expect(throws: TesseraError.self) { try x.diff(n: 1 << 62) }
    #expect(error?.kind == .usage)
  }
}
