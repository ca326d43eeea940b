import TesseraCore
import TesseraEngine
import TesseraTestSupport
import Testing

/// `x[…] = y` as another array, by the values of NumPy 2.4.
@Suite struct ReplacingTests: TwelveNumbers {
  let x: NDArray

  init() throws { x = try Self.numbers() }

  @Test func ranges() throws {
    let square = try NDArray([7, 8, 9, 10], shape: [2, 2])
    try expect(x.replacing(0..<2, 1..<3, with: square), [0, 7, 8, 3, 4, 9, 10, 7, 8, 9, 10, 11])
    try expect(x.replacing(1, with: -1), [0, 1, 2, 3, -1, -1, -1, -1, 8, 9, 10, 11])
    try expect(
      x.replacing(slice(step: -1), 0, with: NDArray([7, 8, 9])), [9, 1, 2, 3, 8, 5, 6, 7, 7, 9, 10, 11])
    let column = try NDArray([1, 2, 3], shape: [3, 1])
    try expect(
      x.replacing(0..., slice(step: 2), with: column), [1, 1, 1, 3, 2, 5, 2, 7, 3, 9, 3, 11])
    try expect(
      x.replacing(1..., slice(step: -3), with: NDArray([1, 2, 3, 4], shape: [2, 2])),
      [0, 1, 2, 3, 2, 5, 6, 1, 4, 9, 10, 3])
    try expect(
      x.replacing(ellipsis, -1, with: NDArray.ones([1, 1, 3])), [0, 1, 2, 1, 4, 5, 6, 1, 8, 9, 10, 1])
    let fives = try NDArray([5, 6, 7], shape: [3, 1])
    try expect(
      x.replacing(ellipsis, newAxis, 1, with: fives), [0, 5, 2, 3, 4, 6, 6, 7, 8, 7, 10, 11])
    try expect(x.replacing(ellipsis, with: 5), [Int64](repeating: 5, count: 12))
    try expect(x.replacing(2..<2, with: 9), Array(0..<12))
    try expect(x.replacing(0, 0, with: 3), [3] + Array(1..<12))
    #expect(try NDArray(3.5).replacing(ellipsis, with: 2).item(as: Double.self) == 2)
  }

  /// More stretches than are arrays of their own, of a stored array.
  @Test func steps() throws {
    let folder = try TemporaryFolder()
    try NDArray.arange(3000).reshape([1000, 3]).write(to: folder.at("x.npy"))
    let stored = try NDArray.open(folder.at("x.npy"))
    let replaced = try stored.replacing(slice(1, 900, step: 7), slice(step: 2), with: -1)
    let expected = (0..<3000).map { place in
      let (row, column) = (place / 3, place % 3)
      return Int64(row >= 1 && row < 900 && row % 7 == 1 && column != 1 ? -1 : place)
    }
    #expect(try replaced.elements(as: Int64.self) == expected)
  }

  @Test func mistakes() throws {
    let words: [(String, () throws -> NDArray)] = [
      (
        "could not broadcast input array from shape (3,) into shape (2, 4)",
        { try x.replacing(0..<2, with: NDArray.zeros([3])) }
      ),
      ("from shape (5,) into shape (0, 4)", { try x.replacing(2..<2, with: NDArray.zeros([5])) }),
      ("from shape (2, 1, 4) into shape (1, 4)", { try x.replacing(0..<1, with: NDArray.zeros([2, 1, 4])) }),
      ("index 5 is out of bounds for axis 0 with size 3", { try x.replacing(5, with: 0) }),
    ]
    for (text, body) in words {
      let error = #expect(throws: TesseraError.self) { try body() }
      #expect(error?.kind == .usage && error?.what.contains(text) == true, "\(error as Any)")
    }
  }
}
