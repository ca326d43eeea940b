import TesseraCore
import TesseraEngine
import Testing

/// Elementwise functions made of others, and `select`, by NumPy's values.
@Suite struct ComposedFunctionTests {
  private static let ends: [Double] = [-2, -0.0, 0, 3, .nan, .infinity, -.infinity]
  private let ends = try! NDArray(ComposedFunctionTests.ends)

  @Test func steps() throws {
    let steps = try heaviside(ends, 0.5).elements(as: Double.self)
    #expect(Array(steps[..<4]) == [0, 0.5, 0.5, 1] && steps[4].isNaN && Array(steps[5...]) == [1, 0])
    #expect(try heaviside(ends, Double.nan).elements(as: Double.self)[1].isNaN)
    let x = try NDArray([-1, 0, 2] as [Int8])
    #expect(try heaviside(x, 1).elements(as: Float16.self) == [0, 1, 1])
    #expect(try heaviside(x, 300).elements(as: Float16.self) == [0, 300, 1])
    #expect(try heaviside(x, 0.5).elements(as: Double.self) == [0, 0.5, 1])
    #expect(try heaviside(x.astype(.float32), NDArray([1] as [Int64])).dtype == .float64)
    #expect(try heaviside(0.0, x.astype(.float32)).elements(as: Float.self) == [-1, 0, 2])
    #expect(try heaviside(NDArray([true, false]), 0.5).elements(as: Double.self) == [1, 0.5])
    #expect(throws: TesseraError.self) { try heaviside(NDArray.zeros([1], dtype: .complex64), 1) }
  }

  @Test func waves() throws {
    let x = try NDArray([0, 0.5, 1, -2])
    let expected = try NDArray([1, 0.6366197723675814, 3.8981718325193755e-17, -3.8981718325193755e-17])
    #expect(try sinc(x).allclose(expected, rtol: 1e-14, atol: 1e-30))
    #expect(try sinc(ends).elements(as: Double.self)[4...].allSatisfy(\.isNaN))
    #expect(try sinc(NDArray.arange(2)).dtype == .float64 && sinc(x.astype(.float16)).dtype == .float16)
    #expect(try sinc(NDArray([true, false])).elements(as: Double.self)[1] == 1)
    let z = try sinc(NDArray([Complex<Float>(0, 0), Complex<Float>(0, 0.5)])).elements(
      as: Complex<Float>.self)
    #expect(z[0] == Complex(1, 0) && abs(z[1].real - 1.4650525) < 1e-6)
    #expect(try deg2rad(x).arrayEqual(radians(x)) && rad2deg(x).arrayEqual(degrees(x)))
  }

  @Test func quotientsAndPowers() throws {
    let x = try NDArray([7, -7] as [Int64])
    let parts = try divmod(x, 2)
    #expect(try parts.quotient.elements(as: Int64.self) == [3, -4])
    #expect(try parts.remainder.elements(as: Int64.self) == [1, 1])
    #expect(try divmod(8, x).quotient.elements(as: Int64.self) == [1, -2])
    #expect(try divmod(x, x).remainder.elements(as: Int64.self) == [0, 0])
    #expect(try divmod(NDArray([true]), NDArray([true])).quotient.dtype == .int8)
    #expect(throws: TesseraError.self) { try divmod(NDArray.zeros([1], dtype: .complex64), 1) }
    #expect(try floatPower(NDArray([2, 4] as [Int8]), -1).elements(as: Double.self) == [0.5, 0.25])
    #expect(try floatPower(x.astype(.float32), x.astype(.float32)).dtype == .float64)
    #expect(try floatPower(2, x.astype(.complex64)).dtype == .complex128)
    #expect(try positive(x).elements(as: Int64.self) == [7, -7])
    #expect(throws: TesseraError.self) { try positive(NDArray([true])) }
  }

  @Test func infinities() throws {
    #expect(try isposinf(ends).flatnonzero() == [5] && isneginf(ends).flatnonzero() == [6])
    #expect(try isposinf(ends.astype(.float16)).flatnonzero() == [5])
    #expect(try isneginf(NDArray.arange(3)).elements(as: Bool.self) == [false, false, false])
    #expect(try isposinf(NDArray([true])).elements(as: Bool.self) == [false])
    #expect(throws: TesseraError.self) { try isposinf(NDArray.zeros([1], dtype: .complex64)) }
  }

  @Test func selected() throws {
    let x = try NDArray.arange(6)
    let first = try select([x .> 4, x .< 2], [x, x * 10])
    #expect(try first.elements(as: Int64.self) == [0, 10, 0, 0, 0, 5])
    // The first that is true counts.
    #expect(try select([x .> 2, x .> 1], [x, -x]).elements(as: Int64.self) == [0, 0, -2, 3, 4, 5])
    #expect(
      try select([x .> 4], [x], default: 2.5).elements(as: Double.self) == [2.5, 2.5, 2.5, 2.5, 2.5, 5])
    #expect(try select([x .> 4], [x.astype(.float32)], default: 2.5).dtype == .float32)
    let mask = try NDArray([true, false, true])
    let wide = try select(
      [mask], [NDArray([1, 2] as [Int64], shape: [2, 1])], default: NDArray.arange(3) * 10)
    #expect(try wide.elements(as: Int64.self) == [1, 10, 1, 2, 10, 2])
    #expect(throws: TesseraError.self) { try select([], []) }
    #expect(throws: TesseraError.self) { try select([x], [x]) }
    #expect(throws: TesseraError.self) { try select([x .> 4], [x, x]) }
    #expect(throws: TesseraError.self) { try select([x .> 4], [x.astype(.int8)], default: 300) }
  }
}
