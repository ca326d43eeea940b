import TesseraCore
import TesseraEngine
import TesseraIO
import TesseraStorage
import TesseraTestSupport
import Testing

@Suite struct HistogramTests {
  @Test func equalBinsHoldTheirLowerEdgeAndTheLastBoth() throws {
    let x = try NDArray([0.0, 0.5, 1, 1, 1.5, 2, .nan, 3, -1], shape: [3, 3])
    let (counts, edges) = try x.histogram(bins: 2, range: 0...2)
    #expect(try counts.elements(as: Int64.self) == [2, 4])
    #expect(try edges.elements(as: Double.self) == [0, 1, 2])
  }

  /// numpy.histogram(numpy.arange(100) ** 2 / 7, bins=rule)
  @Test(arguments: [
    (HistogramBins.auto, 8), (.sturges, 8), (.squareRoot, 10), (.rice, 10), (.freedmanDiaconis, 5),
    (.scott, 5),
  ]) func rulesOfNumPy(bins: HistogramBins, count: Int) throws {
    let x = try NDArray((0..<100).map { Double($0 * $0) / 7 })
    let (counts, edges) = try x.histogram(bins: bins)
    #expect(counts.size == count && edges.size == count + 1)
    #expect(try counts.sum().item(as: Int64.self) == 100)
  }

  /// numpy.histogram(numpy.arange(1000) / 1000, rule, (0, 10)), and of the squares above (0, 100)
  @Test(arguments: [
    (HistogramBins.auto, 110, 6), (.sturges, 110, 6), (.squareRoot, 317, 6), (.rice, 201, 7),
    (.freedmanDiaconis, 101, 4), (.scott, 100, 3),
  ]) func rulesOfNumPyWithinARange(bins: HistogramBins, wide: Int, narrow: Int) throws {
    let even = try NDArray((0..<1000).map { Double($0) / 1000 })
    let (counts, edges) = try even.histogram(bins: bins, range: 0...10)
    #expect(counts.size == wide)
    #expect(try edges.elements(as: Double.self).last == 10)
    #expect(try counts.sum().item(as: Int64.self) == 1000)
    let squares = try NDArray((0..<100).map { Double($0 * $0) / 7 })
    #expect(try squares.histogram(bins: bins, range: 0...100).counts.size == narrow)
    #expect(try squares.histogram(bins: bins, range: -2 ... -1).counts.elements(as: Int64.self) == [0])
  }

  /// numpy.histogram([1.0] * 90 + [0, 5, 9], "auto"), whose quartiles are equal; (1, 1) is widened to (0.5, 1.5).
  @Test func rulesWithoutAnExtent() throws {
    let x = try NDArray([Double](repeating: 1, count: 90) + [0, 5, 9])
    #expect(try x.histogram(bins: .auto).counts.size == 20)
    #expect(try x.histogram(bins: .freedmanDiaconis).counts.size == 1)
    let around = try NDArray([0.6, 0.8, 1, 1.2, 1.4])
    #expect(try around.histogram(bins: .sturges, range: 1...1).counts.size == 5)
    #expect(try around.histogram(bins: .squareRoot, range: 1...1).counts.size == 3)
  }

  /// numpy.histogram(numpy.zeros(0, dtype), 40)[1], which are those of float64, rounded.
  @Test func edgesOfNoElements() throws {
    let places = (0...40).map { Double($0) * (1 / 40.0) }
    let floats = try NDArray.zeros([0], dtype: .float32).histogram(bins: 40).edges
    #expect(try floats.elements(as: Double.self) == places.map { Double(Float($0)) })
    let halves = try NDArray.zeros([0], dtype: .float16).histogram(bins: 40).edges
    #expect(try halves.elements(as: Double.self) == places.map { Double(Float16($0)) })
  }

  /// numpy.histogram([True] * 1000 + [False], rule)
  @Test(arguments: [HistogramBins.auto, .sturges, .squareRoot, .rice, .freedmanDiaconis, .scott])
  func binsOfBoolsAreOneWide(bins: HistogramBins) throws {
    let x = try NDArray([Bool](repeating: true, count: 1000) + [false])
    let (counts, edges) = try x.histogram(bins: bins)
    #expect(try counts.elements(as: Int64.self) == [1001])
    #expect(try edges.elements(as: Double.self) == [0, 1])
  }

  @Test func progressGoesOverAllThatARuleAsksFor() throws {
    let folder = try TemporaryFolder()
    try NDArray((0..<60_000).map(Double.init), shape: [600, 100]).write(to: folder.at("x.npy"))
    let told = Lock<[(Int, Int)]>([])
    let options = TransferOptions(
      threads: 1, progress: { now in told.withLock { $0.append((now.done, now.total)) } })
    _ = try NDArray.open(folder.at("x.npy")).histogram(bins: .auto, range: 0...30_000, options: options)
    let calls = told.withLock { $0 }
    let done = calls.map(\.0)
    #expect(Set(calls.map(\.1)).count == 1)
    #expect(done == done.sorted())
    #expect(calls.first.map { $0.0 < $0.1 } == true)
  }

  @Test func weightsAndDensity() throws {
    let x = try NDArray([1, 1, 2] as [Int32])
    let (weighted, _) = try x.histogram(bins: [1, 2, 3], weights: NDArray([0.5, 0.25, 4]))
    #expect(try weighted.elements(as: Double.self) == [0.75, 4])
    let (density, _) = try x.histogram(bins: [1, 2, 4], density: true)
    #expect(try density.elements(as: Double.self) == [2.0 / 3, 1.0 / 6])
  }

  /// numpy.histogram([1, 2, 3], bins=[1]), and with density
  @Test func aSingleEdgeHasNoBin() throws {
    let x = try NDArray([1, 2, 3] as [Int32])
    let (counts, edges) = try x.histogram(bins: [1])
    #expect(try counts.elements(as: Int64.self) == [])
    #expect(try edges.elements(as: Double.self) == [1])
    let none: [Double] = []
    #expect(try x.histogram(bins: [1], density: true).counts.elements() == none)
    #expect(try x.histogram(bins: [1], weights: x).counts.elements() == none)
    #expect(throws: TesseraError.self) { try x.histogram(bins: [1], weights: NDArray([1.0])) }
    #expect(throws: TesseraError.self) { try x.histogram(bins: []) }
  }

  /// Neither counts of what has weights nor their real parts are what was asked for.
  @Test func weightsThatDoNotFitAreRefused() throws {
    let x = try NDArray([0, 1, 1] as [Int64])
    let complex = try NDArray([Complex(1.0, 2.0), Complex(0.0, 1.0), Complex(1.0, 0.0)])
    let refused: [() throws -> Void] = [
      { _ = try x.histogram(bins: 2, weights: complex) }, { _ = try x.bincount(weights: complex) },
      { _ = try x.histogram(bins: .auto, weights: x) }, { _ = try x.histogram(bins: .scott, weights: x) },
      { _ = try x.bincount(weights: NDArray([1.0])) },
    ]
    for work in refused {
      let error = #expect(throws: TesseraError.self) { try work() }
      #expect(error?.kind == .usage)
    }
  }

  @Test func occurrences() throws {
    let x = try NDArray([3, 1, 1, 0] as [UInt8])
    #expect(try x.bincount().elements(as: Int64.self) == [1, 2, 0, 1])
    #expect(try x.bincount(minlength: 6).elements(as: Int64.self) == [1, 2, 0, 1, 0, 0])
    let negative = try NDArray([1, -1] as [Int64])
    #expect(throws: TesseraError.self) { try negative.bincount() }
  }

  @Test(arguments: [1 << 32, 1 << 62, Int.max])
  func tooManyOccurrencesAreRefused(length: Int) throws {
    let x = try NDArray([0, 1, 2] as [Int64])
    let error = #expect(throws: TesseraError.self) { try x.bincount(minlength: length) }
    #expect(error?.kind == .memory)
  }

  /// A length below 2^32 is one that there may be, whoever asks for it.
  @Test func theGreatestIntegerThatIsCounted() throws {
    #expect(try NDArray([UInt32.max - 1]).bincount().shape.dimensions == [Int(UInt32.max)])
    let error = #expect(throws: TesseraError.self) { try NDArray([UInt32.max]).bincount() }
    #expect(error?.kind == .memory && error?.got == "4294967295")
  }

  @Test func negativeLengthsAreNamed() throws {
    let x = try NDArray([0, 1, 2] as [Int64])
    let length = #expect(throws: TesseraError.self) { try x.bincount(minlength: -1) }
    #expect(length?.kind == .usage && length?.what.contains("minlength") == true)
    for count in [0, Int.min] {
      let bins = #expect(throws: TesseraError.self) { try x.histogram(bins: .count(count), range: 0...2) }
      #expect(bins?.kind == .usage && bins?.what.contains("bins") == true)
    }
  }

  @Test func unsignedAndSignedIntegersCompareExactly() throws {
    let a = try NDArray([-1, .max] as [Int64])
    let b = try NDArray([.max, UInt64(Int64.max)] as [UInt64])
    #expect(try (a .< b).elements(as: Bool.self) == [true, false])
    #expect(try (b .> a).elements(as: Bool.self) == [true, false])
    #expect(try (a .== b).elements(as: Bool.self) == [false, true])
  }
}
