import TesseraCore
import TesseraEngine
import Testing

/// Functions that are operators too, by their names, with NumPy's answers.
@Suite struct NamedFunctionTests {
  @Test func logicalNots() throws {
    let x = try NDArray([0.0, -0.0, .nan, 2])
    #expect(try logicalNot(x).elements(as: Bool.self) == [true, true, false, false])
    #expect(try logicalNot(NDArray([0, -3] as [Int8])).elements(as: Bool.self) == [true, false])
    #expect(try logicalNot(NDArray([true, false])).elements(as: Bool.self) == [false, true])
    let complex = try NDArray([Complex(0.0, 0.0), Complex(0.0, 1.0)])
    #expect(try logicalNot(complex).elements(as: Bool.self) == [true, false])
    #expect(try logicalNot(NDArray(Float16(0))).item(as: Bool.self))
    #expect(try (.!x).elements(as: Bool.self) == logicalNot(x).elements(as: Bool.self))
  }

  @Test func inverts() throws {
    let x = try NDArray([0, 5, -1, -128] as [Int8])
    #expect(try invert(x).elements(as: Int8.self) == [-1, -6, 0, 127])
    #expect(try invert(NDArray([0, 255, 7] as [UInt8])).elements(as: UInt8.self) == [255, 0, 248])
    #expect(try invert(NDArray([1, -2])).elements(as: Int64.self) == [-2, 1])
    #expect(try invert(NDArray([true, false])).elements(as: Bool.self) == [false, true])
    #expect(try (~x).elements(as: Int8.self) == invert(x).elements(as: Int8.self))
    for dtype in [DType.float32, .complex128] {
      let error = #expect(throws: TesseraError.self) { try invert(NDArray.zeros([2], dtype: dtype)) }
      #expect(error?.kind == .usage)
    }
  }

  @Test func powersOfIntegers() throws {
    let x = try NDArray([2, 3, -3] as [Int32])
    let cubes = try power(x, 3)
    #expect(cubes.dtype == .int32)
    #expect(try cubes.elements(as: Int32.self) == [8, 27, -27])
    #expect(try power(2, NDArray([0, 1, 10])).elements(as: Int64.self) == [1, 2, 1024])
    #expect(try power(x, NDArray([3, 2, 0] as [Int32])).elements(as: Int32.self) == [8, 9, 1])
    // They wrap.
    let seven = try NDArray([7, 8] as [Int8])
    #expect(try power(NDArray([2] as [Int8]), seven).elements(as: Int8.self) == [-128, 0])
    let (column, row) = (try NDArray([1, 2, 3], shape: [3, 1]), try NDArray([1, 2]))
    let table = try power(column, row)
    #expect(table.shape.dimensions == [3, 2])
    #expect(try table.elements(as: Int64.self) == [1, 1, 2, 4, 3, 9])
    #expect(try (column ** row).elements(as: Int64.self) == [1, 1, 2, 4, 3, 9])
    #expect(throws: TesseraError.self) { try power(x, -1).evaluated() }
    #expect(throws: TesseraError.self) { try power(x, NDArray([1, -1, 1])).evaluated() }
  }

  @Test func powersOfFloats() throws {
    let x = try NDArray([4, 2, 0, -2] as [Float])
    let squares = try power(x, 2)
    #expect(squares.dtype == .float32)
    #expect(try squares.allclose(NDArray([16.0, 4, 0, 4]), rtol: 1e-6, atol: 0))
    let roots = try NDArray([2, 1.4142135, 0, .nan] as [Float])
    #expect(try power(x, 0.5).allclose(roots, rtol: 1e-6, atol: 0, equalNaN: true))
    #expect(try power(x, 0).elements(as: Float.self) == [1, 1, 1, 1])
    let exponents = try NDArray([-1, 3] as [Float])
    #expect(try power(2.0, exponents).allclose(NDArray([0.5, 8]), rtol: 1e-6, atol: 0))
    #expect(try power(2.0, exponents).dtype == .float32)
    let mixed = try power(NDArray([2, 3] as [Int32]), NDArray([0.5, 2] as [Float]))
    #expect(mixed.dtype == .float64)
    let values = try mixed.elements(as: Double.self)
    #expect(abs(values[0] - 2.0.squareRoot()) < 1e-15 && abs(values[1] - 9) < 1e-14)
    #expect(throws: TesseraError.self) { try power(x, NDArray([1.0, 2, 3])) }
  }
}
