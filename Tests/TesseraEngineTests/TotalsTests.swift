import TesseraCore
import TesseraEngine
import TesseraTestSupport
import Testing

/// Sums and products that begin with a number, and averages with their weights: the answers of NumPy 2.4.
@Suite struct TotalsTests {
  @Test func sumsThatBeginWithANumber() throws {
    let x = try NDArray((0..<12).map(Double.init), shape: [3, 4])
    #expect(try x.sum(initial: 5).item(as: Double.self) == 71)
    #expect(try x.sum(axis: 0, initial: 3, where: NDArray(false)).elements(as: Double.self) == [3, 3, 3, 3])
    let empty = try NDArray.zeros([0, 3]).sum(axis: 0, keepdims: true, initial: 3)
    #expect(empty.shape.dimensions == [1, 3])
    #expect(try empty.elements(as: Double.self) == [3, 3, 3])
    #expect(try (x + 1).prod(initial: 2).item(as: Double.self) == 958_003_200)
    #expect(try x.prod(axis: 1, initial: 0.5).elements(as: Double.self) == [0, 420, 3960])
  }

  /// The dtype of the result does not change.
  @Test func initialValuesOfOtherDTypes() throws {
    let short = try NDArray([100, 100] as [Int8])
    #expect(try short.sum(initial: 2.5).item(as: Int64.self) == 202)
    #expect(try short.prod(initial: 2.5).item(as: Int64.self) == 20_000)
    #expect(try short.prod(dtype: .float64, initial: 2.5).item(as: Double.self) == 25_000)
    #expect(try short.sum(dtype: .int8, initial: 5).item(as: Int8.self) == -51)
    #expect(try NDArray([true, true]).sum(initial: -1.7).item(as: Int64.self) == 1)
    #expect(try NDArray([1, 2] as [Float16]).sum(initial: 2.5).item(as: Float16.self) == 5.5)
    #expect(try NDArray([1, 2] as [Float16]).sum(initial: 70_000).item(as: Float16.self) == .infinity)
    let complex = try NDArray([Complex<Float>(1, 1)]).sum(initial: Complex(0.0, 1))
    #expect(try complex.item(as: Complex<Float>.self) == Complex(1, 2))
  }

  @Test func totalsWithoutNaNs() throws {
    let x = try NDArray([1, .nan, 2] as [Double])
    #expect(try x.nansum(initial: 10).item(as: Double.self) == 13)
    #expect(try x.nanprod(initial: 10).item(as: Double.self) == 20)
    #expect(try x.nansum(initial: Double.nan).item(as: Double.self).isNaN)
    #expect(try x.nansum(initial: 10, where: NDArray([false, true, true])).item(as: Double.self) == 12)
    #expect(try x.nansum(dtype: .int32, initial: 2.7).item(as: Int32.self) == 5)
    #expect(try NDArray.zeros([0], dtype: .float32).nansum(initial: 3).item(as: Float.self) == 3)
    #expect(try NDArray([1, 2] as [Int8]).nansum(initial: 2.7).item(as: Int64.self) == 5)
    let rows = try NDArray([1, .nan, .nan, .nan] as [Float16], shape: [2, 2])
    let products = try rows.nanprod(axis: 1, keepdims: true, initial: 3)
    #expect(products.shape.dimensions == [2, 1])
    #expect(try products.elements(as: Float16.self) == [3, 3])
    let parts: [Complex<Double>] = [Complex(1, 1), Complex(.nan, 0)]
    let complex = try NDArray(parts).nansum(initial: Complex(0.0, 2))
    #expect(try complex.item(as: Complex<Double>.self) == Complex(1, 3))
  }

  @Test func initialValuesThatAreNotHeld() throws {
    let short = try NDArray([100, 100] as [Int8])
    #expect(throws: TesseraError.self) { try short.sum(dtype: .int8, initial: 300) }
    #expect(throws: TesseraError.self) { try short.sum(initial: Double.nan) }
    #expect(throws: TesseraError.self) { try short.sum(initial: Complex(0.0, 1)) }
    #expect(throws: TesseraError.self) { try NDArray([1 as UInt8]).sum(initial: -1) }
    #expect(throws: TesseraError.self) { try NDArray([1.0]).sum(initial: Complex(0.0, 1)) }
  }

  @Test func averagesAndTheirWeights() throws {
    let x = try NDArray((0..<12).map(Double.init), shape: [3, 4])
    let plain = try x.averageAndWeights(axis: 0)
    #expect(try plain.average.elements(as: Double.self) == [4, 5, 6, 7])
    #expect(try plain.weights.elements(as: Double.self) == [3, 3, 3, 3])
    let rows = try x.averageAndWeights(axis: 1, weights: x + 1, keepdims: true)
    #expect(rows.weights.shape.dimensions == [3, 1])
    #expect(try rows.weights.elements(as: Double.self) == [10, 26, 42])
    #expect(try rows.average.elements(as: Double.self) == [2, 148.0 / 26, 404.0 / 42])
    let columns = try x.averageAndWeights(axis: 1, weights: NDArray([1, 1, 2, 4]))
    #expect(try columns.average.elements(as: Double.self) == [2.125, 6.125, 10.125])
    #expect(try columns.weights.elements(as: Double.self) == [8, 8, 8])
    let half = try NDArray([1, 2] as [Float16])
    let count = try half.averageAndWeights().weights
    #expect(try count.item(as: Float16.self) == 2)
    let wider = try half.averageAndWeights(weights: NDArray([1, 2] as [Float])).weights
    #expect(try wider.item(as: Float.self) == 3)
  }
}
