import TesseraCore
import TesseraEngine
import Testing

/// `isclose` and `allclose`, with NumPy's answers: those that are false too, and bounds that elements lie at.
@Suite struct ClosenessTests {
  private static let nan = Double.nan
  private static let inf = Double.infinity
  private static let a: [Double] = [1, 1.1, 100, 0, nan, inf, -inf, inf, nan]
  private static let b: [Double] = [1.00001, 1, 101, 1e-8, nan, inf, inf, 1, 0]

  /// Tolerances that are not given are NumPy's.
  private struct Bounds: CustomTestStringConvertible {
    var rtol: Double?
    var atol: Double?
    var equalNaN = false
    var testDescription: String { "rtol \(rtol ?? 1e-5), atol \(atol ?? 1e-8), \(equalNaN)" }

    func isclose(_ a: NDArray, _ b: NDArray) throws -> [Bool] {
      let close =
        switch (rtol, atol) {
        case (nil, nil): try a.isclose(b, equalNaN: equalNaN)
        case (let rtol?, nil): try a.isclose(b, rtol: rtol, equalNaN: equalNaN)
        case (nil, let atol?): try a.isclose(b, atol: atol, equalNaN: equalNaN)
        case (let rtol?, let atol?): try a.isclose(b, rtol: rtol, atol: atol, equalNaN: equalNaN)
        }
      return try close.elements(as: Bool.self)
    }

    func allclose(_ a: NDArray, _ b: NDArray) throws -> Bool {
      switch (rtol, atol) {
      case (nil, nil): try a.allclose(b, equalNaN: equalNaN)
      case (let rtol?, nil): try a.allclose(b, rtol: rtol, equalNaN: equalNaN)
      case (nil, let atol?): try a.allclose(b, atol: atol, equalNaN: equalNaN)
      case (let rtol?, let atol?): try a.allclose(b, rtol: rtol, atol: atol, equalNaN: equalNaN)
      }
    }
  }

  private func expect(
    _ a: NDArray, _ b: NDArray, _ bounds: Bounds, _ expected: [Bool],
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let note = Comment(rawValue: bounds.testDescription)
    #expect(try bounds.isclose(a, b) == expected, note, sourceLocation: location)
    #expect(try bounds.allclose(a, b) == !expected.contains(false), note, sourceLocation: location)
  }

  @Test func tolerances() throws {
    let (a, b) = (try NDArray(ClosenessTests.a), try NDArray(ClosenessTests.b))
    let (yes, no) = (true, false)
    try expect(a, b, Bounds(), [yes, no, no, yes, no, yes, no, no, no])
    try expect(a, b, Bounds(equalNaN: true), [yes, no, no, yes, yes, yes, no, no, no])
    try expect(a, b, Bounds(rtol: 0.1, atol: 0), [yes, no, yes, no, no, yes, no, no, no])
    try expect(a, b, Bounds(rtol: 0, atol: 1), [yes, yes, yes, yes, no, yes, no, no, no])
    try expect(a, b, Bounds(rtol: 0, atol: 0), [no, no, no, no, no, yes, no, no, no])
    // 1.1 - 1 is a little more than 0.1, but not than 0.1 and the other tolerance.
    try expect(a, b, Bounds(rtol: 0.1), [yes, yes, yes, yes, no, yes, no, no, no])
    try expect(a, b, Bounds(atol: 1), [yes, yes, yes, yes, no, yes, no, no, no])
  }

  /// A single element that is not decides, wherever it is.
  @Test func allOfThem() throws {
    let x = try NDArray.arange(100_000, dtype: .float32)
    for place in [0, 50_000, 99_999] {
      let other = try `where`(NDArray.arange(100_000) .== place, x + 1000, x)
      #expect(try !x.allclose(other), "\(place)")
      #expect(try !other.allclose(x), "\(place)")
      #expect(try x.allclose(other, rtol: 0, atol: 1000), "\(place)")
    }
    #expect(try x.allclose(x))
    #expect(try !NDArray(1.0).allclose(NDArray(1.1)))
    let none: [Double] = []
    #expect(try NDArray(none).allclose(NDArray(none)))
  }

  /// The bound is relative to the other array alone.
  @Test func theSecondIsTheReference() throws {
    let (nine, ten) = (try NDArray([9.0]), try NDArray([10.0]))
    try expect(ten, nine, Bounds(rtol: 0.105, atol: 0), [false])
    try expect(nine, ten, Bounds(rtol: 0.105, atol: 0), [true])
  }

  @Test(arguments: [DType.int8, .uint8, .int64, .float16, .bfloat16, .float32, .float64, .complex64])
  func dtypes(_ dtype: DType) throws {
    let a = try NDArray([1.0, 2, 3]).astype(dtype)
    let b = try NDArray([1.0, 2, 5]).astype(dtype)
    try expect(a, b, Bounds(), [true, true, false])
    try expect(a, b, Bounds(rtol: 0, atol: 1), [true, true, false])
    try expect(a, b, Bounds(rtol: 0, atol: 2), [true, true, true])
    try expect(a, b, Bounds(rtol: 0.4, atol: 0), [true, true, true])
    try expect(a, b.astype(.float64), Bounds(), [true, true, false])
  }

  /// Integers do not wrap where they are subtracted; those of 64 bits are compared as float64, as in NumPy.
  @Test func integers() throws {
    let bounds = Bounds(rtol: 0, atol: 1)
    try expect(NDArray([0, 200] as [UInt8]), NDArray([255, 100] as [UInt8]), bounds, [false, false])
    try expect(NDArray([-128] as [Int8]), NDArray([127] as [Int8]), bounds, [false])
    try expect(NDArray([1 << 53]), NDArray([1 << 53 + 1]), Bounds(rtol: 0, atol: 0), [true])
    try expect(NDArray([true, false]), NDArray([1, 1]), Bounds(), [true, false])
    try expect(NDArray([Float16(65504)]), NDArray([Float16.infinity]), Bounds(rtol: 1), [false])
  }

  @Test func complexNumbers() throws {
    let (nan, inf) = (ClosenessTests.nan, ClosenessTests.inf)
    let a = try NDArray([Complex(3.0, 4.0), Complex(nan, 0.0), Complex(inf, 1.0)])
    let b = try NDArray([Complex(3.0, 4.5), Complex(0.0, nan), Complex(inf, 1.0)])
    try expect(a, b, Bounds(rtol: 0, atol: 0.5), [true, false, true])
    try expect(a, b, Bounds(rtol: 0, atol: 0.49), [false, false, true])
    try expect(a, b, Bounds(rtol: 0, atol: 0.5, equalNaN: true), [true, true, true])
  }

  @Test func shapes() throws {
    let column = try NDArray.ones([2, 1])
    try expect(
      column, try NDArray([1, 1.5, 1.0]), Bounds(), [true, false, true, true, false, true])
    #expect(try NDArray.ones([0, 3]).allclose(NDArray.zeros([1, 3])))
    #expect(throws: TesseraError.self) { try column.isclose(NDArray.ones([3, 2])) }
    #expect(throws: TesseraError.self) { try column.allclose(NDArray.ones([3, 2])) }
  }
}
