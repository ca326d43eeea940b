import TesseraCore
import TesseraEngine
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

  @Test func weightsAndDensity() throws {
    let x = try NDArray([1, 1, 2] as [Int32])
    let (weighted, _) = try x.histogram(bins: [1, 2, 3], weights: NDArray([0.5, 0.25, 4]))
    #expect(try weighted.elements(as: Double.self) == [0.75, 4])
    let (density, _) = try x.histogram(bins: [1, 2, 4], density: true)
    #expect(try density.elements(as: Double.self) == [2.0 / 3, 1.0 / 6])
  }

  @Test func occurrences() throws {
    let x = try NDArray([3, 1, 1, 0] as [UInt8])
    #expect(try x.bincount().elements(as: Int64.self) == [1, 2, 0, 1])
    #expect(try x.bincount(minlength: 6).elements(as: Int64.self) == [1, 2, 0, 1, 0, 0])
    let negative = try NDArray([1, -1] as [Int64])
    #expect(throws: TesseraError.self) { try negative.bincount() }
  }

  @Test(arguments: [1 << 32, 1 << 62, Int.max]) func occurrencesAreCountedInLessThan2To32(length: Int) throws {
    let x = try NDArray([0, 1, 2] as [Int64])
    let error = #expect(throws: TesseraError.self) { try x.bincount(minlength: length) }
    #expect(error?.kind == .memory)
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
