import TesseraCore
import TesseraEngine
import TesseraLinearAlgebra
import TesseraTestSupport
import Testing

/// `convolve` and `correlate`; expected values are NumPy 2.4's, or a loop's.
@Suite struct ConvolvingTests {
  @Test func modesOfConvolve() throws {
    let (a, v) = (try NDArray([1, 2, 3] as [Double]), try NDArray([0, 1, 0.5] as [Double]))
    #expect(try convolve(a, v).elements() == [0, 1, 2.5, 4, 1.5] as [Double])
    #expect(try convolve(a, v, mode: .same).elements() == [1, 2.5, 4] as [Double])
    #expect(try convolve(a, v, mode: .valid).elements() == [2.5] as [Double])
    let (short, long) = (try NDArray([1, 2] as [Int64]), try NDArray([1, 2, 3, 4] as [Int64]))
    for (one, other) in [(short, long), (long, short)] {
      #expect(try convolve(one, other, mode: .same).elements() == [1, 4, 7, 10] as [Int64])
      #expect(try convolve(one, other, mode: .valid).elements() == [4, 7, 10] as [Int64])
    }
    #expect(try convolve(NDArray(1 as Int64), short).elements() == [1, 2] as [Int64])
  }

  @Test func modesOfCorrelate() throws {
    let (a, v) = (try NDArray([1, 2, 3] as [Double]), try NDArray([0, 1, 0.5] as [Double]))
    #expect(try correlate(a, v).elements() == [3.5] as [Double])
    #expect(try correlate(a, v, mode: .same).elements() == [2, 3.5, 3] as [Double])
    #expect(try correlate(a, v, mode: .full).elements() == [0.5, 2, 3.5, 3, 0] as [Double])
    let (short, long) = (try NDArray([1, 2] as [Int64]), try NDArray([1, 2, 3, 4] as [Int64]))
    #expect(try correlate(short, long, mode: .same).elements() == [11, 8, 5, 2] as [Int64])
    #expect(try correlate(short, long, mode: .valid).elements() == [11, 8, 5] as [Int64])
    #expect(try correlate(short, long, mode: .full).elements() == [4, 11, 8, 5, 2] as [Int64])
    #expect(try correlate(long, short, mode: .same).elements() == [2, 5, 8, 11] as [Int64])
    let (five, four) = (try NDArray.arange(1, 6), try NDArray.arange(1, 5))
    #expect(try correlate(five, four, mode: .same).elements() == [11, 20, 30, 40, 26] as [Int64])
    #expect(try correlate(four, five, mode: .same).elements() == [26, 40, 30, 20, 11] as [Int64])
    #expect(try convolve(five, four, mode: .same).elements() == [4, 10, 20, 30, 34] as [Int64])
  }

  @Test func complexNumbersAreConjugated() throws {
    let z = try NDArray([Complex(0.0, 1), Complex(2, 0)])
    let w = try NDArray([Complex(0.0, 1), Complex(1, 0), Complex(3, 0)])
    #expect(
      try correlate(z, w, mode: .full).elements(as: Complex<Double>.self)
        == [Complex(0, 3), Complex(6, 1), Complex(3, 0), Complex(0, -2)])
    #expect(
      try convolve(z, w).elements(as: Complex<Double>.self)
        == [Complex(-1, 0), Complex(0, 3), Complex(2, 3), Complex(6, 0)])
  }

  @Test func dtypes() throws {
    let truths = try NDArray([true, true])
    #expect(try convolve(truths, truths).elements() == [true, true, true])
    #expect(try correlate(truths, NDArray([true, false]), mode: .full).elements() == [false, true, true])
    let bytes = try convolve(NDArray([200, 100] as [UInt8]), NDArray([2, 2] as [UInt8]))
    #expect(try bytes.elements() == [144, 88, 200] as [UInt8])
    let halves = try convolve(NDArray([1, 1] as [Float16]), NDArray([1, 2] as [Int32]))
    #expect(halves.dtype == .float64)
    #expect(try convolve(truths, NDArray([1, 2] as [Float16])).elements() == [1, 3, 2] as [Float16])
  }

  /// What lies beyond the ends is nothing rather than 0.
  @Test func infinitiesStayWhereTheyAre() throws {
    let a = try NDArray([1, 2, 3] as [Double])
    let v = try NDArray([1, .infinity] as [Double])
    #expect(try convolve(a, v).elements() == [1, .infinity, .infinity, .infinity] as [Double])
    let found = try correlate(a, NDArray([.nan, 1] as [Double]), mode: .full).elements(as: Double.self)
    #expect(found.map(\.isNaN) == [false, true, true, true] && found[0] == 1)
  }

  @Test func whatIsRefused() throws {
    let (line, empty) = (try NDArray.ones([3]), try NDArray.zeros([0]))
    #expect(throws: TesseraError.self) { try convolve(line, empty) }
    #expect(throws: TesseraError.self) { try convolve(empty, line) }
    #expect(throws: TesseraError.self) { try correlate(line, empty) }
    #expect(throws: TesseraError.self) { try convolve(NDArray.ones([2, 2]), line) }
    #expect(throws: TesseraError.self) { try correlate(line, NDArray(1.0)) }
  }

  /// A line of many blocks.
  @Test func aLongLine() throws {
    let count = 300_000
    let elements = (0..<count).map { Double($0 % 17) }
    let weights: [Double] = [1, -2, 4, 0.5, 3]
    let folder = try TemporaryFolder()
    try NDArray(elements).write(to: folder.at("x.npy"))
    let found = try convolve(NDArray.open(folder.at("x.npy")), NDArray(weights), mode: .same)
    let expected = (0..<count).map { place -> Double in
      weights.indices.reduce(0.0) { sum, k in
        let other = place + 2 - k
        return elements.indices.contains(other) ? sum + weights[k] * elements[other] : sum
      }
    }
    #expect(try found.elements(options: .init(memory: 64 << 20, threads: 2)) == expected)
  }
}
