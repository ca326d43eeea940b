import TesseraCore
import TesseraEngine
import TesseraStorage
import TesseraTestSupport
import Testing

/// `nonzero` and `argwhere`, by NumPy's values and a plain loop.
@Suite struct NonzeroTests {
  @Test func positions() throws {
    let x = try NDArray.arange(6).reshape([2, 3])
    let axes = try x.nonzero()
    #expect(try axes[0].elements(as: Int64.self) == [0, 0, 1, 1, 1])
    #expect(try axes[1].elements(as: Int64.self) == [1, 2, 0, 1, 2])
    #expect(try (x .> 2).argwhere().elements(as: Int64.self) == [1, 0, 1, 1, 1, 2])
    #expect(try NDArray([1.5, 0, Double.nan, -0.0]).nonzero()[0].elements(as: Int64.self) == [0, 2])
    #expect(try NDArray.zeros([0, 3]).nonzero().map(\.size) == [0, 0])
    #expect(try NDArray.zeros([0, 3]).argwhere().shape == Shape([0, 2]))
    #expect(try NDArray.zeros([3, 2, 2]).argwhere().shape == Shape([0, 3]))
    #expect(try NDArray(3.0).argwhere().shape == Shape([1, 0]))
    #expect(try NDArray(0.0).argwhere().shape == Shape([0, 0]))
    #expect(throws: TesseraError.self) { try NDArray(3.0).nonzero() }
    let folder = try TemporaryFolder()
    try (NDArray.random([7, 30, 11], seed: 4) .< 0.3).write(to: folder.at("mask.npy"))
    let mask = try NDArray.open(folder.at("mask.npy"))
    let found = try mask.elements(as: Bool.self).enumerated().filter(\.element).map(\.offset)
    let rows = found.flatMap { [Int64($0 / 330), Int64($0 / 11 % 30), Int64($0 % 11)] }
    #expect(try mask.argwhere().elements(as: Int64.self) == rows)
  }
}
