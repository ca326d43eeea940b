import TesseraCore
import TesseraEngine
import TesseraLinearAlgebra
import TesseraStorage
import TesseraTestSupport
import Testing

@Suite struct GramTests {
  static let shapes = [
    (1, 1), (1, 6), (9, 1), (4, 11), (97, 17), (5003, 3), (1201, 37), (0, 4), (4, 0), (0, 0),
  ]

  @Test(arguments: shapes.indices, DType.allCases)
  func agreesWithPlainSums(_ number: Int, _ dtype: DType) throws {
    let (rows, columns) = GramTests.shapes[number]
    let x = try randomMatrix(rows, columns, dtype, seed: UInt64(number))
    let result = try gram(x)
    #expect(result.shape.dimensions == [columns, columns])
    #expect(result.dtype == (dtype.kind == .floating || dtype.kind == .complex ? dtype : .float64))
    let (expected, bounds) = try GramReference(x).products()
    let values = try result.astype(.complex128).elements(as: Complex<Double>.self)
    let unit = dtype.productRounding * sumOfProductsRoundings
    // A result of 16 bits is rounded once more.
    let rounding = dtype == .float16 ? 0x1p-11 : dtype == .bfloat16 ? 0x1p-8 : 0
    for index in values.indices {
      let error = magnitude(
        Complex(
          values[index].real - expected[index].real, values[index].imaginary - expected[index].imaginary))
      #expect(
        error <= unit * bounds[index] + rounding * magnitude(expected[index]), "seed \(number), \(index)")
    }
  }

  @Test func isExactlyHermitian() throws {
    for dtype in [DType.float32, .float64, .complex64, .complex128] {
      let g = try gram(randomMatrix(301, 23, dtype, seed: 5)).astype(.complex128)
      let values = try g.elements(as: Complex<Double>.self)
      for i in 0..<23 {
        for j in 0..<23 {
          let (one, other) = (values[i * 23 + j], values[j * 23 + i])
          #expect(one.real == other.real && one.imaginary == -other.imaginary)
        }
      }
    }
  }

  @Test func integersDoNotWrap() throws {
    let x = try NDArray([Int64(4_000_000_000), 4_000_000_000, 1, 2], shape: [2, 2])
    #expect(try gram(x).elements(as: Double.self) == [1.6e19 + 1, 1.6e19 + 2, 1.6e19 + 2, 1.6e19 + 4])
    let small = try NDArray([Int8](repeating: -128, count: 3000), shape: [3000, 1])
    #expect(try gram(small).item(as: Double.self) == 3000 * 16384)
  }

  @Test func theDtypeThatIsAskedForIsMultipliedIn() throws {
    let x = try randomMatrix(2000, 8, .float32, seed: 11)
    let wide = try gram(x, dtype: .float64)
    #expect(wide.dtype == .float64)
    let (expected, bounds) = try GramReference(x).products()
    for (index, value) in try wide.elements(as: Double.self).enumerated() {
      #expect(abs(value - expected[index].real) <= 0x1p-53 * sumOfProductsRoundings * bounds[index])
    }
    #expect(try gram(x, dtype: .float32).dtype == .float32)
  }

  @Test func mistakes() throws {
    let x = try NDArray.zeros([3, 2])
    for (array, dtype, word) in [
      (try x.ravel(), nil, "(6,)"), (try x.expandDims(axis: 0), nil, "(1, 3, 2)"),
      (x, DType.int64, "int64"), (x.astype(.complex64), .float64, "float64"),
    ] as [(NDArray, DType?, String)] {
      let error = #expect(throws: TesseraError.self) { try gram(array, dtype: dtype) }
      #expect(error?.kind == .usage && "\(error!)".contains(word))
    }
  }

  @Test func notANumberSpreadsOverItsRowAndColumn() throws {
    var values = [Double](repeating: 1, count: 30)
    values[7] = .nan
    let g = try gram(NDArray(values, shape: [10, 3])).elements(as: Double.self)
    for (index, value) in g.enumerated() {
      #expect(value.isNaN == (index % 3 == 1 || index / 3 == 1))
    }
  }
}
