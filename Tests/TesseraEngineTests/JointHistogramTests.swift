import TesseraCore
import TesseraEngine
import TesseraStorage
import TesseraTestSupport
import Testing

/// Histograms of several variables, with NumPy 2.4's answers.
@Suite struct JointHistogramTests {
  private func values(_ array: NDArray) throws -> [Double] { try array.elements(as: Double.self) }

  private func sample() throws -> (NDArray, NDArray) {
    (try NDArray([0, 1, 2, 2.0]), try NDArray([0, 1, 1, 2.0]))
  }

  /// numpy.histogram2d([0, 1, 2, 2], [0, 1, 1, 2], bins)
  @Test func binsOfEitherAxis() throws {
    let (x, y) = try sample()
    let two = try histogram2d(x, y, bins: 2)
    #expect(try values(two.counts) == [1, 0, 0, 3])
    #expect(try values(two.xEdges) == [0, 1, 2])
    #expect(two.counts.shape.dimensions == [2, 2])
    let different = try histogram2d(x, y, bins: (2, 3))
    #expect(try values(different.counts) == [1, 0, 0, 0, 2, 1])
    #expect(different.yEdges.size == 4)
    let edges = try histogram2d(x, y, bins: ([0, 1, 2], [0, 2]))
    #expect(try values(edges.counts) == [1, 3])
    #expect(try values(histogram2d(x, y, bins: [0, 1, 2], density: true).counts) == [0.25, 0, 0, 0.75])
    #expect(try histogram2d(x, y).counts.shape.dimensions == [10, 10])
    let weighted = try histogram2d(
      NDArray([0.0, 1]), NDArray([0.0, 1]), bins: 2, weights: NDArray([1, 2]))
    #expect(try values(weighted.counts) == [1, 0, 0, 2])
  }

  /// The last bin is closed, also where edges repeat; a single edge has no bin.
  @Test func edges() throws {
    let (x, y) = (try NDArray([5, 5]), try NDArray([1, 2]))
    #expect(try values(histogram2d(x, y, bins: 2).counts) == [0, 0, 1, 1])
    #expect(try values(histogram2d(x, y, bins: 2).xEdges) == [4.5, 5, 5.5])
    #expect(try values(histogram2d(x, y, bins: ([0, 5, 5], [0, 1, 2])).counts) == [0, 0, 0, 2])
    let none = try histogram2d(x, y, bins: ([1], [0, 1, 2]))
    #expect(none.counts.shape.dimensions == [0, 2] && none.counts.dtype == .float64)
  }

  @Test func elementsThatAreNotCounted() throws {
    let (x, y) = (try NDArray([0, Double.nan, -1, 0.5]), try NDArray([0.0, 1, 0, 9]))
    let found = try histogram2d(x, y, bins: 2, range: (0...1, 0...1))
    #expect(try values(found.counts) == [1, 0, 0, 0])
    let empty = try histogram2d(NDArray.zeros([0]), NDArray.zeros([0]), bins: 2)
    #expect(try values(empty.counts) == [0, 0, 0, 0])
    #expect(try values(empty.xEdges) == [0, 0.5, 1])
    let floats = try NDArray.zeros([0], dtype: .float32)
    let tenths = (0...10).map { $0 == 10 ? 1 : Double($0) * (1 / 10.0) }
    #expect(try values(histogram2d(floats, floats, bins: 10).yEdges) == tenths)
  }

  /// Edges between elements of float32 are float32's; those of a range are float64's, and 0.1 of float32 lies above 0.1.
  @Test func edgesOfShortFloats() throws {
    let (x, y) = (try NDArray([0, 0.1, 0.7] as [Float]), try NDArray([0, 0.1, 0.2] as [Float]))
    let own = try histogram2d(x, y, bins: 3)
    #expect(try values(own.counts) == [1, 1, 0, 0, 0, 0, 0, 0, 1])
    #expect(try values(own.xEdges).last == Double(Float(0.7)))
    let given = try histogram2d(x, y, bins: 3, range: (0...0.7, 0...0.2))
    #expect(try values(given.counts) == [1, 1, 0, 0, 0, 0, 0, 0, 0])
  }

  /// numpy.histogramdd((a, a, a), 2)
  @Test func moreVariables() throws {
    let a = try NDArray([0, 1, 2])
    let three = try histogramdd([a, a, a], bins: [2, 2, 2])
    #expect(three.counts.shape.dimensions == [2, 2, 2] && three.edges.count == 3)
    #expect(try values(three.counts) == [1, 0, 0, 0, 0, 0, 0, 2])
    #expect(try values(histogramdd([a], bins: [2]).counts) == [1, 2])
  }

  @Test(arguments: UInt64(0)..<6) func manyElementsAgainstALoop(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let count = 30_000
    let x = (0..<count).map { _ in Double(Int.random(in: -10...130, using: &random)) }
    let y = (0..<count).map { _ in Float(Int.random(in: -3...15, using: &random)) / 2 }
    let (xEdges, yEdges) = ([0.0, 7, 50, 100], [-1.0, 0, 2.5, 3, 6])
    func bin(_ value: Double, _ edges: [Double]) -> Int? {
      if value == edges.last! { return edges.count - 2 }
      return edges.indices.dropLast().first { edges[$0] <= value && value < edges[$0 + 1] }
    }
    var expected = [Double](repeating: 0, count: 12)
    for (x, y) in zip(x, y) {
      if let row = bin(x, xEdges), let column = bin(Double(y), yEdges) { expected[row * 4 + column] += 1 }
    }
    let folder = try TemporaryFolder()
    try NDArray(x).write(to: folder.at("x.npy"))
    try NDArray(y).write(to: folder.at("y.zarr"), layout: .init(codec: .lz4, chunks: [999]))
    for threads in [1, 3] {
      let options = TransferOptions(memory: 64 << 20, threads: threads)
      let found = try histogram2d(
        NDArray.open(folder.at("x.npy")), NDArray.open(folder.at("y.zarr")),
        bins: (.edges(xEdges), .edges(yEdges)))
      #expect(try found.counts.elements(options: options) == expected, "seed \(seed)")
    }
  }

  @Test func mistakesAreNamed() throws {
    let (x, y) = try sample()
    let complex = try NDArray([Complex(1.0, 0), Complex(1.0, 0), Complex(1.0, 0), Complex(1.0, 0)])
    let refused: [() throws -> Void] = [
      { _ = try histogram2d(x, y[1...]) }, { _ = try histogram2d(x, y, bins: 0) },
      { _ = try histogram2d(x, y, bins: [1, 0]) }, { _ = try histogram2d(x, y, bins: .auto) },
      { _ = try histogram2d(x, complex) }, { _ = try histogram2d(x, y, weights: complex) },
      { _ = try histogram2d(x, y, weights: y[1...]) }, { _ = try histogramdd([], bins: []) },
      { _ = try histogramdd([x, y], bins: [2]) }, { _ = try histogram2d(x * Double.infinity, y) },
      { _ = try histogram2d(x.reshape([2, 2]), y.reshape([2, 2])) },
    ]
    for work in refused {
      let error = #expect(throws: TesseraError.self) { try work() }
      #expect(error?.kind == .usage)
    }
    let error = #expect(throws: TesseraError.self) { try histogram2d(x, y, bins: .count(1 << 20)) }
    #expect(error?.kind == .memory)
  }
}
