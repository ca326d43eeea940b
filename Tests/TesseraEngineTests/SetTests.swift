import TesseraCore
import TesseraEngine
import TesseraStorage
import TesseraTestSupport
import Testing

/// Membership and sets, with NumPy 2.4's answers; `tools/differential` compares random ones.
@Suite struct SetTests {
  private func isIn(_ element: NDArray, _ test: NDArray) throws -> [Bool] {
    let found = try isin(element, test)
    let not: [Bool] = try isin(element, test, invert: true).elements()
    let result: [Bool] = try found.elements()
    #expect(found.dtype == .bool && found.shape == element.shape)
    #expect(not == result.map { !$0 })
    return result
  }

  @Test func membership() throws {
    let x = try NDArray([1, 2, 3, 4], shape: [2, 2])
    #expect(try isIn(x, NDArray([9, 2, 2])) == [false, true, false, false])
    #expect(try isin(x, [9, 2]).elements(as: Bool.self) == [false, true, false, false])
    #expect(try isIn(x, NDArray.zeros([0])) == [false, false, false, false])
    #expect(try isIn(NDArray(3), NDArray([3, 4], shape: [1, 2])) == [true])
    #expect(try isIn(NDArray.zeros([0, 3]), NDArray([1.0])) == [])
    #expect(try isIn(NDArray.full([3, 5000], 7), NDArray([7])) == [Bool](repeating: true, count: 15_000))
  }

  /// numpy.isin([1, nan, -0.0], [nan, 1, 0.0]); numpy.isin([complex(1, nan), 1], [complex(1, nan), 1])
  @Test func nanIsInNothing() throws {
    let n = Double.nan
    #expect(try isIn(NDArray([1, n, -0.0]), NDArray([n, 1, 0.0])) == [true, false, true])
    #expect(try isIn(NDArray([1, n]), NDArray([n])) == [false, false])
    let c = try NDArray([Complex(1, n), Complex(1.0, 0), Complex(n, 1), Complex(n, n)])
    #expect(try isIn(c, c) == [false, true, false, false])
  }

  /// Elements meet as they do in `==`: what is promoted is compared as such, int64 and uint64 as the numbers they are.
  @Test func dtypesMeet() throws {
    #expect(try isIn(NDArray([Float(0.1), 0.5]), NDArray([0.1, 0.5])) == [false, true])
    #expect(try isIn(NDArray([257] as [Int64]), NDArray([1] as [Int8])) == [false])
    #expect(try isIn(NDArray([-1] as [Int8]), NDArray([255] as [UInt8])) == [false])
    #expect(try isIn(NDArray([0, 1, 2]), NDArray([true])) == [false, true, false])
    #expect(try isIn(NDArray([true, false]), NDArray([1, 2])) == [true, false])
    let unsigned = try NDArray([1 << 63, 5, 9_007_199_254_740_993, .max] as [UInt64])
    let signed = try NDArray([.min, 5, 9_007_199_254_740_992, -1] as [Int64])
    #expect(try isIn(unsigned, signed) == [false, true, false, false])
    #expect(try isIn(signed, unsigned) == [false, true, false, false])
  }

  @Test(arguments: UInt64(0)..<8) func membershipOfManyElements(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let most = Int32([20, 3000, 1 << 30][Int(seed % 3)])
    func numbers(_ count: Int) -> [Int32] {
      (0..<count).map { _ in Int32.random(in: -most...most, using: &random) }
    }
    let (list, more) = (numbers(2000), numbers(9000))
    let elements = more + list
    let known = Set(list)
    let folder = try TemporaryFolder()
    try NDArray(elements, shape: [110, 100]).write(to: folder.at("x.zarr"), layout: .init(chunks: [7, 30]))
    let x = try NDArray.open(folder.at("x.zarr"))
    for threads in [1, 3] {
      let options = TransferOptions(memory: 64 << 20, threads: threads)
      let found = try isin(x, NDArray(list), options: options)
      #expect(try found.elements(options: options) == elements.map { known.contains($0) }, "seed \(seed)")
      let wide = try isin(x.astype(.float64), NDArray(list), options: options)
      #expect(try wide.arrayEqual(found), "seed \(seed)")
    }
  }

  // MARK: Sets

  @Test func setsOfIntegers() throws {
    let (a, b) = (try NDArray([3, 1, 2, 1]), try NDArray([2, 5, 3, 7], shape: [2, 2]))
    #expect(try union1d(a, b).elements(as: Int.self) == [1, 2, 3, 5, 7])
    #expect(try intersect1d(a, b).elements(as: Int.self) == [2, 3])
    #expect(try setdiff1d(a, b).elements(as: Int.self) == [1])
    #expect(try setxor1d(a, b).elements(as: Int.self) == [1, 5, 7])
    let three = NDArray(3)
    #expect(try union1d(three, three).elements(as: Int.self) == [3])
    #expect(try intersect1d(three, three).elements(as: Int.self) == [3])
    #expect(try setdiff1d(three, three).shape.dimensions == [0])
    #expect(try setxor1d(three, three).shape.dimensions == [0])
  }

  /// a, b = [nan, 1, nan], [nan, 2]
  @Test func nansOfSets() throws {
    let n = Double.nan
    let (a, b) = (try NDArray([n, 1, n]), try NDArray([n, 2]))
    func texts(_ array: NDArray) throws -> [String] {
      try array.elements(as: Double.self).map { "\(abs($0))" }
    }
    #expect(try texts(union1d(a, b)) == ["1.0", "2.0", "nan"])
    #expect(try texts(intersect1d(a, b)) == [])
    #expect(try texts(setdiff1d(a, b)) == ["1.0", "nan"])
    #expect(try texts(setxor1d(a, b)) == ["1.0", "2.0", "nan", "nan"])
  }

  /// The dtype is that of both, but of a difference that of the first.
  @Test func dtypesOfSets() throws {
    let (a, b) = (try NDArray([1, 2] as [UInt64]), try NDArray([2, -1] as [Int64]))
    #expect(try union1d(a, b).elements(as: Double.self) == [-1, 1, 2])
    #expect(try intersect1d(a, b).elements(as: Double.self) == [2])
    #expect(try setdiff1d(a, b).elements(as: UInt64.self) == [1])
    #expect(try setxor1d(a, b).elements(as: Double.self) == [-1, 1])
    let (none, some) = (try NDArray.zeros([0], dtype: .float32), try NDArray([1] as [Int16]))
    #expect(try union1d(some, none).elements(as: Float.self) == [1])
    #expect(try intersect1d(some, none).dtype == .float32)
    #expect(try setdiff1d(some, none).elements(as: Int16.self) == [1])
    #expect(try setdiff1d(none, some).elements(as: Float.self) == [])
    #expect(try setxor1d(some, none).elements(as: Float.self) == [1])
    #expect(try setxor1d(none, none).size == 0)
    let bools = try NDArray([true, false])
    #expect(try setdiff1d(bools, NDArray([2])).elements(as: Bool.self) == [false, true])
    #expect(try setxor1d(bools, NDArray([2])).elements(as: Int.self) == [0, 1, 2])
  }

  @Test func setsWithinASmallBudget() throws {
    let options = TransferOptions(memory: 64 << 20, threads: 2)
    let (a, b) = (try NDArray.arange(0, 200_000, step: 2), try NDArray.arange(0, 200_000, step: 3))
    let sixth = stride(from: 0, to: 200_000, by: 6).map { $0 }
    #expect(try intersect1d(a, b, options: options).elements(as: Int.self) == sixth)
    let odd = (0..<200_000).filter { ($0 % 2 == 0) != ($0 % 3 == 0) }
    #expect(try setxor1d(a, b, options: options).elements(as: Int.self) == odd)
    let rest = (0..<200_000).filter { $0 % 2 == 0 && $0 % 3 != 0 }
    #expect(try setdiff1d(a, b, options: options).elements(as: Int.self) == rest)
  }
}
