import TesseraCore
import TesseraEngine
import Testing

/// Grids, matrices made of vectors, and arrays like others, by NumPy's values.
@Suite struct GridTests {
  private func isClose(_ x: NDArray, _ expected: [Double]) throws -> Bool {
    try x.shape == Shape([expected.count])
      && x.allclose(NDArray(expected), rtol: 1e-14, atol: 0, equalNaN: true)
  }

  @Test func likeAnother() throws {
    let x = try NDArray.arange(6, dtype: .int8).reshape([2, 3])
    #expect(try zerosLike(x).elements(as: Int8.self) == [0, 0, 0, 0, 0, 0])
    #expect(try onesLike(x, dtype: .float32).elements(as: Float.self) == [1, 1, 1, 1, 1, 1])
    #expect(try fullLike(x, 2.7, shape: [2]).elements(as: Int8.self) == [2, 2])
    #expect(try fullLike(x, 1, dtype: .bool, shape: []).item(as: Bool.self))
    #expect(throws: TesseraError.self) { try fullLike(x, 300) }
    #expect(throws: TesseraError.self) { try zerosLike(x, shape: [-1]) }
  }

  @Test func logarithmicScales() throws {
    #expect(try isClose(.logspace(0, 3, count: 4), [1, 10, 100, 1000]))
    #expect(
      try isClose(
        .logspace(2, 3, count: 4, endpoint: false, base: 2),
        [4, 4.756828460010884, 5.656854249492381, 6.727171322029716]))
    #expect(try isClose(.geomspace(1, 1000, count: 4), [1, 10, 100, 1000]))
    #expect(try isClose(.geomspace(-1000, -1, count: 4), [-1000, -100, -10, -1]))
    #expect(try isClose(.geomspace(1, 256, count: 4, endpoint: false), [1, 4, 16, 64]))
    #expect(try isClose(.geomspace(-3, 5, count: 4), [-3, .nan, .nan, 5]))
    #expect(try isClose(.geomspace(3, 5, count: 1), [3]))
    #expect(try isClose(.geomspace(3, 5, count: 2), [3, 5]))
    #expect(try NDArray.geomspace(0.1, 0.7, count: 90).elements(as: Double.self).last == 0.7)
    #expect(try NDArray.geomspace(3, 5, count: 0).size == 0)
    #expect(try NDArray.geomspace(1, 100, count: 2, dtype: .int16).elements(as: Int16.self) == [1, 100])
    #expect(throws: TesseraError.self) { try NDArray.geomspace(0, 5) }
    #expect(throws: TesseraError.self) { try NDArray.geomspace(1, 5, count: -1) }
    #expect(throws: TesseraError.self) { try NDArray.logspace(1, 5, count: -1) }
  }

  @Test func meshes() throws {
    let (two, three) = (try NDArray.arange(2), try NDArray.arange(3, dtype: .int8))
    let plane = try meshgrid([two, three])
    #expect(plane.map(\.shape.dimensions) == [[3, 2], [3, 2]])
    #expect(try plane[0].elements(as: Int64.self) == [0, 1, 0, 1, 0, 1])
    #expect(try plane[1].elements(as: Int8.self) == [0, 0, 1, 1, 2, 2])
    let matrix = try meshgrid([two, three], indexing: .ij)
    #expect(try matrix[0].elements(as: Int64.self) == [0, 0, 0, 1, 1, 1])
    let sparse = try meshgrid([two, three, NDArray(5.0)], sparse: true)
    #expect(sparse.map(\.shape.dimensions) == [[1, 2, 1], [3, 1, 1], [1, 1, 1]])
    #expect(try meshgrid([three])[0].shape == Shape([3]))
    #expect(try meshgrid([]).isEmpty)
    #expect(try meshgrid([two.reshape([2, 1]), NDArray.arange(1)])[0].shape == Shape([1, 2]))
  }

  @Test func indices() throws {
    #expect(
      try NDArray.indices([2, 3]).elements(as: Int64.self) == [0, 0, 0, 1, 1, 1, 0, 1, 2, 0, 1, 2])
    #expect(try NDArray.indices([2], dtype: .float32).elements(as: Float.self) == [0, 1])
    #expect(try NDArray.indices([]).shape == Shape([0]))
    #expect(try NDArray.indices([0, 2]).shape == Shape([2, 0, 2]))
    #expect(throws: TesseraError.self) { try NDArray.indices([-1, 2]) }
  }

  @Test func diagonalMatrices() throws {
    let pair = try NDArray([1, 2] as [Int64])
    #expect(try pair.diag().elements(as: Int64.self) == [1, 0, 0, 2])
    #expect(try pair.diag(k: 1).elements(as: Int64.self) == [0, 1, 0, 0, 0, 2, 0, 0, 0])
    #expect(try pair.diag(k: -1).elements(as: Int64.self) == [0, 0, 0, 1, 0, 0, 0, 2, 0])
    #expect(try NDArray.arange(0).diag(k: 1).elements(as: Int64.self) == [0])
    let x = try NDArray.arange(6).reshape([2, 3])
    #expect(try x.diag(k: 1).elements(as: Int64.self) == [1, 5])
    #expect(try x.diag(k: 9).shape == Shape([0]))
    for k in [-3, 0, 2] { #expect(try pair.diag(k: k).diag(k: k).arrayEqual(pair)) }
    #expect(throws: TesseraError.self) { try pair.diag(k: .min) }
    #expect(throws: TesseraError.self) { try NDArray(1.0).diag() }
    // NaN stays on the diagonal.
    #expect(try NDArray([Double.nan, 1]).diag().sum(axis: 0).elements(as: Double.self)[1] == 1)
  }

  @Test func trianglesAndPowers() throws {
    #expect(try NDArray.tri(2, 3).elements(as: Double.self) == [1, 0, 0, 1, 1, 0])
    #expect(try NDArray.tri(2, 3, k: 1, dtype: .int64).elements(as: Int64.self) == [1, 1, 0, 1, 1, 1])
    #expect(try NDArray.tri(2, k: -1, dtype: .bool).elements(as: Bool.self) == [false, false, true, false])
    let x = try NDArray([1, 2, 3] as [Int8])
    #expect(try x.vander().elements(as: Int64.self) == [1, 1, 1, 4, 2, 1, 9, 3, 1])
    let powers = try x.astype(.float32).vander(4, increasing: true)
    #expect(try powers.elements(as: Double.self) == [1, 1, 1, 1, 1, 2, 4, 8, 1, 3, 9, 27])
    #expect(try x.vander(1).elements(as: Int64.self) == [1, 1, 1] && x.vander(0).shape == Shape([3, 0]))
    #expect(try x.astype(.complex64).vander().dtype == .complex128)
    #expect(try x.astype(.uint64).vander().dtype == .float64)
    #expect(throws: TesseraError.self) { try x.vander(-1) }
    #expect(throws: TesseraError.self) { try NDArray.identity(2).vander() }
  }
}
