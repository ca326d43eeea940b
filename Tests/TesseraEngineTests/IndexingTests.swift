import TesseraCore
import TesseraEngine
import TesseraStorage
import TesseraTestSupport
import Testing

/// `x[mask]` and `x[indices]` against plain loops; `tools/differential` compares them with NumPy.
@Suite struct IndexingTests {
  /// An array whose elements are their own positions in C order, stored in chunks.
  private static func positions(_ shape: [Int], _ folder: TemporaryFolder, chunks: [Int]) throws -> NDArray {
    let x = try NDArray((0..<shape.reduce(1, *)).map(Double.init), shape: shape)
    try x.write(to: folder.at("x.zarr"), layout: .init(codec: .lz4, chunks: chunks))
    return try .open(folder.at("x.zarr"))
  }

  @Test(arguments: UInt64(0)..<20) func aMaskOfAnyNumberOfAxes(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let shape = (0..<Int.random(in: 1...4, using: &random)).map { _ in Int.random(in: 1...6, using: &random) }
    let folder = try TemporaryFolder()
    let chunks = shape.map { Int.random(in: 1...$0, using: &random) }
    let x = try IndexingTests.positions(shape, folder, chunks: chunks)
    for rank in 0...shape.count {
      let lengths = Array(shape[..<rank])
      let marks = (0..<lengths.reduce(1, *)).map { _ in Bool.random(using: &random) }
      let inner = shape[rank...].reduce(1, *)
      let kept = marks.indices.filter { marks[$0] }
      let expected = kept.flatMap { ($0 * inner..<($0 + 1) * inner).map(Double.init) }
      let note: Comment = "seed \(seed): \(shape) in \(chunks), mask \(marks) of \(rank) axes"
      let chosen = try x[NDArray(marks, shape: lengths)]
      #expect(chosen.shape.dimensions == [kept.count] + shape[rank...], note)
      #expect(try chosen.elements(as: Double.self) == expected, note)
    }
  }

  @Test(arguments: UInt64(0)..<20) func positionsOfAnyShape(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let shape = (0..<Int.random(in: 1...3, using: &random)).map { _ in Int.random(in: 1...7, using: &random) }
    let folder = try TemporaryFolder()
    let x = try IndexingTests.positions(shape, folder, chunks: shape.map { ($0 + 1) / 2 })
    let rank = Int.random(in: 0...2, using: &random)
    let lengths = (0..<rank).map { _ in Int.random(in: 0...4, using: &random) }
    let list = (0..<lengths.reduce(1, *)).map { _ in Int.random(in: -shape[0]..<shape[0], using: &random) }
    let inner = shape[1...].reduce(1, *)
    let expected = list.flatMap { index in
      (0..<inner).map { Double((index + shape[0]) % shape[0] * inner + $0) }
    }
    let note: Comment = "seed \(seed): \(shape), \(list) as \(lengths)"
    let indices = try NDArray(list.map(Int16.init), shape: lengths)
    let taken = try x[indices, options: .init(memory: 64 << 20, threads: 1)]
    #expect(taken.shape.dimensions == lengths + shape[1...], note)
    #expect(try taken.elements(as: Double.self) == expected, note)
    #expect(try x[list].elements(as: Double.self) == expected, note)
  }

  @Test func asInNumPy() throws {
    let x = try NDArray((0..<12).map(Double.init), shape: [3, 4])
    #expect(try x[x .> 5].elements(as: Double.self) == [6, 7, 8, 9, 10, 11])
    #expect(try x[x[0..., 0] .!= 4].ravel().elements(as: Double.self) == [0, 1, 2, 3, 8, 9, 10, 11])
    #expect(try x[[2, -3]].ravel().elements(as: Double.self) == [8, 9, 10, 11, 0, 1, 2, 3])
    // The mask depends on a reduction; the array itself is an expression.
    #expect(try (x * 2)[x .> x.mean()].elements(as: Double.self) == [12, 14, 16, 18, 20, 22])
    // Whole numbers without a sign, also those that int64 does not have, are taken for int64.
    let rows = try x[NDArray([1 as UInt64, .max])]
    #expect(try rows.ravel().elements(as: Double.self) == [4, 5, 6, 7, 8, 9, 10, 11])
    #expect(try x[NDArray(-1 as Int8)].elements(as: Double.self) == [8, 9, 10, 11])
  }

  /// Shapes of NumPy 2.4.
  @Test func edges() throws {
    let (x, scalar) = (try NDArray.zeros([3, 4]), NDArray(7.5))
    #expect(try x[NDArray(true)].shape.dimensions == [1, 3, 4])
    #expect(try x[NDArray(false)].shape.dimensions == [0, 3, 4])
    #expect(try scalar[NDArray(true)].elements(as: Double.self) == [7.5])
    #expect(try scalar[NDArray(false)].shape.dimensions == [0])
    #expect(try x[NDArray(1)].shape.dimensions == [4])
    #expect(try x[NDArray.zeros([0, 2], dtype: .int64)].shape.dimensions == [0, 2, 4])
    #expect(try x[[] as [Int]].shape.dimensions == [0, 4])
    let (empty, narrow) = (try NDArray.zeros([0, 3]), try NDArray.zeros([3, 0]))
    #expect(try empty[NDArray.zeros([0], dtype: .bool)].shape.dimensions == [0, 3])
    #expect(try empty[NDArray.zeros([0, 3], dtype: .bool)].shape.dimensions == [0])
    #expect(try narrow[[2]].shape.dimensions == [1, 0])
    #expect(try narrow[NDArray([true, false, true])].shape.dimensions == [2, 0])
    #expect(try narrow[NDArray.zeros([3, 0], dtype: .bool)].shape.dimensions == [0])
  }

  /// The words of NumPy 2.4.
  @Test func mistakes() throws {
    let (x, scalar) = (try NDArray.zeros([3, 4]), NDArray(7.5))
    let narrow = try NDArray.zeros([3, 0])
    let words: [(String, () throws -> NDArray)] = [
      ("boolean index did not match indexed array", { try x[NDArray([true, false, true, true])] }),
      (
        "along axis 0; size of axis is 3 but size of corresponding boolean axis is 4",
        { try x[NDArray.ones([4, 4], dtype: .bool)] }
      ),
      (
        "along axis 1; size of axis is 4 but size of corresponding boolean axis is 3",
        { try x[NDArray.ones([3, 3], dtype: .bool)] }
      ),
      (
        "too many indices for array: array is 2-dimensional, but 3 were indexed",
        { try x[NDArray.ones([3, 4, 1], dtype: .bool)] }
      ),
      ("array is 0-dimensional, but 1 were indexed", { try scalar[NDArray([true])] }),
      ("array is 0-dimensional, but 1 were indexed", { try scalar[NDArray(0)] }),
      ("array is 0-dimensional, but 1 were indexed", { try scalar[[0]] }),
      ("index 3 is out of bounds for axis 0 with size 3", { try x[NDArray([3])] }),
      ("index -4 is out of bounds for axis 0 with size 3", { try x[[-4]] }),
      ("index 5 is out of bounds for axis 0 with size 3", { try narrow[[5]] }),
      ("index 0 is out of bounds for axis 0 with size 0", { try NDArray.zeros([0, 3])[[0]] }),
      ("arrays used as indices must be of integer (or boolean) type", { try x[NDArray([0.0])] }),
      ("arrays used as indices must be of integer (or boolean) type", { try x[NDArray([Complex(1.0, 0)])] }),
    ]
    for (text, body) in words {
      let error = #expect(throws: TesseraError.self) { try body() }
      #expect(error?.kind == .usage && error?.what.contains(text) == true, "\(error as Any)")
    }
  }
}
