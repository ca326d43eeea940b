import TesseraCore
import TesseraEngine
import Testing

/// `dtype:` of means, variances and running totals, with NumPy's answers unless said otherwise.
@Suite struct AccumulatorDTypeTests {
  private let x = try! NDArray([1, 2, 3, 4.5])
  private let gaps = try! NDArray([1, 2, .nan, 3, 4.5])

  private func expect<T: Element & Equatable>(
    _ array: NDArray, _ expected: [T], _ location: SourceLocation = #_sourceLocation
  ) throws {
    #expect(array.dtype == T.dtype, sourceLocation: location)
    #expect(try array.elements(as: T.self) == expected, sourceLocation: location)
  }

  @Test func means() throws {
    try expect(x.mean(dtype: .float32), [2.625] as [Float])
    try expect(gaps.nanmean(dtype: .float16), [2.625] as [Float16])
    try expect(x.mean(dtype: .complex128), [Complex(2.625, 0.0)])
    // Elements lose their fractions, and so does the mean.
    try expect(x.mean(dtype: .int64), [2] as [Int64])
    try expect(NDArray([1.9, 2.9, 4.9]).mean(dtype: .int32), [2] as [Int32])
    let hundreds = try NDArray([100, 100, 100] as [Int8])
    try expect(hundreds.mean(dtype: .float32), [100] as [Float])
    // NumPy adds up to 44 first.
    try expect(hundreds.mean(dtype: .int8), [100] as [Int8])
    // In NumPy too elements become the dtype first, which does not hold the second one.
    try expect(NDArray([1, 1e6]).mean(dtype: .float16), [.infinity] as [Float16])
    let rows = try NDArray([1, 2, 3, 5] as [Int16], shape: [2, 2])
    try expect(rows.mean(axis: 1, dtype: .float32, keepdims: true).ravel(), [1.5, 4] as [Float])
  }

  /// numpy.nansum(x, dtype=float) and so on: a number with a NaN in either part is left out before its other part is.
  @Test func complexNaNsAsRealNumbers() throws {
    let nan = Double.nan
    let values: [Complex<Double>] = [Complex(1, nan), Complex(2, 0), Complex(nan, 1), Complex(3, 1)]
    let x = try NDArray(values)
    try expect(x.nansum(dtype: .float64), [5] as [Double])
    try expect(x.nansum(dtype: .float32), [5] as [Float])
    try expect(x.nanprod(dtype: .float64), [6] as [Double])
    try expect(x.nanmean(dtype: .float64), [2.5] as [Double])
    try expect(x.nansum(dtype: .int64), [5] as [Int64])
  }

  @Test func variances() throws {
    try expect(x.var(dtype: .float32), [1.671875] as [Float])
    try expect(gaps.nanvar(dtype: .float32), [1.671875] as [Float])
    try expect(x.std(dtype: .float16), [1.293] as [Float16])
    try expect(gaps.nanstd(dtype: .float32), [1.29301] as [Float])
    try expect(NDArray([1, 2, 3, 4] as [Int32]).var(dtype: .float32, ddof: 1), [Float(5.0 / 3)])
    #expect(try gaps.nanvar(dtype: .float16, ddof: 4).item(as: Float16.self).isNaN)
    // NumPy rounds the mean to float16, and gives 3.5.
    let close = try NDArray([4096, 4097, 4098, 4099.0])
    try expect(close.var(dtype: .float16), [1.25] as [Float16])
    // NumPy keeps complex128.
    let complex = try NDArray([Complex(1.0, 2.0), Complex(3.0, 0.0)])
    try expect(complex.var(dtype: .complex128), [2] as [Double])
  }

  @Test func runningSums() throws {
    let hundreds = try NDArray([100, 100, 100] as [Int8])
    try expect(hundreds.cumsum(dtype: .int8), [100, -56, 44] as [Int8])
    try expect(hundreds.cumsum(dtype: .uint8), [100, 200, 44] as [UInt8])
    try expect(hundreds.cumsum(dtype: .float32), [100, 200, 300] as [Float])
    try expect(x.cumsum(dtype: .int32), [1, 3, 6, 10] as [Int32])
    try expect(NDArray([0, 2, 0]).cumsum(dtype: .bool), [false, true, true])
    try expect(NDArray([60000.0, 60000]).cumsum(dtype: .float16), [60000, .infinity] as [Float16])
    try expect(x.cumsum(dtype: .complex64), [1, 3, 6, 10.5].map { Complex(Float($0), 0) })
    try expect(NDArray([1.5, .nan, 2]).nancumsum(dtype: .float32), [1.5, 1.5, 3.5] as [Float])
    try expect(NDArray([1.5, .nan, 2.9]).nancumsum(dtype: .int64), [1, 1, 3] as [Int64])
    let rows = try NDArray([1, 2, 3, 4] as [UInt8], shape: [2, 2])
    try expect(rows.cumsum(axis: 0, dtype: .float64).ravel(), [1, 2, 4, 6] as [Double])
  }

  @Test func runningProducts() throws {
    try expect(NDArray([16, 16, 2]).cumprod(dtype: .uint8), [16, 0, 0] as [UInt8])
    let hundreds = try NDArray([200, 200, 200] as [UInt8])
    try expect(hundreds.cumprod(dtype: .float16), [200, 40000, .infinity] as [Float16])
    try expect(x.cumprod(dtype: .int32), [1, 2, 6, 24] as [Int32])
    try expect(NDArray([2, 0, 3]).cumprod(dtype: .bool), [true, false, false])
    try expect(NDArray([1.5, .nan, 2.9]).nancumprod(dtype: .int32), [1, 1, 2] as [Int32])
    try expect(NDArray([1.5, .nan, 2]).nancumprod(dtype: .float32), [1.5, 1.5, 3] as [Float])
  }
}
