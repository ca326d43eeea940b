import TesseraCore
import TesseraEngine
import TesseraTestSupport
import Testing

/// `diff` with what stands before and behind an array: the answers of NumPy 2.4.
@Suite struct DifferencesTests {
  private static func x() throws -> NDArray { try NDArray((0..<12).map(Double.init), shape: [3, 4]) }

  @Test func anElementOnEitherSide() throws {
    let x = try DifferencesTests.x()
    let before = try x.diff(prepend: NDArray(0))
    #expect(before.shape.dimensions == [3, 4])
    #expect(try before.elements(as: Double.self) == [0, 1, 1, 1, 4, 1, 1, 1, 8, 1, 1, 1])
    let behind = try x.diff(n: 2, axis: 0, append: NDArray(1.0))
    #expect(behind.shape.dimensions == [2, 4])
    #expect(try behind.elements(as: Double.self) == [0, 0, 0, 0, -11, -12, -13, -14])
  }

  @Test func arraysOnBothSides() throws {
    let x = try DifferencesTests.x()
    let both = try x.diff(axis: 1, prepend: NDArray.zeros([3, 2]), append: NDArray(5))
    #expect(both.shape.dimensions == [3, 6])
    let expected: [Double] = [0, 0, 1, 1, 1, 2, 0, 4, 1, 1, 1, -2, 0, 8, 1, 1, 1, -6]
    #expect(try both.elements(as: Double.self) == expected)
    let row = try x.diff(axis: 0, prepend: NDArray([1.0, 2, 3, 4], shape: [1, 4]))
    #expect(try row.elements(as: Double.self) == [-1, -1, -1, -1, 4, 4, 4, 4, 4, 4, 4, 4])
    #expect(try NDArray.zeros([2, 0]).diff(prepend: NDArray(1.0)).shape.dimensions == [2, 0])
  }

  /// Edges promote as arrays do.
  @Test func dtypes() throws {
    let short = try NDArray([1, 2] as [Int8])
    #expect(try short.diff(prepend: NDArray(300)).elements(as: Int64.self) == [-299, 1])
    #expect(try short.diff(prepend: NDArray(3 as Int16)).elements(as: Int16.self) == [-2, 1])
    #expect(try short.astype(.float32).diff(prepend: NDArray(2.5)).elements(as: Double.self) == [-1.5, 1])
    let flags = try NDArray([true, false])
    #expect(try flags.diff(prepend: NDArray(true)).elements(as: Bool.self) == [false, true])
    #expect(try flags.diff(prepend: NDArray(1)).elements(as: Int64.self) == [0, -1])
  }

  @Test func edges() throws {
    let x = try DifferencesTests.x()
    #expect(try x.diff(n: 0, axis: 7, prepend: NDArray(0)).shape.dimensions == [3, 4])
    #expect(throws: TesseraError.self) { try x.diff(axis: 0, prepend: NDArray([1.0, 2, 3, 4])) }
    #expect(throws: TesseraError.self) { try x.diff(axis: 0, append: NDArray.zeros([1, 3])) }
    #expect(throws: TesseraError.self) { try NDArray(1.0).diff(prepend: NDArray(0)) }
    #expect(throws: TesseraError.self) { try x.diff(n: -1) }
  }
}
