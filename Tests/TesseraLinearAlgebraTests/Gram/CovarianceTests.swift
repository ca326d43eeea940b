import TesseraCore
import TesseraEngine
import TesseraLinearAlgebra
import TesseraTestSupport
import Testing

@Suite struct CovarianceTests {
  static let shapes = [(2, 1), (5, 3), (3, 9), (1001, 13), (7000, 2)]

  @Test(arguments: shapes.indices, [DType.float32, .float64, .complex64, .complex128, .int32, .uint8, .bool])
  func agreesWithTwoPasses(_ number: Int, _ dtype: DType) throws {
    let (rows, columns) = CovarianceTests.shapes[number]
    let x = try randomMatrix(rows, columns, dtype, seed: UInt64(100 + number))
    let reference = try GramReference(x).centred()
    try expect(cov(x, rowvar: false), reference, divisor: Double(rows - 1), dtype)
    try expect(cov(x.transposed(), bias: true), reference, divisor: Double(rows), dtype)
    try expect(cov(x, rowvar: false, ddof: 0), reference, divisor: Double(rows), dtype)
    try expect(cov(x, rowvar: false, bias: true, ddof: 1), reference, divisor: Double(rows - 1), dtype)
  }

  private func expect(
    _ result: NDArray, _ reference: GramReference, weights: [Double]? = nil, divisor: Double, _ dtype: DType
  ) throws {
    let columns = reference.columns
    #expect(result.shape.dimensions == (columns == 1 ? [] : [columns, columns]))
    #expect(result.dtype == (dtype.kind == .complex ? .complex128 : .float64))
    let (expected, bounds) = reference.products(weights)
    let unit = dtype.productRounding * sumOfProductsRoundings
    for (index, value) in try result.astype(.complex128).elements(as: Complex<Double>.self).enumerated() {
      // NumPy conjugates the second variable.
      let difference = Complex(
        value.real - expected[index].real / divisor, value.imaginary + expected[index].imaginary / divisor)
      #expect(magnitude(difference) <= unit * bounds[index] / divisor)
    }
  }

  @Test func weights() throws {
    let x = try randomMatrix(400, 5, .float64, seed: 8)
    let frequencies = (0..<400).map { Int32($0 % 4) }
    let analytic = (0..<400).map { 0.25 + Double($0 % 7) }
    let f = try NDArray(frequencies)
    let a = try NDArray(analytic)
    let counts = frequencies.map(Double.init)
    let both = zip(counts, analytic).map(*)
    func lost(_ weights: [Double]) -> Double {
      zip(weights, analytic).map(*).reduce(0, +) / weights.reduce(0, +)
    }

    try expect(
      cov(x, rowvar: false, fweights: f), GramReference(x).centred(counts), weights: counts,
      divisor: counts.reduce(0, +) - 1, .float64)
    try expect(
      cov(x, rowvar: false, aweights: a), GramReference(x).centred(analytic), weights: analytic,
      divisor: analytic.reduce(0, +) - lost(analytic), .float64)
    try expect(
      cov(x, rowvar: false, fweights: f, aweights: a), GramReference(x).centred(both), weights: both,
      divisor: both.reduce(0, +) - lost(both), .float64)
    try expect(
      cov(x, rowvar: false, ddof: 0, fweights: f, aweights: a), GramReference(x).centred(both), weights: both,
      divisor: both.reduce(0, +), .float64)
  }

  @Test func repeatedObservationsAreFrequencies() throws {
    let x = try NDArray([1.0, 2, 4, 8, 9, 3], shape: [3, 2])
    let repeated = try NDArray([1.0, 2, 4, 8, 4, 8, 9, 3], shape: [4, 2])
    let weighted = try cov(x, rowvar: false, fweights: NDArray([1, 2, 1])).elements(as: Double.self)
    for (a, b) in zip(weighted, try cov(repeated, rowvar: false).elements(as: Double.self)) {
      #expect(abs(a - b) < 1e-13)
    }
    // Whole numbers of any dtype.
    let floats = try NDArray([1.0, 2, 1]).astype(.float32)
    #expect(try cov(x, rowvar: false, fweights: floats).elements(as: Double.self) == weighted)
  }

  @Test func ofComplexWeightedObservations() throws {
    let x = try randomMatrix(300, 4, .complex64, seed: 21)
    let weights = (0..<300).map { Double($0 % 5) }
    try expect(
      cov(x, rowvar: false, ddof: 0, aweights: NDArray(weights)), GramReference(x).centred(weights),
      weights: weights, divisor: weights.reduce(0, +), .complex128)
  }

  @Test func columnsFarFromZero() throws {
    // The means are 1e4 and the deviations 1: of unshifted products float32 would keep nothing.
    let deviations = try randomMatrix(30_000, 6, .float64, seed: 77)
    let x = try (deviations + 1e4).astype(.float32).evaluated()
    let reference = try GramReference(x).centred()
    let (expected, bounds) = reference.products()
    let values = try cov(x, rowvar: false).elements(as: Double.self)
    for index in values.indices {
      #expect(
        abs(values[index] - expected[index].real / 29_999)
          <= 0x1p-24 * sumOfProductsRoundings * bounds[index] / 29_999)
    }
  }

  /// Products of some columns, or rows, leave the range of float32; the first column is all zeros but for one fill value.
  @Test(arguments: [DType.float32, .complex64]) func productsBeyondTheRange(_ dtype: DType) throws {
    let (rows, columns) = (12_000, 7)
    let wide: DType = dtype == .complex64 ? .complex128 : .float64
    let fill = try NDArray((0..<rows).map { $0 == 7000 ? 9.97e36 : 0 }, shape: [rows, 1])
    let others = try randomMatrix(rows, columns - 1, wide, seed: 61)
    let stretches = try NDArray((0..<rows).map { [1e-5, 1, 1e4][$0 / 4000] }, shape: [rows, 1])
    let scaled = try others * NDArray([1e18, 1e-23, 1, 1e-22, 3e30, 1e15])
    for other in try [scaled, scaled * stretches, others * 1e-22, others * 1e18] {
      let x = try concatenate([fill.astype(wide), other], axis: 1).astype(dtype).evaluated()
      func values(_ array: NDArray) throws -> [Complex<Double>] {
        try array.astype(.complex128).elements(as: Complex<Double>.self)
      }
      let (found, known) = (
        try values(cov(x, rowvar: false)), try values(cov(x, rowvar: false, dtype: wide))
      )
      for (place, value) in found.enumerated() {
        let (i, j) = (place / columns * (columns + 1), place % columns * (columns + 1))
        let norms = known[i].real.squareRoot() * known[j].real.squareRoot()
        let difference = Complex(value.real - known[place].real, value.imaginary - known[place].imaginary)
        #expect(magnitude(difference) / norms <= 1e-5, "\(place)")
      }
      let correlations = try zip(
        values(corrcoef(x, rowvar: false)), values(corrcoef(x, rowvar: false, dtype: wide)))
      for (a, b) in correlations {
        #expect(magnitude(Complex(a.real - b.real, a.imaginary - b.imaginary)) <= 1e-5)
      }
    }
  }

  @Test func aMeanThatDriftsAlongTheRows() throws {
    // Each stretch of rows has another mean, with deviations a thousandth of the differences.
    let rows = 60_000
    let deviations = try randomMatrix(rows, 3, .float64, seed: 5)
    let steps = try NDArray((0..<rows).map { Double($0 / 7000) * 1000 }, shape: [rows, 1])
    let x = try (deviations + steps).evaluated()
    let reference = try GramReference(x).centred()
    try expect(cov(x, rowvar: false), reference, divisor: Double(rows - 1), .float64)
  }

  @Test func notEnoughObservations() throws {
    let one = try NDArray([1.0, 2, 3], shape: [1, 3])
    #expect(try cov(one, rowvar: false).elements(as: Double.self).allSatisfy(\.isNaN))
    let none = try NDArray.zeros([0, 3])
    #expect(try cov(none, rowvar: false).elements(as: Double.self).allSatisfy(\.isNaN))
    #expect(try corrcoef(none, rowvar: false).elements(as: Double.self).allSatisfy(\.isNaN))
    #expect(try cov(NDArray.zeros([3, 0]), rowvar: false).shape.dimensions == [0, 0])
    let noVariables = try NDArray.zeros([3, 0], dtype: .complex64)
    for result in [try cov(noVariables, rowvar: false), try corrcoef(noVariables, rowvar: false)] {
      #expect(result.shape.dimensions == [0, 0] && result.dtype == .float64)
    }
    let two = try NDArray([1.0, 2, 3, 5], shape: [2, 2])
    let infinite = try cov(two, rowvar: false, ddof: 5).elements(as: Double.self)
    #expect(infinite == [Double](repeating: .infinity, count: 4))
  }

  @Test func scalarsOfOneVariable() throws {
    let x = try NDArray([1.0, 2, 4, 9])
    let variance = try cov(x).item(as: Double.self)
    let correlation = try corrcoef(x).item(as: Double.self)
    #expect(abs(variance - 38.0 / 3) < 1e-14 && abs(correlation - 1) < 1e-15)
  }

  @Test func moreVariables() throws {
    let x = try randomMatrix(2, 50, .float64, seed: 1)
    let y = try randomMatrix(3, 50, .float64, seed: 2)
    let joined = try cov(concatenate([x, y])).elements(as: Double.self)
    #expect(try cov(x, y).elements(as: Double.self) == joined)
  }

  /// NumPy never turns a `y` of one row, and looks at none beside no variables.
  @Test func oneRowOfMoreVariables() throws {
    let x = try randomMatrix(4, 2, .float64, seed: 5)
    let y = try NDArray([3.0, 1, 5, 2])
    let row = try y.expandDims(axis: 0)
    let (covariance, correlation) = (
      try cov(x, y, rowvar: false).elements(as: Double.self),
      try corrcoef(x, y, rowvar: false).elements(as: Double.self)
    )
    #expect(covariance.count == 9)
    #expect(try cov(x, row, rowvar: false).elements(as: Double.self) == covariance)
    #expect(try corrcoef(x, row, rowvar: false).elements(as: Double.self) == correlation)
    let (none, more) = (try NDArray.zeros([0, 3]), try NDArray.zeros([2, 5]))
    #expect(try cov(none.transposed(), more, rowvar: false).shape.dimensions == [0, 0])
    #expect(try corrcoef(none, more).shape.dimensions == [0, 0])
  }

  @Test func correlations() throws {
    let x = try randomMatrix(500, 4, .float64, seed: 31)
    let values = try corrcoef(x, rowvar: false).elements(as: Double.self)
    let covariance = try cov(x, rowvar: false).elements(as: Double.self)
    for i in 0..<4 {
      for j in 0..<4 {
        let expected = covariance[i * 4 + j] / (covariance[i * 5] * covariance[j * 5]).squareRoot()
        #expect(abs(values[i * 4 + j] - expected) < 1e-14)
        #expect(abs(values[i * 4 + j]) <= 1 && values[i * 4 + j] == values[j * 4 + i])
      }
    }
    let constant = try concatenate([x, NDArray.full([500, 1], 3.0)], axis: 1)
    let isUndefined = try corrcoef(constant, rowvar: false)[4].elements(as: Double.self).allSatisfy(\.isNaN)
    #expect(isUndefined)
  }

  static let constants = [(0.1, 3), (0.7, 908), (98.6, 20_000), (-1e30, 5)]

  /// Means of equal numbers may be off by rounding, of which no covariance must come.
  @Test(arguments: constants.indices, [DType.float32, .float64, .complex64, .complex128])
  func constantColumns(_ number: Int, _ dtype: DType) throws {
    let (value, rows) = CovarianceTests.constants[number]
    let constant = try NDArray.full([rows, 2], value)
    let both = dtype.kind == .complex ? try constant * Complex<Double>(1, -3) : constant
    let x = try concatenate([randomMatrix(rows, 1, dtype, seed: 17), both.astype(dtype)], axis: 1)
    let covariances = try cov(x, rowvar: false).astype(.complex128).elements(as: Complex<Double>.self)
    let correlations = try corrcoef(x, rowvar: false).astype(.complex128).elements(as: Complex<Double>.self)
    #expect(covariances[0].real > 0 && abs(correlations[0].real - 1) < 1e-6)
    for place in 1..<9 {
      #expect(covariances[place].real == 0 && covariances[place].imaginary == 0, "\(place)")
      #expect(correlations[place].real.isNaN, "\(place)")
    }
  }

  @Test func weightedConstants() throws {
    let x = try concatenate([randomMatrix(908, 1, .float64, seed: 3), NDArray.full([908, 1], 0.7)], axis: 1)
    let weights = try NDArray((0..<908).map { 0.1 * Double($0 % 7) })
    let covariances = try cov(x, rowvar: false, aweights: weights).elements(as: Double.self)
    #expect(covariances[0] > 0 && covariances[1...].allSatisfy { $0 == 0 })
  }

  /// Its square is 0 in float64, the products with the other column are not.
  @Test func aVarianceTooSmallForItsSquare() throws {
    let x = try NDArray([0, 1, 1e-170, 2, 0, 4], shape: [3, 2])
    let values = try corrcoef(x, rowvar: false).elements(as: Double.self)
    #expect(values[0].isNaN && values[1].isNaN && values[2].isNaN && abs(values[3] - 1) < 1e-15)
  }

  @Test func notANumberAndInfinity() throws {
    for special in [Double.nan, .infinity, -.infinity] {
      var values = (0..<30).map { Double($0 % 7) }
      values[16] = special
      let result = try cov(NDArray(values, shape: [10, 3]), rowvar: false).elements(as: Double.self)
      for (index, value) in result.enumerated() {
        #expect(value.isNaN == (index % 3 == 1 || index / 3 == 1), "\(special)")
      }
    }
  }

  @Test func mistakes() throws {
    let x = try NDArray.zeros([3, 2])
    let cases: [(String, () throws -> NDArray)] = [
      ("more than 2", { try cov(x.expandDims(axis: 0)) }),
      ("integer", { try cov(x, rowvar: false, fweights: NDArray([1.0, 2.5, 3])).evaluated() }),
      ("integer", { try cov(x, rowvar: false, fweights: NDArray([1, Double.nan, 3])).evaluated() }),
      ("complex64", { try cov(x, rowvar: false, fweights: NDArray([1, 2, 3]).astype(.complex64)) }),
      ("expected 3, got 2", { try cov(x, rowvar: false, fweights: NDArray([1, 2])) }),
      ("multidimensional", { try cov(x, rowvar: false, aweights: x) }),
      (
        "fweights cannot be negative",
        { try cov(x, rowvar: false, fweights: NDArray([1, -2, 3])).evaluated() }
      ),
      (
        "aweights cannot be negative",
        { try cov(x, rowvar: false, aweights: NDArray([1.0, -2, 3])).evaluated() }
      ),
      ("sum to zero", { try cov(x, rowvar: false, fweights: NDArray([0, 0, 0])).evaluated() }),
      ("y has more than 2", { try cov(x, NDArray.zeros([3, 4, 1])) }),
      ("(3, 2) and (2, 5)", { try cov(x, NDArray.zeros([2, 5])) }),
      ("(3, 2) and (5, 2)", { try corrcoef(x, NDArray.zeros([5, 2]), rowvar: false) }),
      ("(1, 1) and (1, 2)", { try cov(NDArray.zeros([1, 1]), NDArray.zeros([1, 2]), rowvar: false) }),
      ("int32", { try cov(x, dtype: .int32) }),
    ]
    for (words, body) in cases {
      let error = #expect(throws: TesseraError.self) { try body() }
      #expect(error?.kind == .usage)
      #expect("\(error!)".contains(words), "\(error!)")
    }
  }
}
