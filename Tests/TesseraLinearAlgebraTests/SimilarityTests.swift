import TesseraCore
import TesseraEngine
import TesseraLinearAlgebra
import TesseraStorage
import TesseraTestSupport
import Testing

/// Similarities and distances of all pairs of rows, against plain loops.
@Suite struct SimilarityTests {
  @Test(arguments: 0..<24) func cosinesAgreeWithPlainLoops(_ seed: Int) throws {
    let pair = try RowPair(seed: seed)
    let got = try cosineSimilarity(pair.a, pair.b)
    #expect(got.shape.dimensions == [pair.rows.0, pair.rows.1])
    #expect(got.dtype == pair.dtype)
    // Two roundings of unit rows, and products of at most `width` terms that sum up to 1.
    let tolerance = Double(pair.width + 4) * (pair.dtype == .float32 ? 1.2e-7 : 2.3e-16)
    let values: [Double] = try got.astype(.float64).elements()
    for (number, expected) in pair.all(RowPair.cosine).enumerated() {
      #expect(abs(values[number] - expected) <= tolerance, "seed \(seed), pair \(number)")
    }
  }

  @Test(arguments: 0..<24) func distancesAgreeWithPlainLoops(_ seed: Int) throws {
    let pair = try RowPair(seed: seed)
    let got = try euclideanDistances(pair.a, pair.b)
    #expect(got.shape.dimensions == [pair.rows.0, pair.rows.1])
    #expect(got.dtype == pair.dtype)
    let values: [Double] = try got.astype(.float64).elements()
    for (number, expected) in pair.all(RowPair.euclidean).enumerated() {
      // See DistanceDriver: 4.4e-8 at worst for rows of 1000.
      let tolerance = expected * (pair.dtype == .float32 ? 1.2e-7 : Double(pair.width + 1) * 4.4e-11)
      #expect(abs(values[number] - expected) <= tolerance, "seed \(seed), pair \(number)")
    }
  }

  /// Rows a long way from the origin and close to one another, where |x|² + |y|² - 2xy has no digits left.
  @Test func nearRowsKeepTheirDigits() throws {
    var random = SeededGenerator(seed: 5)
    let (rows, width) = (70, 33)
    var values = (0..<rows * width).map { _ in 1e6 + Double.random(in: -1e-3...1e-3, using: &random) }
    values.replaceSubrange(width..<2 * width, with: values[0..<width])
    let x = try NDArray(values, shape: [rows, width])
    let got: [Double] = try euclideanDistances(x).elements()
    for i in 0..<rows {
      for j in 0..<rows {
        let expected = RowPair.euclidean(
          values[(i * width)..<((i + 1) * width)], values[(j * width)..<((j + 1) * width)])
        #expect(abs(got[i * rows + j] - expected) <= 1e-13 * expected)
      }
      #expect(got[i * rows + i] == 0)
    }
    #expect(got[1] == 0 && got[rows] == 0)
  }

  @Test func rowsOfZerosAndSpecialNumbers() throws {
    let x = try NDArray([0, 0, 3, 4, .nan, 1, .infinity, 1, -3, -4], shape: [5, 2])
    let cosines: [Double] = try cosineSimilarity(x).elements()
    #expect(Array(cosines[0..<2]) == [0, 0] && cosines[4] == 0)
    #expect(abs(cosines[6] - 1) < 1e-15 && abs(cosines[9] + 1) < 1e-15)
    #expect(cosines[6] <= 1 && cosines[9] >= -1)
    for other in 0..<5 { #expect(cosines[10 + other].isNaN && cosines[other * 5 + 2].isNaN) }
    let distances: [Double] = try euclideanDistances(x).elements()
    #expect(distances[0] == 0 && distances[1] == 5 && distances[9] == 10 && distances[6] == 0)
    #expect(distances[3] == .infinity && distances[8] == .infinity)
    #expect(distances[18].isNaN, "infinity from itself")
    for other in 0..<5 { #expect(distances[10 + other].isNaN && distances[other * 5 + 2].isNaN) }
  }

  @Test func dtypes() throws {
    let integers = try NDArray([3 as Int32, 4, 0, 5], shape: [2, 2])
    #expect(
      try euclideanDistances(integers).elements(as: Double.self) == [
        0, 10.0.squareRoot(), 10.0.squareRoot(), 0,
      ])
    #expect(try cosineSimilarity(integers).dtype == .float64)
    #expect(try euclideanDistances(integers.astype(.float16)).dtype == .float64)
    let single = integers.astype(.float32)
    #expect(try euclideanDistances(single).dtype == .float32)
    #expect(try euclideanDistances(single, integers).dtype == .float64)
  }

  @Test func emptyMatrices() throws {
    let (none, some) = (try NDArray.zeros([0, 3]), try NDArray.ones([2, 3]))
    #expect(try euclideanDistances(none, some).elements(as: Double.self).isEmpty)
    #expect(try cosineSimilarity(some, none).shape.dimensions == [2, 0])
    let flat = try NDArray.zeros([2, 0])
    #expect(try euclideanDistances(flat).elements(as: Double.self) == [0, 0, 0, 0])
    #expect(try cosineSimilarity(flat).elements(as: Double.self) == [0, 0, 0, 0])
  }

  @Test func expressionsAndStores() throws {
    let folder = try TemporaryFolder()
    let pair = try RowPair(seed: 3)
    try pair.a.write(to: folder.at("a.zarr"), layout: .init(codec: .lz4, chunks: [7, 3]))
    let stored = try NDArray.open(folder.at("a.zarr"))
    let centred = try stored - stored.mean(axis: 0)
    let expected: [Double] = try euclideanDistances(centred.evaluated(), pair.b).astype(.float64).elements()
    try euclideanDistances(centred, pair.b).write(to: folder.at("d.npy"))
    #expect(try NDArray.open(folder.at("d.npy")).astype(.float64).elements(as: Double.self) == expected)
    let nearest = try euclideanDistances(centred, pair.b).min(axis: 1).astype(.float64).elements(
      as: Double.self)
    let columns = pair.rows.1
    #expect(nearest == (0..<pair.rows.0).map { expected[($0 * columns)..<(($0 + 1) * columns)].min()! })
  }

  @Test func bitsDoNotDependOnThreadsOrBudget() throws {
    let folder = try TemporaryFolder()
    let x = try NDArray.random([2100, 40], seed: 7).astype(.float32)
    var kept: [[UInt8]] = []
    for (number, options) in [(1, 64), (2, 64), (3, 512)].map({
      TransferOptions(memory: $0.1 << 20, threads: $0.0)
    }).enumerated() {
      for (name, result) in [("c", try cosineSimilarity(x)), ("d", try euclideanDistances(x))] {
        try result.write(to: folder.at("\(name)\(number).npy"), options: options)
      }
      kept.append(try folder.read("c\(number).npy") + folder.read("d\(number).npy"))
    }
    #expect(kept[0] == kept[1] && kept[1] == kept[2])
  }

  @Test func mistakes() throws {
    let x = try NDArray.ones([3, 4])
    for (a, b, words) in [
      (x, try NDArray.ones([3, 5]), "(3, 4) and (3, 5)"), (try NDArray.ones([4]), x, "(4,)"),
      (x.astype(.complex64), x, "complex64"),
    ] {
      for function in [cosineSimilarity, euclideanDistances] {
        let error = #expect(throws: TesseraError.self) { try function(a, b) }
        #expect(error?.description.contains(words) == true, "\(error!)")
        #expect(error?.kind == .usage)
      }
    }
  }
}
