import TesseraCore
import TesseraEngine
import TesseraIO
import TesseraLinearAlgebra
import TesseraStorage
import TesseraTestSupport
import Testing

@Suite(.enabled(if: OpenBLAS.isAvailable)) struct LeadingSVDTests {
  static let shapes = [(1, 1), (7, 1), (1, 7), (6, 6), (400, 12), (12, 400), (3000, 30)]

  @Test(arguments: shapes.indices, [DType.float32, .float64, .complex64, .complex128, .int32])
  func agreesWithTheWholeDecomposition(_ number: Int, _ dtype: DType) throws {
    let (rows, columns) = LeadingSVDTests.shapes[number]
    let x = try randomMatrix(rows, columns, dtype, seed: UInt64(60 + number))
    let count = min(rows, columns)
    let svd = try Linalg.leadingSVD(x, count: count)
    let expected = dtype == .int32 ? DType.float64 : dtype
    #expect(svd.u.dtype == expected && svd.vh.dtype == expected && svd.s.dtype == expected.realPart)
    let s = try svd.s.astype(.float64).elements(as: Double.self)
    let whole = try Linalg.svdvals(x.astype(.complex128)).elements(as: Double.self)
    // Results of 32 bits are rounded once.
    let unit = expected.realPart == .float32 ? 0x1p-23 : 0x1p-52
    for (a, b) in zip(s, whole) { #expect(abs(a - b) <= 20 * unit * whole[0], "seed \(60 + number)") }
    let all = try plainProduct(svd.u * svd.s, svd.vh)
    try expectSmall(all.astype(.complex128) - x.astype(.complex128), 100 * unit * max(whole[0], 1))
    try expectOrthonormal(svd.vh, 100 * unit)
    // A left vector loses what its value is smaller than the greatest.
    try expectOrthonormal(svd.u.transposed(), 100 * unit * whole[0] / whole[count - 1])
  }

  /// All passes over the file count, by one total.
  @Test func progressGoesOverAllPasses() throws {
    let folder = try TemporaryFolder()
    try randomMatrix(600, 50, .float64, seed: 9).write(to: folder.at("x.npy"))
    let x = try NDArray.open(folder.at("x.npy"))
    let told = Lock<[(done: Int, total: Int)]>([])
    let options = TransferOptions(progress: { now in told.withLock { $0.append((now.done, now.total)) } })
    _ = try Linalg.leadingSVD(x, count: 3, solver: .randomized(), options: options)
    let calls = told.withLock { $0 }
    let bytes = try Linalg.explainLeadingSVD(x, count: 3, solver: .randomized()).bytesRead
    #expect(bytes > x.nbytes && Set(calls.map(\.total)) == [bytes])
    #expect(zip(calls, calls.dropFirst()).allSatisfy { $0.done <= $1.done })
    #expect(calls.last?.done == bytes)
  }

  /// The rows' products with one another are the identity's.
  private func expectOrthonormal(_ rows: NDArray, _ bound: Double) throws {
    let wide = rows.astype(.complex128)
    let products = try plainProduct(wide, conjugate(wide).transposed())
    let count = rows.shape[0]
    let identity = try NDArray(
      (0..<count * count).map { $0 % (count + 1) == 0 ? 1.0 : 0 }, shape: [count, count])
    try expectSmall(products - identity, bound)
  }

  private func expectSmall(_ difference: NDArray, _ bound: Double) throws {
    let greatest = try absolute(difference).max().item(as: Double.self)
    #expect(greatest <= bound)
  }

  @Test func theGreatestElementOfEachVectorIsPositive() throws {
    for (rows, columns) in [(300, 9), (9, 300)] {
      let svd = try Linalg.leadingSVD(randomMatrix(rows, columns, .float64, seed: 5), count: 4)
      let vh = try svd.vh.elements(as: Double.self)
      for row in 0..<4 {
        let own = vh[row * columns..<(row + 1) * columns]
        #expect(own.max { abs($0) < abs($1) }! > 0)
      }
    }
  }

  /// A matrix of 800 x 500 whose singular values fall by a factor of 0.7.
  private func decaying() throws -> (x: NDArray, values: [Double]) {
    let u = try Linalg.qr(NDArray.normal([800, 40], seed: 1)).q
    let v = try Linalg.qr(NDArray.normal([500, 40], seed: 2)).q
    let values = (0..<40).map { (0..<$0).reduce(100.0) { value, _ in value * 0.7 } }
    return (try plainProduct(u * NDArray(values), v.transposed()).evaluated(), values)
  }

  @Test func randomizedFindsWhatStandsOut() throws {
    let (x, values) = try decaying()
    for matrix in [x, try x.transposed()] {
      let svd = try Linalg.leadingSVD(matrix, count: 8, solver: .randomized(seed: 9))
      for (a, b) in zip(try svd.s.elements(as: Double.self), values) { #expect(abs(a / b - 1) < 1e-12) }
      try expectOrthonormal(svd.vh, 1e-13)
      let exact = try Linalg.leadingSVD(matrix, count: 8, solver: .exact)
      try expectSmall(exact.vh - svd.vh, 1e-10)
    }
  }

  @Test func randomizedIsDeterministic() throws {
    let folder = try TemporaryFolder()
    _ = try decaying().x.write(to: folder.at("x.npy"))
    let x = try NDArray.open(folder.at("x.npy"))
    func values(_ seed: UInt128, _ threads: Int, _ memory: Int) throws -> [Double] {
      let solver = SVDSolver.randomized(oversampling: 2, iterations: 1, seed: seed)
      return try Linalg.leadingSVD(
        x, count: 3, solver: solver, options: .init(memory: memory, threads: threads)
      )
      .vh.elements(as: Double.self)
    }
    let reference = try values(1, 1, 1 << 30)
    #expect(try values(1, 3, 64 << 20) == reference)
    #expect(try values(2, 1, 1 << 30) != reference)
  }

  @Test func passes() throws {
    let x = try NDArray.random([50_000, 30], seed: 1)
    #expect(try Linalg.explainLeadingSVD(x, count: 3).passes.count == 1)
    #expect(try Linalg.explainLeadingSVD(x, count: 3, solver: .randomized(iterations: 4)).passes.count == 5)
  }

  @Test func zeroSingularValues() throws {
    let x = try NDArray.zeros([20, 4])
    let svd = try Linalg.leadingSVD(x, count: 2)
    #expect(try svd.s.elements(as: Double.self) == [0, 0])
    #expect(try svd.u.elements(as: Double.self).allSatisfy { $0 == 0 })
    try expectOrthonormal(svd.vh, 1e-15)
    try expectOrthonormal(Linalg.leadingSVD(x.transposed(), count: 2).vh, 1e-15)
  }

  /// Singular values below the normal numbers, which may have no inverses.
  @Test(arguments: [4, 5], [DType.float64, .complex128])
  func tinyNumbers(_ number: Int, _ dtype: DType) throws {
    let (rows, columns) = LeadingSVDTests.shapes[number]
    let x = try randomMatrix(rows, columns, dtype, seed: 44)
    let known = try Linalg.leadingSVD(x, count: 3)
    let svd = try Linalg.leadingSVD(x * 0x1p-1036, count: 3)
    let pairs = try zip(
      (svd.s * 0x1p600 * 0x1p436).elements(as: Double.self), known.s.elements(as: Double.self))
    for (a, b) in pairs { #expect(abs(a / b - 1) < 1e-9) }
    try expectOrthonormal(svd.vh, 1e-8)
    try expectOrthonormal(svd.u.transposed(), 1e-8)
    try expectSmall(svd.vh - known.vh, 1e-7)
    try expectSmall(svd.u - known.u, 1e-7)
  }

  /// LAPACK is not given what it would not converge for, and is not to blame.
  @Test func factorsThatAreNotFinite() throws {
    let nan = try NDArray.full([20, 3], Double.nan)
    for x in [nan, try NDArray.full([2000, 3], 1e307)] {
      let error = #expect(throws: TesseraError.self) { try Linalg.leadingSVD(x, count: 2, solver: .exact) }
      #expect(error?.kind == .unsolvable)
      for words in ["NaN or infinity in the input", "norms", "beyond the range of float64"] {
        #expect("\(error!)".contains(words), "\(error!)")
      }
      #expect(!"\(error!)".contains("converge"), "\(error!)")
    }
  }

  @Test func mistakes() throws {
    let x = try randomMatrix(10, 4, .float64, seed: 1)
    for (array, count) in [(x, 0), (x, 5), (try x.ravel(), 1), (try NDArray.zeros([0, 3]), 1)] {
      let error = #expect(throws: TesseraError.self) { try Linalg.leadingSVD(array, count: count) }
      #expect(error?.kind == .usage)
    }
    for special in [Double.nan, .infinity] {
      for solver in [SVDSolver.exact, .randomized()] {
        let bad = try concatenate([x, NDArray.full([1, 4], special)])
        let error = #expect(throws: TesseraError.self) {
          try Linalg.leadingSVD(bad, count: 2, solver: solver)
        }
        #expect(error?.kind == .unsolvable)
      }
    }
  }
}
