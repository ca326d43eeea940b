import TesseraCore
import TesseraEngine
import TesseraStorage
import TesseraTestSupport
import Testing

/// Positions in lists, with NumPy 2.4's answers; `tools/differential` compares random ones.
@Suite struct SearchingTests {
  private func positions(_ array: NDArray) throws -> [Int64] { try array.elements(as: Int64.self) }

  /// numpy.searchsorted([1, 2, 2, 3], [2, 0, 9])
  @Test func eitherSideOfEqualElements() throws {
    let v = try NDArray([2, 0, 9] as [Int32])
    #expect(try positions(searchsorted([1, 2, 2, 3], v)) == [1, 0, 4])
    #expect(try positions(searchsorted([1, 2, 2, 3], v, side: .right)) == [3, 0, 4])
  }

  /// numpy.searchsorted([1, 2, nan, nan], [nan, 2, 3]); numpy.searchsorted([-0.0, 0.0, 0.0], [0.0, -0.0])
  @Test func nanIsAboveAllAndZerosAreEqual() throws {
    let v = try NDArray([Double.nan, 2, 3])
    let list = [1, 2, Double.nan, .nan]
    #expect(try positions(searchsorted(list, v)) == [2, 1, 2])
    #expect(try positions(searchsorted(list, v, side: .right)) == [4, 2, 2])
    let zeros = try NDArray([0.0, -0.0])
    #expect(try positions(searchsorted([-0.0, 0.0, 0.0], zeros)) == [0, 0])
    #expect(try positions(searchsorted([-0.0, 0.0, 0.0], zeros, side: .right)) == [3, 3])
  }

  /// Complex numbers, with NaN in either part and in both, each at its own place in NumPy's order.
  @Test func complexNumbers() throws {
    let n = Double.nan
    let list: [Complex<Double>] = [
      Complex(1, 1), Complex(1, 2), Complex(2, 0), Complex(0, n), Complex(3, n), Complex(n, 0),
      Complex(n, n),
    ]
    let c = try NDArray(list)
    #expect(try positions(searchsorted(c, c)) == [0, 1, 2, 3, 4, 5, 6])
    #expect(try positions(searchsorted(c, c, side: .right)) == [1, 2, 3, 4, 5, 6, 7])
    #expect(try positions(searchsorted(c, NDArray([1.0, 2, 3]), side: .right)) == [0, 3, 3])
  }

  /// int64 and uint64 meet in float64, float32 and float64 too; bools in int64.
  @Test func dtypesMeet() throws {
    let first: Int64 = 9_007_199_254_740_992
    let wide = try NDArray([first, first + 1, first + 2])
    #expect(try positions(searchsorted(wide, NDArray([UInt64(first) + 1]))) == [0])
    #expect(try positions(searchsorted(wide, NDArray([first + 1]))) == [1])
    #expect(try positions(searchsorted([Float(0.1)], NDArray([0.1]))) == [0])
    #expect(try positions(searchsorted([false, true], NDArray([0, 1, 2]), side: .right)) == [1, 2, 2])
    let short = try NDArray([1, 2, 3]).astype(.bfloat16)
    #expect(try positions(searchsorted(short, NDArray([2]).astype(.bfloat16))) == [1])
  }

  /// numpy.searchsorted([3, 1, 2], [2, 3], sorter=[1, 2, 0])
  @Test func sorters() throws {
    let v = try NDArray([2, 3])
    #expect(try positions(searchsorted([3, 1, 2], v, sorter: [1, 2, 0])) == [1, 2])
    for sorter in [[1, 2], [1, 2, -3], [1, 2, 3], [0, 1, 2]] {
      let error = #expect(throws: TesseraError.self) { try searchsorted([3, 1, 2], v, sorter: sorter) }
      #expect(error?.kind == .usage)
    }
  }

  @Test func shapesAndEmptyLists() throws {
    let none = try NDArray.zeros([0])
    let v = try NDArray([1, Double.nan, 3, 4], shape: [2, 2])
    let found = try searchsorted(none, v)
    #expect(found.shape.dimensions == [2, 2] && found.dtype == .int64)
    #expect(try positions(found) == [0, 0, 0, 0])
    let one = try searchsorted([1, 2, 2, 3], NDArray(2))
    #expect(one.ndim == 0)
    #expect(try one.item(as: Int64.self) == 1)
    #expect(try searchsorted([1], .zeros([0, 3])).shape.dimensions == [0, 3])
    let refused: [() throws -> NDArray] = [
      { try searchsorted(NDArray(1), v) }, { try searchsorted(NDArray([1, 2], shape: [1, 2]), v) },
      { try searchsorted([2, 1], v) },
    ]
    for work in refused {
      let error = #expect(throws: TesseraError.self) { try work() }
      #expect(error?.kind == .usage)
    }
  }

  /// One element that stands for all, and blocks on several threads.
  @Test func streamedAndFused() throws {
    let folder = try TemporaryFolder()
    let count = 200_000
    let values = (0..<count).map { Float(($0 * 7919) % 1000) / 10 }
    try NDArray(values, shape: [200, 1000]).write(to: folder.at("x.npy"))
    let x = try NDArray.open(folder.at("x.npy"))
    let edges = (0..<100).map { Float($0) }
    let expected = values.map { Int64($0.rounded(.down)) + 1 }
    for threads in [1, 3] {
      let options = TransferOptions(memory: 64 << 20, threads: threads)
      let found = try searchsorted(edges, x, side: .right)
      #expect(try found.elements(as: Int64.self, options: options) == expected)
      #expect(try found.sum().item(as: Int64.self, options: options) == expected.reduce(0, +))
    }
    let same = try searchsorted(edges, NDArray.full([1000, 50], Float(3.5)))
    #expect(try same.elements(as: Int64.self) == [Int64](repeating: 4, count: 50_000))
  }

  private let elements: [Double] = [-1, 0, 0.5, 1, 2, 3, .nan, .infinity, -.infinity]

  /// numpy.digitize(x, bins) and numpy.digitize(x, bins, right=True)
  @Test func bins() throws {
    let x = try NDArray(elements)
    func check(_ bins: [Double], _ left: [Int64], _ right: [Int64]) throws {
      #expect(try positions(digitize(x, bins)) == left, "\(bins)")
      #expect(try positions(digitize(x, bins, right: true)) == right, "\(bins)")
    }
    try check([0, 1, 2], [0, 1, 1, 2, 3, 3, 3, 3, 0], [0, 0, 1, 1, 2, 3, 3, 3, 0])
    try check([2, 1, 0], [3, 2, 2, 1, 0, 0, 0, 0, 3], [3, 3, 2, 2, 1, 0, 0, 0, 3])
    try check([2, 2, 1, 1, 0, 0], [6, 4, 4, 2, 0, 0, 0, 0, 6], [6, 6, 4, 4, 2, 0, 0, 0, 6])
    try check([1, 1, 1], [0, 0, 0, 3, 3, 3, 3, 3, 0], [0, 0, 0, 0, 3, 3, 3, 3, 0])
    try check([], [Int64](repeating: 0, count: 9), [Int64](repeating: 0, count: 9))
    #expect(try positions(digitize(x, [1, 2, Double.nan])) == [0, 0, 0, 1, 2, 2, 3, 2, 0])
    #expect(try positions(digitize(x, [Double.nan, 2, 1])) == [3, 3, 3, 2, 1, 1, 0, 1, 3])
    #expect(try digitize(NDArray(1.5), [1, 2]).item(as: Int64.self) == 1)
    #expect(try positions(digitize(NDArray([true, false]), [0, 1])) == [2, 1])
  }

  @Test func binsThatAreRefused() throws {
    let x = try NDArray(elements)
    let complex = try NDArray([Complex(1.0, 0)])
    let refused: [() throws -> NDArray] = [
      { try digitize(x, [2, 1, 3]) }, { try digitize(x, [Double.nan, 1, 2]) },
      { try digitize(x, NDArray(1)) },
      { try digitize(x, complex) }, { try digitize(complex, [1]) },
    ]
    for work in refused {
      let error = #expect(throws: TesseraError.self) { try work() }
      #expect(error?.kind == .usage)
    }
    let error = #expect(throws: TesseraError.self) { try digitize(x, [2, 1, 3]) }
    #expect(error?.what == "bins must be monotonically increasing or decreasing")
  }
}
