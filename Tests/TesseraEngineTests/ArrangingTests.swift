import TesseraCore
import TesseraEngine
import TesseraStorage
import TesseraTestSupport
import Testing

/// `roll`, `tile`, `repeat`, `pad`, triangles and `nanToNum`, by hand; `tools/differential` compares them with NumPy.
@Suite struct ArrangingTests {
  private static let x = try! NDArray.arange(6).reshape([2, 3])

  private func rows(_ x: NDArray) throws -> [[Int64]] {
    let elements = try x.elements(as: Int64.self)
    return (0..<x.shape[0]).map { row in Array(elements[row * x.shape[1]..<(row + 1) * x.shape[1]]) }
  }

  @Test func rolled() throws {
    let x = ArrangingTests.x
    #expect(try rows(x.roll(1)) == [[5, 0, 1], [2, 3, 4]])
    #expect(try rows(x.roll(-4, axis: 1)) == [[1, 2, 0], [4, 5, 3]])
    #expect(try rows(x.roll([1, 2], axis: [0, -1])) == [[4, 5, 3], [1, 2, 0]])
    #expect(try rows(x.roll([1, 1], axis: [1, 1])) == rows(x.roll(2, axis: 1)))
    #expect(try NDArray.zeros([0, 3]).roll(5, axis: 0).shape == Shape([0, 3]))
    #expect(throws: TesseraError.self) { try x.roll(1, axis: 2) }
    #expect(throws: TesseraError.self) { try x.roll([1], axis: [0, 1]) }
  }

  @Test func repeated() throws {
    let x = ArrangingTests.x
    #expect(try rows(x.tile(2)) == [[0, 1, 2, 0, 1, 2], [3, 4, 5, 3, 4, 5]])
    #expect(try rows(x.tile([2, 1])) == [[0, 1, 2], [3, 4, 5], [0, 1, 2], [3, 4, 5]])
    #expect(try x.tile([2, 1, 1]).shape == Shape([2, 2, 3]))
    #expect(try x.tile([0]).shape == Shape([2, 0]))
    #expect(try rows(x.repeat(2, axis: 0)) == [[0, 1, 2], [0, 1, 2], [3, 4, 5], [3, 4, 5]])
    #expect(try x.repeat(2).elements(as: Int64.self) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
    #expect(try rows(x.repeat([2, 0, 1], axis: 1)) == [[0, 0, 2], [3, 3, 5]])
    for axis in [0, -1] {
      #expect(try NDArray(5.5).repeat(3, axis: axis).elements(as: Double.self) == [5.5, 5.5, 5.5])
      #expect(try NDArray(5.5).repeat([3], axis: axis).elements(as: Double.self) == [5.5, 5.5, 5.5])
      #expect(throws: TesseraError.self) { try NDArray(5.5).repeat([1, 2], axis: axis) }
    }
    #expect(throws: TesseraError.self) { try NDArray(5.5).repeat(3, axis: 1) }
    #expect(throws: TesseraError.self) { try x.tile(-1) }
    #expect(throws: TesseraError.self) { try x.repeat(-1, axis: 0) }
    #expect(throws: TesseraError.self) { try x.repeat([1, 2], axis: 1) }
  }

  @Test func padded() throws {
    let x = ArrangingTests.x
    #expect(try rows(x.pad(1, mode: .constant(7)))[0] == [7, 7, 7, 7, 7])
    #expect(try rows(x.pad([(1, 0), (0, 2)])) == [[0, 0, 0, 0, 0], [0, 1, 2, 0, 0], [3, 4, 5, 0, 0]])
    let line = try NDArray.arange(3)
    for (mode, expected) in [
      (.edge, [0, 0, 0, 0, 0, 1, 2, 2, 2, 2]), (.reflect, [0, 1, 2, 1, 0, 1, 2, 1, 0, 1]),
      (.symmetric, [2, 2, 1, 0, 0, 1, 2, 2, 1, 0]), (.wrap, [2, 0, 1, 2, 0, 1, 2, 0, 1, 2]),
    ] as [(NDArray.PadMode, [Int64])] {
      #expect(try line.pad([(4, 3)], mode: mode).elements(as: Int64.self) == expected, "\(mode)")
    }
    #expect(
      try NDArray([5] as [Int64]).pad([(2, 1)], mode: .reflect).elements(as: Int64.self) == [5, 5, 5, 5])
    #expect(try NDArray.zeros([0]).pad(2).shape == Shape([4]))
    #expect(throws: TesseraError.self) { try NDArray.zeros([0]).pad(2, mode: .edge) }
    #expect(throws: TesseraError.self) { try line.pad([(-1, 0)]) }
    for mode in [.edge, .wrap, .constant(0)] as [NDArray.PadMode] {
      #expect(throws: TesseraError.self, "no such room") { try x.pad(.max, mode: mode) }
    }
    #expect(throws: TesseraError.self, "no such room") { try line.repeat([.max, .max, 1], axis: 0) }
    #expect(throws: TesseraError.self, "no such room") { try x.tile([.max, .max]) }
    #expect(throws: TesseraError.self) { try x.pad([(1, 1), (1, 1), (1, 1)]) }
    #expect(throws: TesseraError.self, "no such int8") {
      try NDArray.zeros([2], dtype: .int8).pad(1, mode: .constant(300))
    }
  }

  @Test func triangles() throws {
    let x = try NDArray.ones([3, 4], dtype: .int64)
    #expect(try rows(x.tril()) == [[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0]])
    #expect(try rows(x.tril(k: -2)) == [[0, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0]])
    #expect(try rows(x.triu(k: 1)) == [[0, 1, 1, 1], [0, 0, 1, 1], [0, 0, 0, 1]])
    #expect(try rows(x.triu(k: .min)) == rows(x))
    #expect(try rows(x.tril(k: .max)) == rows(x))
    #expect(try rows(NDArray([1, 2] as [Int64]).tril()) == [[1, 0], [1, 2]])
    #expect(throws: TesseraError.self) { try NDArray(1.0).tril() }
  }

  @Test func diagonals() throws {
    let x = try NDArray.arange(12).reshape([3, 4])
    #expect(try x.diagonal().elements(as: Int64.self) == [0, 5, 10])
    #expect(try x.diagonal(offset: 2).elements(as: Int64.self) == [2, 7])
    #expect(try x.diagonal(offset: -1).elements(as: Int64.self) == [4, 9])
    #expect(try x.diagonal(offset: .min).shape == Shape([0]))
    #expect(try x.diagonal(offset: .max).shape == Shape([0]))
    #expect(try x.trace(offset: 1).item(as: Int64.self) == 18)
    let cube = try NDArray.arange(24).reshape([2, 3, 4])
    #expect(try cube.diagonal(axis1: 2, axis2: 0).shape == Shape([3, 2]))
    #expect(try cube.diagonal(axis1: 2, axis2: 0).elements(as: Int64.self) == [0, 13, 4, 17, 8, 21])
    #expect(throws: TesseraError.self) { try NDArray.arange(3).diagonal() }
    #expect(throws: TesseraError.self) { try x.diagonal(axis1: 1, axis2: -1) }
  }

  @Test func equalArrays() throws {
    let x = try NDArray([1, .nan] as [Float])
    #expect(try !x.arrayEqual(x) && x.arrayEqual(x, equalNaN: true))
    #expect(try !x.arrayEqual(x.reshape([1, 2]), equalNaN: true))
    #expect(try NDArray.arange(3).arrayEqual(NDArray.arange(3, dtype: .int8)))
    #expect(try !NDArray.arange(3).arrayEqual(NDArray.arange(1, 4)))
  }

  @Test func numbersInPlaceOfNaN() throws {
    let x = try NDArray([1, .nan, .infinity, -.infinity] as [Float])
    let greatest = Float.greatestFiniteMagnitude
    #expect(try x.nanToNum().elements(as: Float.self) == [1, 0, greatest, -greatest])
    #expect(try x.nanToNum(nan: -1, posinf: 2, neginf: 3).elements(as: Float.self) == [1, -1, 2, 3])
    let z = try NDArray([Complex(Double.nan, .infinity)])
    #expect(try z.nanToNum(posinf: 4).elements(as: Complex<Double>.self) == [Complex(0, 4)])
    #expect(try NDArray([3] as [Int64]).nanToNum(nan: 1).elements(as: Int64.self) == [3])
    let half = try NDArray([Float16.infinity]).nanToNum().elements(as: Float16.self)
    #expect(half == [Float16.greatestFiniteMagnitude])
  }

  /// From a file, written to another, in little memory.
  @Test func streamed() throws {
    let folder = try TemporaryFolder()
    let x = try NDArray.random([3000, 1700], seed: 3, dtype: .float32)
    try x.write(to: folder.at("x.zarr"), layout: .init(codec: .lz4, chunks: [700, 300]))
    let stored = try NDArray.open(folder.at("x.zarr"))
    let options = TransferOptions(memory: 64 << 20, threads: 2)
    for (number, (arranged, expected)) in [
      (try stored.roll([-50, 1], axis: [0, 1]), try x.roll([-50, 1], axis: [0, 1])),
      (try stored.tile([2, 2]), try x.tile([2, 2])),
      (try stored.repeat(2, axis: 1), try x.repeat(2, axis: 1)),
      (try stored.pad(90, mode: .symmetric), try x.pad(90, mode: .symmetric)),
    ].enumerated() {
      let path = folder.at("\(number).npy")
      try arranged.write(to: path, options: options)
      #expect(try NDArray.open(path).allclose(expected, rtol: 0, atol: 0), "\(number)")
    }
  }
}
