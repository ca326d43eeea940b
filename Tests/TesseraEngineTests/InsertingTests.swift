import TesseraCore
import TesseraEngine
import TesseraStorage
import TesseraTestSupport
import Testing

/// `insert`, `delete`, `append`, `rot90` and named splits, by NumPy's values; `tools/differential` compares more of them.
@Suite struct InsertingTests {
  private static let x = try! NDArray.arange(6).reshape([2, 3])
  private let x = InsertingTests.x

  private func rows(_ x: NDArray) throws -> [[Int64]] {
    let elements = try x.elements(as: Int64.self)
    return (0..<x.shape[0]).map { row in Array(elements[row * x.shape[1]..<(row + 1) * x.shape[1]]) }
  }

  @Test func turned() throws {
    #expect(try rows(x.rot90()) == [[2, 5], [1, 4], [0, 3]])
    #expect(try rows(x.rot90(k: -1)) == [[3, 0], [4, 1], [5, 2]])
    #expect(try rows(x.rot90(k: 2, axes: (1, 0))) == [[5, 4, 3], [2, 1, 0]])
    #expect(try rows(x.rot90(k: .min, axes: (0, -1))) == rows(x))
    #expect(try rows(x.fliplr()) == [[2, 1, 0], [5, 4, 3]])
    #expect(try rows(x.flipud()) == [[3, 4, 5], [0, 1, 2]])
    for axes in [(0, 0), (0, -2), (0, 2)] {
      #expect(throws: TesseraError.self) { try x.rot90(axes: axes) }
    }
    #expect(throws: TesseraError.self) { try NDArray.arange(3).fliplr() }
    #expect(throws: TesseraError.self) { try NDArray(3.0).flipud() }
  }

  @Test func parts() throws {
    func lengths(_ parts: [NDArray], _ axis: Int) -> [Int] { parts.map { $0.shape[axis] } }
    #expect(try lengths(NDArray.arange(5).arraySplit(3), 0) == [2, 2, 1])
    #expect(try lengths(NDArray.arange(2).arraySplit(4), 0) == [1, 1, 0, 0])
    #expect(try NDArray.arange(5).arraySplit(3)[1].elements(as: Int64.self) == [2, 3])
    #expect(try lengths(x.vsplit(2), 0) == [1, 1])
    #expect(try lengths(x.hsplit(at: [1]), 1) == [1, 2])
    #expect(try lengths(NDArray.arange(4).hsplit(2), 0) == [2, 2])
    #expect(try lengths(x.atLeast3D().dsplit(1), 2) == [1])
    #expect(throws: TesseraError.self) { try x.arraySplit(0) }
    #expect(throws: TesseraError.self, "no such room") { try x.arraySplit(.max) }
    #expect(throws: TesseraError.self) { try NDArray.arange(4).vsplit(2) }
    #expect(throws: TesseraError.self) { try NDArray(1.0).hsplit(1) }
    #expect(throws: TesseraError.self) { try x.dsplit(1) }
  }

  @Test func joined() throws {
    let line = try NDArray.arange(2)
    #expect(try dstack([line, line]).shape == Shape([1, 2, 2]))
    #expect(try dstack([line, line]).elements(as: Int64.self) == [0, 0, 1, 1])
    #expect(try rows(columnStack([line, NDArray.arange(4).reshape([2, 2])])) == [[0, 0, 1], [1, 2, 3]])
    #expect(try columnStack([NDArray(1.0), NDArray(2.0)]).shape == Shape([1, 2]))
    #expect(try append(x, NDArray([7] as [Int64])).elements(as: Int64.self) == [0, 1, 2, 3, 4, 5, 7])
    #expect(try append(x, x, axis: -1).shape == Shape([2, 6]))
    #expect(throws: TesseraError.self) { try append(x, line, axis: 0) }
    #expect(throws: TesseraError.self) { try dstack([]) }
    let scalar = NDArray(1.0)
    #expect(try [scalar.atLeast1D().ndim, scalar.atLeast2D().ndim, scalar.atLeast3D().ndim] == [1, 2, 3])
    #expect(try line.atLeast2D().shape == Shape([1, 2]) && line.atLeast3D().shape == Shape([1, 2, 1]))
    #expect(try x.atLeast3D().shape == Shape([2, 3, 1]) && x.atLeast1D().shape == Shape([2, 3]))
  }

  @Test func rowsAndColumns() throws {
    let line = try NDArray.arange(2)
    let square = try NDArray.arange(4).reshape([2, 2])
    #expect(try rows(vstack([line, square])) == [[0, 1], [0, 1], [2, 3]])
    #expect(try vstack([NDArray(1.0), NDArray(2.0)]).shape == Shape([2, 1]))
    #expect(try rows(hstack([square, square])) == [[0, 1, 0, 1], [2, 3, 2, 3]])
    #expect(try hstack([line, NDArray(7 as Int64)]).elements(as: Int64.self) == [0, 1, 7])
    #expect(throws: TesseraError.self) { try hstack([line, square]) }
    #expect(throws: TesseraError.self) { try vstack([]) }
    #expect(throws: TesseraError.self) { try hstack([]) }
  }

  @Test func deleted() throws {
    #expect(try delete(x, 1).elements(as: Int64.self) == [0, 2, 3, 4, 5])
    #expect(try rows(delete(x, -1, axis: 1)) == [[0, 1], [3, 4]])
    #expect(try rows(delete(x, [0, 0, -1], axis: 1)) == [[1], [4]])
    #expect(try rows(delete(x, [], axis: 1)) == rows(x))
    #expect(try rows(delete(x, 1..<9, axis: 1)) == [[0], [3]])
    #expect(try rows(delete(x, -2 ..< -1, axis: 1)) == [[0, 2], [3, 5]])
    #expect(try delete(x, 0..<9, axis: 1).shape == Shape([2, 0]))
    #expect(try delete(x, [0, 1], axis: 0).shape == Shape([0, 3]))
    #expect(try delete(NDArray(4.0), 0).shape == Shape([0]))
    #expect(throws: TesseraError.self) { try delete(x, 3, axis: 1) }
    #expect(throws: TesseraError.self) { try delete(x, [0, -4], axis: 1) }
    #expect(throws: TesseraError.self) { try delete(NDArray(4.0), 0, axis: 0) }
    // More stretches than are arrays of their own.
    let kept = try delete(NDArray.arange(1000), (0..<500).map { 2 * $0 }, axis: 0)
    #expect(try kept.elements(as: Int64.self) == (0..<500).map { 2 * $0 + 1 })
  }

  @Test func inserted() throws {
    let pair = try NDArray([7, 8] as [Int64])
    #expect(try rows(insert(x, 1, pair, axis: 1)) == [[0, 7, 1, 2], [3, 8, 4, 5]])
    #expect(try rows(insert(x, -1, pair, axis: 1)) == [[0, 1, 7, 2], [3, 4, 8, 5]])
    #expect(try rows(insert(x, 3, 9, axis: 1)) == [[0, 1, 2, 9], [3, 4, 5, 9]])
    let square = try NDArray([7, 8, 9, 10] as [Int64], shape: [2, 2])
    #expect(try rows(insert(x, 1, square, axis: 1)) == [[0, 7, 9, 1, 2], [3, 8, 10, 4, 5]])
    #expect(try rows(insert(x, [1], square, axis: 1)) == [[0, 7, 8, 1, 2], [3, 9, 10, 4, 5]])
    #expect(try rows(insert(x, [2, 0], pair, axis: 1)) == [[8, 0, 1, 7, 2], [8, 3, 4, 7, 5]])
    let three = try NDArray([7, 8, 9] as [Int64])
    #expect(try rows(insert(x, [2, 2, -1], three, axis: 1)) == [[0, 1, 7, 8, 9, 2], [3, 4, 7, 8, 9, 5]])
    #expect(try rows(insert(x, [], 9, axis: 1)) == rows(x))
    #expect(try insert(x, 2, pair).elements(as: Int64.self) == [0, 1, 7, 8, 2, 3, 4, 5])
    #expect(try insert(NDArray(4.0), 0, 5).elements(as: Double.self) == [5, 4])
    // The dtype is the array's.
    #expect(try rows(insert(x, 1, 2.7, axis: 1))[0] == [0, 2, 1, 2])
    let bytes = try NDArray.arange(3, dtype: .int8)
    let wrapped = try insert(bytes, 1, NDArray([300] as [Int64]))
    #expect(try wrapped.elements(as: Int8.self) == [0, 44, 1, 2])
    #expect(throws: TesseraError.self) { try insert(bytes, 1, 300) }
    #expect(throws: TesseraError.self) { try insert(x, 4, pair, axis: 1) }
    #expect(throws: TesseraError.self) { try insert(x, [1, 4], pair, axis: 1) }
    #expect(throws: TesseraError.self) { try insert(x, [2, 3], three) }
    #expect(throws: TesseraError.self) { try insert(NDArray(4.0), 0, 5, axis: 0) }
    // More stretches than are arrays of their own.
    let many = try insert(NDArray.arange(100), Array(0..<100), NDArray.arange(-100, 0), axis: 0)
    #expect(try many.elements(as: Int64.self) == (0..<100).flatMap { [$0 - 100, $0] })
  }

  /// From a file, written to another, in little memory.
  @Test func streamed() throws {
    let folder = try TemporaryFolder()
    let x = try NDArray.random([3000, 1700], seed: 3, dtype: .float32)
    try x.write(to: folder.at("x.zarr"), layout: .init(codec: .lz4, chunks: [700, 300]))
    let stored = try NDArray.open(folder.at("x.zarr"))
    let options = TransferOptions(memory: 96 << 20, threads: 2)
    let listed = (0..<100).map { 29 * $0 }
    for (number, (arranged, expected)) in [
      (try stored.rot90(), try x.transposed().flip(axis: 0)),
      (try delete(stored, 10..<1600, axis: 1), try concatenate([x[0..., ..<10], x[0..., 1600...]], axis: 1)),
      (try delete(stored, listed, axis: 0), try x.take((0..<3000).filter { !listed.contains($0) }, axis: 0)),
      (try delete(insert(stored, [5, 900], 1, axis: 1), [5, 901], axis: 1), x),
    ].enumerated() {
      let path = folder.at("\(number).npy")
      try arranged.write(to: path, options: options)
      #expect(try NDArray.open(path).allclose(expected, rtol: 0, atol: 0), "\(number)")
    }
  }
}
