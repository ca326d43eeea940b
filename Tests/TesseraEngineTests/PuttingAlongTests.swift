import TesseraCore
import TesseraEngineTestSupport
import TesseraStorage
import TesseraTestSupport
import Testing

@testable import TesseraEngine

/// `putAlongAxis`: values of NumPy 2.4, and a plain loop; `tools/differential` compares it with NumPy.
@Suite struct PuttingAlongTests: TwelveNumbers {
  let x: NDArray

  init() throws { x = try Self.numbers() }

  @Test func spellings() throws {
    let column = try NDArray([1, 2, 3], shape: [3, 1])
    try expect(x.putAlongAxis(column, -1, axis: 1), [0, -1, 2, 3, 4, 5, -1, 7, 8, 9, 10, -1])
    let one = try NDArray([1] as [UInt8], shape: [1, 1])
    try expect(x.putAlongAxis(one, -1, axis: 1), [0, -1, 2, 3, 4, -1, 6, 7, 8, -1, 10, 11])
    let pair = try NDArray([1, 2], shape: [1, 2])
    let values = try NDArray([9, 8], shape: [1, 1, 2])
    try expect(x.putAlongAxis(pair, values, axis: -1), [0, 9, 8, 3, 4, 9, 8, 7, 8, 9, 8, 11])
    let ends = try NDArray([0, 0, -1, -1], shape: [1, 4])
    try expect(x.putAlongAxis(ends, 50, axis: 0), [50, 50, 2, 3, 4, 5, 6, 7, 8, 9, 50, 50])
    try expect(
      x.putAlongAxis(NDArray([11, 0]), NDArray([5, 6]), axis: nil), [6, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 5])
    try expect(x.putAlongAxis(one, 2.7, axis: 1), [0, 2, 2, 3, 4, 2, 6, 7, 8, 2, 10, 11])
    let greatest = try x.argmax(axis: 1, keepdims: true)
    try expect(x.putAlongAxis(greatest, 0, axis: 1), [0, 1, 2, 0, 4, 5, 6, 0, 8, 9, 10, 0])
    let none = try NDArray.zeros([3, 0], dtype: .int64)
    try expect(x.putAlongAxis(none, 1, axis: 1), Array(0..<12))
    #expect(try NDArray(3).putAlongAxis(NDArray([0]), 1, axis: nil).item(as: Int64.self) == 1)
  }

  /// Also where an axis of the array is gone through several times, in C order of the positions.
  @Test func theLastOfEqualPositionsStays() throws {
    let same = try NDArray([1, 1, 1, 1, 1, 1], shape: [3, 2])
    let values = try NDArray([-1, -2], shape: [1, 2])
    try expect(x.putAlongAxis(same, values, axis: 1), [0, -2, 2, 3, 4, -2, 6, 7, 8, -2, 10, 11])
    let row = try NDArray.zeros([1, 3])
    let places = try NDArray([0, 1, 1, 0, 1, 1], shape: [3, 2])
    let numbers = try NDArray([1, 2, 3, 4, 5, 6], shape: [3, 2])
    #expect(try row.putAlongAxis(places, numbers, axis: 1).elements(as: Double.self) == [4, 6, 0])
    let column = try NDArray.zeros([3, 1])
    let across = try NDArray([0, 0, 1, 0, 1, 0], shape: [2, 3])
    let all = try NDArray([1, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(try column.putAlongAxis(across, all, axis: 0).elements(as: Double.self) == [6, 5, 0])
  }

  /// Lines and positions of several parts, in arrays of any form.
  @Test(arguments: UInt64(0)..<30) func anyAxisOfAnyForm(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let shape = (0..<Int.random(in: 1...3, using: &random)).map { _ in
      Int.random(in: 1...12, using: &random)
    }
    let axis = Int.random(in: 0..<shape.count, using: &random)
    var chosen = shape
    chosen[axis] = Int.random(in: 1...20, using: &random)
    let count = chosen.reduce(1, *)
    let length = shape[axis]
    let positions = (0..<count).map { _ in Int.random(in: -length..<length, using: &random) }
    let inner = shape[(axis + 1)...].reduce(1, *)
    var expected = (0..<shape.reduce(1, *)).map(Double.init)
    for place in 0..<count {
      let (outer, within) = (place / inner / chosen[axis], place % inner)
      let position = (positions[place] + length) % length
      expected[(outer * length + position) * inner + within] = -1 - Double(place)
    }
    let folder = try TemporaryFolder()
    let counting = try NDArray((0..<shape.reduce(1, *)).map(Double.init), shape: shape)
    let forms = try StoredForms(counting, in: folder, using: &random)
    let indices = try NDArray(positions.map(Int64.init), shape: chosen)
    let values = try NDArray((0..<count).map { -1 - Double($0) }, shape: chosen)
    for (form, array) in forms.all {
      let note: Comment = "seed \(seed): \(form), \(shape), axis \(axis), \(positions)"
      let put = try array.putAlongAxis(indices, values, axis: axis)
      #expect(try put.elements(as: Double.self) == expected, note)
      #expect(try put.flip().ravel().elements(as: Double.self) == expected.reversed(), note)
      #expect(try put.sum().item(as: Double.self) == expected.reduce(0, +), note)
    }
  }

  /// A line that is read in parts, with more positions than are read at a time, each of them twice.
  @Test func longLines() throws {
    let (length, count) = (600_000, 400_000)
    let places = (0..<count).map { Int64($0 * 7919 % 200_000 * 3) }
    let values = (0..<count).map { -1 - Double($0) }
    var expected = (0..<length).map(Double.init)
    for (place, value) in zip(places, values) { expected[Int(place)] = value }
    let folder = try TemporaryFolder()
    try NDArray.arange(0.0, Double(length)).write(to: folder.at("x.npy"))
    let stored = try NDArray.open(folder.at("x.npy"))
    let put = try stored.putAlongAxis(NDArray(places), NDArray(values), axis: 0)
    #expect(try put.elements(as: Double.self) == expected)
    let options = TransferOptions(memory: 64 << 20, threads: 2)
    try put.write(to: folder.at("put.npy"), options: options)
    #expect(try NDArray.open(folder.at("put.npy")).elements(as: Double.self) == expected)
  }

  @Test func mistakes() throws {
    let one = try NDArray([1], shape: [1, 1])
    let wrong: [() throws -> NDArray] = [
      { try x.putAlongAxis(NDArray([1.0], shape: [1, 1]), 1, axis: 1) },
      { try x.putAlongAxis(NDArray([true], shape: [1, 1]), 1, axis: 1) },
      { try x.putAlongAxis(NDArray([1]), 1, axis: 1) },
      { try x.putAlongAxis(one, 1, axis: 2) },
      { try x.putAlongAxis(one, 1, axis: nil) },
      { try x.putAlongAxis(NDArray([0, 1], shape: [2, 1]), 1, axis: 1) },
      { try x.putAlongAxis(NDArray([0, 1], shape: [1, 2]), NDArray([1, 2, 3]), axis: 1) },
      { try x.putAlongAxis(NDArray.zeros([3, 0], dtype: .int64), NDArray([1, 2]), axis: 1) },
      { try NDArray.zeros([3, 0]).putAlongAxis(one, 1, axis: 1) },
      { try NDArray.zeros([3], dtype: .uint8).putAlongAxis(NDArray([0]), 300, axis: 0) },
    ]
    for make in wrong {
      let error = #expect(throws: TesseraError.self) { try make() }
      #expect(error?.kind == .usage)
    }
    let beyond = try x.putAlongAxis(NDArray([4], shape: [1, 1]), 1, axis: 1)
    let error = #expect(throws: TesseraError.self) { try beyond.elements(as: Int64.self) }
    #expect(error?.what.contains("index 4 is out of bounds for axis 1 with size 4") == true)
  }
}
