import TesseraCore
import TesseraEngineTestSupport
import TesseraStorage
import TesseraTestSupport
import Testing

@testable import TesseraEngine

/// `x[rows, columns] = y` and `x[mask] = y` as another array: values of NumPy 2.4, and a plain loop; `tools/differential`
/// compares them with NumPy.
@Suite struct ReplacingListsTests: TwelveNumbers {
  let x: NDArray

  init() throws { x = try Self.numbers() }

  // MARK: Spellings

  @Test func lists() throws {
    let pair = try NDArray([1, 2], shape: [2, 1])
    try expect(x.replacing([0, 2], with: pair), [1, 1, 1, 1, 4, 5, 6, 7, 2, 2, 2, 2])
    try expect(x.replacing([-1, 0], with: 5), [5, 5, 5, 5, 4, 5, 6, 7, 5, 5, 5, 5])
    try expect(x.replacing([0, 2], [1, -1], with: NDArray([7, 8])), [0, 7, 2, 3, 4, 5, 6, 7, 8, 9, 10, 8])
    try expect(x.replacing(1, [0, 2], with: NDArray([7, 8])), [0, 1, 2, 3, 7, 5, 8, 7, 8, 9, 10, 11])
    let square = try NDArray([1, 2, 3, 4], shape: [2, 2])
    try expect(x.replacing(ix([0, 2], [3, 1]), with: square), [0, 2, 2, 1, 4, 5, 6, 7, 8, 4, 10, 3])
    try expect(x.replacing([2, 0], 1..<3, with: square), [0, 3, 4, 3, 4, 5, 6, 7, 8, 1, 2, 11])
    let rows = try NDArray([1, 2, 3, 4, 5, 6, 7, 8], shape: [2, 4])
    try expect(x.replacing([0, 2], slice(step: -1), with: rows), [4, 3, 2, 1, 4, 5, 6, 7, 8, 7, 6, 5])
    let places = try NDArray([0, 1, 1, 0], shape: [2, 2])
    let cube = try NDArray.arange(16).reshape([2, 2, 4])
    try expect(x.replacing(places, with: cube), [12, 13, 14, 15, 8, 9, 10, 11, 8, 9, 10, 11])
    let columns = try NDArray([0, 1, 1, 2], shape: [2, 2])
    try expect(
      x.replacing(places, columns, with: square), [1, 1, 4, 3, 4, 3, 6, 7, 8, 9, 10, 11])
    // What was read of the array beside it.
    try expect(x.replacing([0, 0], with: x[[0, 0]] + 1), [1, 2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 11])
    let items: [IndexItem] = [.positions([1]), .basic(.index(1))]
    try expect(x.replacing(at: items, with: 0), [0, 1, 2, 3, 4, 0, 6, 7, 8, 9, 10, 11])
    try expect(x.replacing([1], with: 2.7), [0, 1, 2, 3, 2, 2, 2, 2, 8, 9, 10, 11])
  }

  @Test func theLastOfEqualPositionsStays() throws {
    let values = try NDArray([7, 8, 9])
    try expect(x.replacing([0, 0, 0], [1, 1, 1], with: values), [0, 9, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    let square = try NDArray([1, 2, 3, 4], shape: [2, 2])
    try expect(x.replacing(ix([0, 0], [1, 1]), with: square), [0, 4, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    try expect(x.replacing(0..<2, [0, 0], with: square), [2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  }

  @Test func masks() throws {
    let above = try x .> 5
    try expect(x.replacing(above, with: -1), [0, 1, 2, 3, 4, 5, -1, -1, -1, -1, -1, -1])
    try expect(x.replacing(above, with: NDArray.arange(6)), [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5])
    try expect(x.replacing(above, with: NDArray([9])), [0, 1, 2, 3, 4, 5, 9, 9, 9, 9, 9, 9])
    let nine = try NDArray([9], shape: [1, 1])
    try expect(
      x.replacing(ellipsis, above, with: nine), [0, 1, 2, 3, 4, 5, 9, 9, 9, 9, 9, 9])
    try expect(x.replacing(x .> 99, with: NDArray.zeros([0])), Array(0..<12))
    let some = try NDArray([true, false, true])
    try expect(x.replacing(some, with: NDArray.arange(4)), [0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3])
    try expect(
      x.replacing(some, with: NDArray.arange(8).reshape([2, 4])), [0, 1, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7])
    try expect(x.replacing(some, [0, 1], with: NDArray([5, 6])), [5, 1, 2, 3, 4, 5, 6, 7, 8, 6, 10, 11])
    let columns = try NDArray([false, true, true, false])
    try expect(
      x.replacing(0..., columns, with: NDArray([5, 6])), [0, 5, 6, 3, 4, 5, 6, 7, 8, 5, 6, 11])
    try expect(x.replacing(NDArray(true), with: NDArray.arange(4)), [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3])
    try expect(x.replacing(NDArray(false), with: 4), Array(0..<12))
    #expect(try NDArray(3.0).replacing(NDArray(true), with: 4).item(as: Double.self) == 4)
  }

  /// A mask by itself with one value for all is not computed before the array is.
  @Test func masksThatStayExpressions() throws {
    let far = try NDArray.arange(1 << 20).map { (_: Int64) throws -> Bool in
      throw TesseraError(.usage, "computed")
    }
    let replaced = try NDArray.arange(1 << 20).replacing(far, with: 0)
    #expect([replaced.node].listedBytes == 0)
    #expect(throws: TesseraError.self) { try replaced.sum().item(as: Int64.self) }
  }

  @Test func whatIsKeptInMemory() throws {
    let x = try NDArray.zeros([1000, 10])
    let rows = Array(0..<100)
    #expect(try [x.replacing(rows, with: 1).node].listedBytes == 800)
    #expect(try [x.replacing(ix(rows, [1, 3]), with: 1).node].listedBytes == 816)
    #expect(try [x.replacing(Array(rows.reversed()), with: 1).node].listedBytes == 800)
    let values = try NDArray.zeros([100, 1])
    #expect(try [x.replacing(Array(rows.reversed()), with: values).node].listedBytes == 1600)
  }

  // MARK: A plain loop

  /// Lists, masks and ranges in stored arrays, by values of any shape that broadcasts.
  @Test(arguments: UInt64(0)..<60) func anyItems(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let shape = (0..<Int.random(in: 1...4, using: &random)).map { _ in Int.random(in: 1...7, using: &random) }
    let items = try ReplacingListsTests.items(shape, &random)
    let count = shape.reduce(1, *)
    let places = try NDArray.arange(count).reshape(shape).indexed(by: items)
    let own = places.shape.dimensions.map { Int.random(in: 0...3, using: &random) == 0 ? 1 : $0 }
    let values = try NDArray((0..<own.reduce(1, *)).map { -1 - Double($0) }, shape: own)
    var expected = (0..<count).map(Double.init)
    let given = try values.broadcast(to: places.shape.dimensions).elements(as: Double.self)
    for (place, value) in zip(try places.elements(as: Int64.self), given) { expected[Int(place)] = value }
    let folder = try TemporaryFolder()
    let counting = try NDArray((0..<count).map(Double.init), shape: shape)
    let forms = try StoredForms(counting, in: folder, using: &random)
    try values.write(to: folder.at("values.npy"))
    let stored = try NDArray.open(folder.at("values.npy"))
    for (form, array) in forms.all {
      let note: Comment = "seed \(seed): \(form), \(shape), \(items), \(own)"
      for values in [values, try stored * 2 / 2] {
        let replaced = try array.replacing(at: items, with: values)
        #expect(replaced.shape.dimensions == shape, note)
        #expect(try replaced.elements(as: Double.self) == expected, note)
        #expect(try replaced.flip().ravel().elements(as: Double.self) == expected.reversed(), note)
        #expect(try replaced.sum().item(as: Double.self) == expected.reduce(0, +), note)
      }
    }
  }

  private static func items(_ shape: [Int], _ random: inout SeededGenerator) throws -> [IndexItem] {
    let lengths = (0..<2).map { _ in Int.random(in: 1...6, using: &random) }
    var items: [IndexItem] = []
    for (axis, length) in shape.enumerated() {
      // A list at least.
      switch axis == 0 ? 0 : Int.random(in: 0...3, using: &random) {
      case 0, 1:
        let own = lengths.suffix(Int.random(in: 0...2, using: &random)).map {
          Int.random(in: 0...3, using: &random) == 0 ? 1 : $0
        }
        let list = (0..<own.reduce(1, *)).map { _ in Int.random(in: -length..<length, using: &random) }
        items.append(.array(try NDArray(list.map(Int64.init), shape: own)))
      case 2:
        let chosen = Int.random(in: 0..<length, using: &random)
        items.append(.array(try NDArray((0..<length).map { $0 == chosen })))
      default: items.append(.basic(.slice(step: [1, 2, -1].randomElement(using: &random)!)))
      }
    }
    return items
  }

  /// Many rows of a compressed store, in any order, and some of their columns.
  @Test func rowsOfAStore() throws {
    let folder = try TemporaryFolder()
    let layout = ArrayLayout(codec: .lz4, chunks: [64, 8])
    try NDArray.arange(40_000).reshape([5000, 8]).write(to: folder.at("x.zarr"), layout: layout)
    let rows = (0..<2500).map { ($0 * 37) % 2500 * 2 }
    let values = try -NDArray.arange(2500).expandDims(axis: 1)
    let replaced = try NDArray.open(folder.at("x.zarr")).replacing(rows, 1..<7, with: values)
    var expected = (0..<40_000).map(Int64.init)
    for (place, row) in rows.enumerated() {
      for column in 1..<7 { expected[row * 8 + column] = -Int64(place) }
    }
    #expect(try replaced.elements(as: Int64.self) == expected)
  }

  // MARK: Mistakes

  /// The words of NumPy 2.4.
  @Test func mistakes() throws {
    let words: [(String, () throws -> NDArray)] = [
      (
        "value array of shape (2,) could not be broadcast to indexing result of shape (2, 4)",
        { try x.replacing([0, 2], with: NDArray([1, 2])) }
      ),
      ("value array of shape (3,)", { try x.replacing([] as [Int], with: NDArray([1, 2, 3])) }),
      ("indexing result of shape (6,)", { try x.replacing(x .> 5, with: NDArray([1, 2, 3])) }),
      (
        "requires a 0 or 1-dimensional input",
        { try x.replacing(x .> 5, with: NDArray([1], shape: [1, 1])) }
      ),
      ("broadcast together with shapes (2,) (3,)", { try x.replacing([0, 1], [0, 1, 2], with: 0) }),
      ("index 5 is out of bounds for axis 0 with size 3", { try x.replacing([5], with: 0) }),
      ("boolean index did not match", { try x.replacing(NDArray([true]), with: 0) }),
    ]
    for (text, body) in words {
      let error = #expect(throws: TesseraError.self) { try body() }
      #expect(error?.kind == .usage && error?.what.contains(text) == true, "\(text): \(error as Any)")
    }
    #expect(throws: TesseraError.self) { try NDArray([1 as UInt8]).replacing([0], with: 300) }
  }
}
