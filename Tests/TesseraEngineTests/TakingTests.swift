import TesseraCore
import TesseraEngine
import TesseraStorage
import TesseraTestSupport
import Testing

/// `take`, `compress` and `flatnonzero` against plain loops; `tools/differential` compares them with NumPy.
@Suite struct TakingTests {
  /// An array whose elements are their own positions in C order, in each form that is read in another way.
  private static func forms(
    _ shape: [Int], _ folder: TemporaryFolder, _ random: inout SeededGenerator
  ) throws -> [(String, NDArray)] {
    let count = shape.reduce(1, *)
    let x = try NDArray((0..<count).map(Double.init), shape: shape)
    let chunks = shape.map { Int.random(in: 1...max(1, $0), using: &random) }
    try x.write(to: folder.at("x.npy"))
    try x.write(to: folder.at("x.zarr"), layout: .init(codec: .lz4, chunks: chunks))
    try x.write(to: folder.at("raw.zarr"), layout: .init(chunks: chunks))
    return [
      ("memory", x), ("npy", try NDArray.open(folder.at("x.npy"))),
      ("lz4 \(chunks)", try NDArray.open(folder.at("x.zarr"))),
      ("raw \(chunks)", try NDArray.open(folder.at("raw.zarr"))),
      ("expression", try NDArray.open(folder.at("x.npy")) * 2 / 2),
      ("transposed twice", try NDArray.open(folder.at("x.zarr")).transposed().transposed()),
    ]
  }

  @Test(arguments: UInt64(0)..<30) func anyPositionsOfAnyAxis(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let shape = (0..<Int.random(in: 1...4, using: &random)).map { _ in Int.random(in: 1...9, using: &random) }
    let axis = Int.random(in: 0..<shape.count, using: &random)
    let length = shape[axis]
    let indices = (0..<Int.random(in: 0...20, using: &random)).map { _ in
      Int.random(in: -length..<length, using: &random)
    }
    let inner = shape[(axis + 1)...].reduce(1, *)
    var expected: [Double] = []
    for outer in 0..<shape[..<axis].reduce(1, *) {
      for index in indices {
        let start = (outer * length + (index + length) % length) * inner
        expected += (start..<start + inner).map(Double.init)
      }
    }
    let folder = try TemporaryFolder()
    for (form, x) in try TakingTests.forms(shape, folder, &random) {
      let note: Comment = "seed \(seed): \(form), \(shape), axis \(axis), \(indices)"
      let taken = try x.take(indices, axis: axis)
      #expect(taken.shape.dimensions == shape[..<axis] + [indices.count] + shape[(axis + 1)...], note)
      #expect(try taken.elements(as: Double.self) == expected, note)
      #expect(try taken.elements(options: .init(memory: 64 << 20, threads: 3)) == expected, note)
      #expect(try taken.flip().ravel().elements(as: Double.self) == expected.reversed(), note)
      #expect(try taken.take(indices.isEmpty ? [] : [0], axis: axis).size <= max(1, x.size), note)
      let total = expected.reduce(0, +)
      #expect(try taken.sum().item(as: Double.self) == total, note)
      try taken.write(to: folder.at("taken.npy"), options: .init(overwrite: true))
      #expect(try NDArray.open(folder.at("taken.npy")).elements(as: Double.self) == expected, note)
    }
  }

  /// More positions than are sorted at a time, and boxes that are too large to be read at once.
  @Test func manyPositionsAndLargeBoxes() throws {
    let folder = try TemporaryFolder()
    let line = try NDArray((0..<100).map(Int32.init))
    let many = (0..<40_000).map { $0 * 37 % 100 }
    #expect(try line.take(many).elements() == many.map(Int32.init))

    let (rows, columns) = (2000, 300)
    try NDArray.arange(rows * columns, dtype: .float64).reshape([rows, columns]).write(to: folder.at("x.npy"))
    let base = try StoredArray.open(folder.at("x.npy")).driver
    let wanted = [7, 299, 0, 5, 299]
    let taken = try TakenDriver(base, .listed(wanted), axis: 1)
    var got = [Double](repeating: 0, count: rows * wanted.count)
    try got.withUnsafeMutableBytes {
      try taken.read(
        StridedRegion(Region(taken.description.shape)), into: $0.baseAddress!,
        strides: [8 * wanted.count, 8],
        scratch: ReadScratch())
    }
    #expect(got == (0..<rows).flatMap { row in wanted.map { Double(row * columns + $0) } })
  }

  @Test func anArrayOfIndicesGivesItsShape() throws {
    let x = try NDArray((0..<24).map(Float.init), shape: [4, 6])
    let indices = try NDArray([5, 0, -1, 2] as [Int16], shape: [2, 2])
    let taken = try x.take(indices, axis: 1)
    #expect(taken.shape.dimensions == [4, 2, 2])
    #expect(try taken[1].ravel().elements(as: Float.self) == [11, 6, 11, 8])
    #expect(try x.take(indices).shape.dimensions == [2, 2])
    #expect(try x.take(NDArray([true, false])).elements(as: Float.self) == [1, 0])
    #expect(try NDArray(7.5).take([0, 0], axis: -1).elements(as: Double.self) == [7.5, 7.5])
  }

  @Test func masks() throws {
    let folder = try TemporaryFolder()
    try NDArray.normal([500, 7], seed: 3).write(to: folder.at("x.npy"))
    let x = try NDArray.open(folder.at("x.npy"))
    let values = try x.elements(as: Double.self)
    let mean = try x.mean().item(as: Double.self)
    // The mask depends on a reduction.
    let above = try x.compress((x .> x.mean()).ravel())
    #expect(try above.elements(as: Double.self) == values.filter { $0 > mean })
    let rows = try x.compress(x[0..., 0] .< 0, axis: 0)
    let kept = (0..<500).filter { values[7 * $0] < 0 }
    #expect(rows.shape.dimensions == [kept.count, 7])
    #expect(try rows.elements(as: Double.self) == kept.flatMap { values[(7 * $0)..<(7 * $0 + 7)] })
    // Shorter than the axis; longer, where it is false; of numbers.
    #expect(
      try x.compress(NDArray([0.0, 2]), axis: 1).elements(as: Double.self)
        == (0..<500).map { values[7 * $0 + 1] })
    #expect(try x.compress(NDArray([true] + [Bool](repeating: false, count: 20)), axis: 1).size == 500)
    #expect(try x.compress(NDArray([Bool](repeating: false, count: 7)), axis: 1).size == 0)
  }

  /// Masks are computed in pieces.
  @Test func aMaskOfSeveralPieces() throws {
    let count = (4 << 20) + 5
    let line = try NDArray.arange(count)
    #expect(try (line .>= count - 7).flatnonzero() == Array(count - 7..<count))
    let error = #expect(throws: TesseraError.self) {
      try NDArray.ones([count]).flatnonzero(options: .init(memory: 64 << 20))
    }
    #expect(error?.kind == .memory)
  }

  @Test func mistakes() throws {
    let x = try NDArray.zeros([4, 0])
    let words: [(String, () throws -> NDArray)] = [
      ("index 4 is out of bounds for axis 0 with size 4", { try x.take([0, 4], axis: 0) }),
      ("index -5 is out of bounds for axis 0 with size 4", { try x.take([-5], axis: 0) }),
      ("cannot do a non-empty take from an empty axes", { try x.take([0], axis: 1) }),
      ("axis 2 is out of bounds", { try x.take([], axis: 2) }),
      ("float64", { try x.take(NDArray([0.0]), axis: 0) }),
      ("uint64", { try x.take(NDArray([0 as UInt64]), axis: 0) }),
      ("1-d", { try x.compress(NDArray.ones([2, 2]), axis: 0) }),
      ("index 4 is out of bounds for axis 0 with size 4", { try x.compress(NDArray.ones([5]), axis: 0) }),
    ]
    for (text, body) in words {
      let error = #expect(throws: TesseraError.self) { try body() }
      #expect(error?.kind == .usage && error?.what.contains(text) == true, "\(error as Any)")
    }
    #expect(try x.take([], axis: 1).shape.dimensions == [4, 0])
  }
}
