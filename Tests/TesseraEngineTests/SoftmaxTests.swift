import TesseraCore
import TesseraEngine
import TesseraStorage
import Testing

/// `softmax` and `logSoftmax` against SciPy 1.17's values; `tools/differential` compares them with wider numbers.
@Suite struct SoftmaxTests {
  private static let inf = Double.infinity

  /// Rows with infinities and NaNs, and some whose differences alone say anything.
  private static let rows: [[Double]] = [
    [1, inf, 2], [-inf, -inf, -inf], [.nan, 1, 2], [-inf, 0, 0], [1e300, 1e300, 0], [-1e300, -1e300, -1e308],
    [1000, 1000.5, 999],
  ]

  private func expect(_ got: NDArray, _ expected: [[Double]], within tolerance: Double = 1e-15) throws {
    let elements = try got.astype(.float64).elements(as: Double.self)
    for (got, expected) in zip(elements, expected.joined()) {
      let isSame = got == expected || got.isNaN && expected.isNaN
      #expect(isSame || abs(got - expected) <= tolerance * max(1, abs(expected)), "\(got), \(expected)")
    }
    #expect(elements.count == expected.joined().count)
  }

  @Test func rowsOfEveryKind() throws {
    let (nan, half) = (Double.nan, 0.6931471805599453)
    let x = try NDArray(SoftmaxTests.rows.flatMap { $0 }, shape: [7, 3])
    try expect(
      x.softmax(axis: 1),
      [
        [nan, nan, nan], [nan, nan, nan], [nan, nan, nan], [0, 0.5, 0.5], [0.5, 0.5, 0], [0.5, 0.5, 0],
        [0.3314989604240915, 0.5465493872661796, 0.12195165230972885],
      ])
    try expect(
      x.logSoftmax(axis: -1),
      [
        [-.infinity, nan, -.infinity], [nan, nan, nan], [nan, nan, nan], [-.infinity, -half, -half],
        [-half, -half, -1e300], [-half, -half, -9.9999999e307],
        [-1.1041306053367284, -0.6041306053367284, -2.1041306053367284],
      ])
  }

  @Test func axes() throws {
    let x = try NDArray.random([3, 4, 5], seed: 2)
    for axes in [Axes(0), Axes([0, 2]), Axes(-1)] {
      let sums = try x.softmax(axis: axes).sum(axis: axes)
      #expect(try sums.allclose(.ones(sums.shape.dimensions), rtol: 1e-14))
      #expect(try x.softmax(axis: axes).allclose(exp(x.logSoftmax(axis: axes)), rtol: 1e-13))
    }
    #expect(try abs(x.softmax().sum().item(as: Double.self) - 1) < 1e-14)
    #expect(try NDArray(3.0).softmax(axis: 0).item(as: Double.self) == 1)
    #expect(try NDArray(3.0).logSoftmax().item(as: Double.self) == 0)
    #expect(try NDArray.zeros([0, 3]).softmax(axis: 1).shape == Shape([0, 3]))
  }

  @Test func dtypes() throws {
    let expected = [[0.4223187982515182, 0.15536240349696362, 0.4223187982515182]]
    for dtype in [.bool, .int8, .uint8, .int64, .float64] as [DType] {
      let shares = try NDArray([1, 0, 1] as [Int64]).astype(dtype).softmax()
      #expect(shares.dtype == .float64)
      try expect(shares, expected)
    }
    for (dtype, unit) in [(.float16, 0x1p-11), (.bfloat16, 0x1p-8), (.float32, 0x1p-22)] as [(DType, Double)]
    {
      let x = try NDArray([1, 0, 1] as [Int64]).astype(dtype)
      #expect(try x.softmax().dtype == dtype && x.logSoftmax().dtype == dtype)
      try expect(x.softmax(), expected, within: unit)
      try expect(
        x.logSoftmax(), [[-0.8619948040582511, -1.8619948040582512, -0.8619948040582511]], within: 2 * unit)
    }
    // Small integers do not wrap.
    try expect(NDArray([255, 0] as [UInt8]).softmax(), [[1, 1.7984862202794635e-111]])
  }

  @Test func refused() throws {
    for shape in [[0], [3, 0]] {
      #expect(throws: TesseraError.self) { try NDArray.zeros(shape).softmax(axis: -1) }
      #expect(throws: TesseraError.self) { try NDArray.zeros(shape).logSoftmax() }
    }
    #expect(throws: TesseraError.self) { try NDArray.zeros([2, 3]).softmax(axis: 2) }
    #expect(throws: TesseraError.self) { try NDArray.zeros([2], dtype: .complex64).softmax() }
  }

  /// The greatest elements and the sums of one axis are gathered in one pass.
  @Test func passes() throws {
    let x = try NDArray.random([2000, 300], seed: 1, dtype: .float32)
    #expect(try explain(x.softmax(axis: 0).max()).passes.count == 2)
    #expect(try explain(x.logSoftmax().max()).passes.count == 2)
  }
}
