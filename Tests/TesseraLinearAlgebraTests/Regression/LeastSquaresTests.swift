import TesseraCore
import TesseraEngine
import TesseraLinearAlgebra
import TesseraStorage
import TesseraTestSupport
import Testing

@Suite(.enabled(if: OpenBLAS.isAvailable)) struct LeastSquaresTests {
  private func values(_ array: NDArray) throws -> [Double] {
    try array.astype(.float64).elements(as: Double.self)
  }

  private func expectClose(_ a: [Double], _ b: [Double], _ bound: Double) {
    #expect(a.count == b.count)
    for (a, b) in zip(a, b) { #expect(abs(a - b) <= bound * max(1, abs(b))) }
  }

  @Test(arguments: [(50, 3, 1), (5000, 12, 1), (400, 7, 3), (9, 9, 2), (5, 12, 2), (1, 4, 1)])
  func agreesWithTheSolutionInMemory(_ rows: Int, _ features: Int, _ targets: Int) throws {
    let x = try (randomMatrix(rows, features, .float64, seed: 7) + 2.0).evaluated()
    let y = try (randomMatrix(rows, targets, .float64, seed: 8) - 5.0).evaluated()
    let model = try LeastSquares.fit(x, targets == 1 ? y.ravel() : y)
    let (xMean, yMean) = try evaluate(x.mean(axis: 0), y.mean(axis: 0))
    let centred = try Linalg.lstsq(x - xMean, y - yMean)
    #expect(model.coefficients.shape.dimensions == (targets == 1 ? [features] : [features, targets]))
    #expect(model.rank == centred.rank)
    try expectClose(values(model.coefficients), values(centred.solution.evaluated()), 1e-9)
    let intercept = try yMean - plainProduct(xMean, centred.solution)
    try expectClose(values(model.intercept), values(intercept), 1e-9)
    let predicted = try model.predict(x)
    let distance = try (predicted - (targets == 1 ? y.ravel() : y)).evaluated()
    try expectClose(values(model.residuals), values((distance * distance).sum(axis: 0)), 1e-9)
  }

  @Test func dependentColumnsGetTheLeastNorm() throws {
    let x = try randomMatrix(300, 3, .float64, seed: 4)
    let twice = try concatenate([x, x[0..., 0..<1]], axis: 1)
    let y = try plainProduct(x, NDArray([2.0, -1, 3]))
    let model = try LeastSquares.fit(twice, y)
    #expect(model.rank == 3)
    try expectClose(values(model.coefficients), [1, -1, 3, 1], 1e-12)
    #expect(try model.residuals.item(as: Double.self) < 1e-20)
  }

  @Test func aConstantColumnIsTheIntercept() throws {
    let x = try randomMatrix(100, 2, .float64, seed: 4)
    let with = try concatenate([x, NDArray.full([100, 1], 4.0)], axis: 1)
    let model = try LeastSquares.fit(with, x.sum(axis: 1) + 1.0)
    #expect(model.rank == 2)
    try expectClose(values(model.coefficients), [1, 1, 0], 1e-12)
    try expectClose(values(model.intercept), [1], 1e-12)
  }

  @Test func ridge() throws {
    let x = try randomMatrix(200, 4, .float64, seed: 14)
    let y = try (randomMatrix(200, 2, .float64, seed: 15) + 7.0).evaluated()
    for penalty in [0.5, 30, 1e9] {
      let model = try LeastSquares.fit(x, y, ridge: penalty)
      // The normal equations, which do where the columns are far from dependent.
      let centred = try (x - x.mean(axis: 0)).evaluated()
      let identity = try NDArray((0..<16).map { $0 % 5 == 0 ? penalty : 0 }, shape: [4, 4])
      let expected = try Linalg.solve(
        gram(centred) + identity, plainProduct(centred.transposed(), y - y.mean(axis: 0)))
      try expectClose(values(model.coefficients), values(expected), 1e-10)
      let distance = try (model.predict(x) - y).evaluated()
      try expectClose(values(model.residuals), values((distance * distance).sum(axis: 0)), 1e-10)
    }
  }

  /// Squares and inverses of singular values leave the range of float64.
  @Test(arguments: [0x1p530, 0x1p-530, 0x1p-1030]) func hugeAndTinyNumbers(_ scale: Double) throws {
    let x = try randomMatrix(200, 3, .float64, seed: 24)
    let y = try randomMatrix(200, 1, .float64, seed: 25).ravel()
    let known = try LeastSquares.fit(x, y)
    // Below the normal numbers half of the digits are left.
    let bound = scale < 0x1p-1000 ? 1e-9 : 1e-12
    let both = try LeastSquares.fit(x * scale, y * scale)
    try expectClose(values(both.coefficients), values(known.coefficients), bound)
    guard scale > 1 else { return }
    let ridge = try LeastSquares.fit(x * scale, y, ridge: 0.5)
    try expectClose(values(ridge.coefficients * scale), values(known.coefficients), bound)
    try expectClose(values(ridge.residuals), values(known.residuals), bound)
  }

  @Test func withoutAnIntercept() throws {
    let x = try randomMatrix(80, 3, .float64, seed: 2)
    let y = try randomMatrix(80, 1, .float64, seed: 3).ravel()
    let model = try LeastSquares.fit(x, y, intercept: false)
    try expectClose(values(model.coefficients), values(Linalg.lstsq(x, y).solution.evaluated()), 1e-12)
    #expect(try model.intercept.item(as: Double.self) == 0)
  }

  /// Läuchli's matrix: in float64 its normal equations are singular.
  @Test func columnsThatProductsCannotTellApart() throws {
    let tiny = 1e-9
    var values = [Double](repeating: 0, count: 1200 * 3)
    for column in 0..<3 {
      values[column] = 1
      values[(300 * (column + 1)) * 3 + column] = tiny
    }
    let x = try NDArray(values, shape: [1200, 3])
    let model = try LeastSquares.fit(x, plainProduct(x, NDArray([1.0, 2, 3])), intercept: false)
    #expect(model.rank == 3)
    try expectClose(self.values(model.coefficients), [1, 2, 3], 1e-5)
  }

  /// Hilbert's matrix of 8 columns has a condition of 1.5e10, the square of which leaves nothing.
  @Test func illConditionedColumns() throws {
    let values = (0..<8000).map { (place: Int) -> Double in 1 / Double(place / 8 + place % 8 + 1) }
    let x = try NDArray(values, shape: [1000, 8])
    let truth = [1.0, -2, 3, -4, 5, -6, 7, -8]
    let model = try LeastSquares.fit(x, plainProduct(x, NDArray(truth)), intercept: false)
    #expect(model.rank == 8)
    // An error of some roundings times the condition.
    try expectClose(self.values(model.coefficients), truth, 1e-4)
  }

  @Test func columnsFarFromZero() throws {
    let noise = try randomMatrix(5000, 2, .float64, seed: 90)
    let x = try (noise + 1.7e9).evaluated()
    let y = try plainProduct(x - 1.7e9, NDArray([0.5, 2.0]))
    let model = try LeastSquares.fit(x, y)
    // What was rounded when the offset was added is gone.
    try expectClose(values(model.coefficients), [0.5, 2], 1e-12)
  }

  @Test func dtypes() throws {
    let x = try randomMatrix(60, 2, .float32, seed: 5)
    let y = try x.sum(axis: 1).evaluated()
    #expect(try LeastSquares.fit(x, y).coefficients.dtype == .float32)
    #expect(try LeastSquares.fit(x, y.astype(.float64)).coefficients.dtype == .float64)
    // Residuals that float16 does not hold.
    let short = try (x * 300.0).astype(.float16)
    let noise = try randomMatrix(60, 1, .float64, seed: 6) * 300.0
    let squares = try LeastSquares.fit(short, noise.astype(.float16))
    #expect(squares.coefficients.dtype == .float32 && squares.residuals.dtype == .float32)
    let sum = try values(squares.residuals)[0]
    #expect(sum > 65_504 && sum.isFinite)
    #expect(try LeastSquares.fit(short, y.astype(.bfloat16)).intercept.dtype == .float32)
    let integers = try randomMatrix(60, 2, .int16, seed: 5)
    let model = try LeastSquares.fit(integers, integers.sum(axis: 1))
    #expect(model.coefficients.dtype == .float64)
    try expectClose(values(model.coefficients), [1, 1], 1e-12)
  }

  @Test func bitsDoNotDependOnThreadsOrBudget() throws {
    let folder = try TemporaryFolder()
    _ = try NDArray.normal([40_000, 12], seed: 1, dtype: .float32).write(to: folder.at("x.npy"))
    _ = try NDArray.normal([40_000], seed: 2, dtype: .float32).write(to: folder.at("y.npy"))
    let (x, y) = (try NDArray.open(folder.at("x.npy")), try NDArray.open(folder.at("y.npy")))
    func coefficients(_ memory: Int, _ threads: Int) throws -> [Float] {
      try LeastSquares.fit(x, y, options: .init(memory: memory, threads: threads)).coefficients.elements()
    }
    #expect(try coefficients(64 << 20, 3) == coefficients(1 << 30, 1))
  }

  @Test func mistakes() throws {
    let x = try randomMatrix(10, 4, .float64, seed: 1)
    let y = try NDArray.zeros([10])
    let cases: [(String, TesseraError.Kind, () throws -> LeastSquares)] = [
      ("(10, 4) and (9,)", .usage, { try .fit(x, NDArray.zeros([9])) }),
      ("(10,) and (10,)", .usage, { try .fit(y, y) }),
      ("complex128", .usage, { try .fit(x.astype(.complex128), y) }),
      ("(0, 4)", .usage, { try .fit(x[0..<0], y[0..<0]) }),
      ("ridge", .usage, { try .fit(x, y, ridge: -1) }),
      ("NaN", .unsolvable, { try .fit(x, NDArray.full([10], Double.nan)) }),
      ("NaN", .unsolvable, { try .fit(x * Double.infinity, y) }),
    ]
    for (words, kind, body) in cases {
      let error = #expect(throws: TesseraError.self) { try body() }
      #expect(error?.kind == kind && "\(error!)".contains(words), "\(error!)")
    }
    let model = try LeastSquares.fit(x, y)
    for (array, words) in [(x.astype(.complex64), "complex64"), (try x.transposed(), "(n, 4)")] {
      let error = #expect(throws: TesseraError.self) { try model.predict(array) }
      #expect(error?.kind == .usage && "\(error!)".contains(words), "\(error!)")
    }
  }
}
