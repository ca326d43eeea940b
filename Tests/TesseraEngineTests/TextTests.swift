import TesseraCore
import TesseraEngine
import TesseraEngineTestSupport
import TesseraStorage
import TesseraTestSupport
import Testing

/// Arrays as text; how elements are printed is tested with `ArrayPrinter`, against NumPy.
@Suite struct TextTests {
  @Test func descriptionsReadNothing() throws {
    let folder = try TemporaryFolder()
    try NDArray.zeros([6, 4], dtype: .float32).write(to: folder.at("x.npy"))
    let counting = try CountingDriver(folder.at("x.npy"))
    let x = counting.array
    #expect("\(x)" == "NDArray((6, 4), float32, \"\(folder.at("x.npy"))\")")
    let sum = try (x + 1).sum(axis: 0)
    #expect(sum.description == "NDArray((4,), float32, computed)")
    #expect(try NDArray.random([2, 0]).description == "NDArray((2, 0), float64, computed)")
    #expect(try NDArray([1, 2, 3] as [Int16]).description == "NDArray((3,), int16, in memory)")
    #expect(try NDArray.arange(3).sum().evaluated().description == "NDArray((), int64, in memory)")
    #expect(counting.reads.load(ordering: .relaxed) == 0)
  }

  /// What `str` gives in NumPy 2.4.
  @Test func asNumPyPrints() throws {
    let halves = try NDArray.arange(6).reshape([2, 3]) + 0.5
    #expect(try halves.text() == "[[0.5 1.5 2.5]\n [3.5 4.5 5.5]]")
    #expect(try NDArray(2.5).text() == "2.5")
    #expect(try NDArray([true, false]).text() == "[ True False]")
    #expect(try NDArray.zeros([0, 3]).text() == "[]")
    #expect(try NDArray.arange(1001).text() == "[   0    1    2 ...  998  999 1000]")
    let totals = try NDArray.arange(2000).cumsum()
    #expect(try totals.text() == "[      0       1       3 ... 1995003 1997001 1999000]")
    let means = try NDArray.arange(12_000).reshape([3, 2, 2000]).mean(axis: 2)
    #expect(try means.text() == "[[  999.5  2999.5]\n [ 4999.5  6999.5]\n [ 8999.5 10999.5]]")
  }

  @Test func onlyTheEdgesOfLargeArrays() throws {
    let folder = try TemporaryFolder()
    try NDArray.arange(2_000_000).reshape([4000, 500]).write(to: folder.at("x.npy"))
    let counting = try CountingDriver(folder.at("x.npy"))
    let expected = [
      "[[      0       2       4 ...     994     996     998]",
      " [   1000    1002    1004 ...    1994    1996    1998]",
      " [   2000    2002    2004 ...    2994    2996    2998]",
      " ...",
      " [3997000 3997002 3997004 ... 3997994 3997996 3997998]",
      " [3998000 3998002 3998004 ... 3998994 3998996 3998998]",
      " [3999000 3999002 3999004 ... 3999994 3999996 3999998]]",
    ].joined(separator: "\n")
    #expect(try (counting.array * 2).text() == expected)
    #expect(counting.elements.load(ordering: .relaxed) < 200_000)
    let stored = try (NDArray.open(folder.at("x.npy")) * 2)
    try stored.write(to: folder.at("twice.zarr"), layout: .init(codec: .lz4, chunks: [300, 70]))
    #expect(try StoredArray.open(folder.at("twice.zarr")).text() == expected)
  }

  @Test func tooMany() throws {
    let error = #expect(throws: TesseraError.self) {
      try NDArray.zeros([Int](repeating: 7, count: 8)).text()
    }
    #expect(error?.kind == .usage)
  }
}
