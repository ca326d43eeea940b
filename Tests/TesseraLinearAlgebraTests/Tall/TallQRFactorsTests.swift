import TesseraCore
import TesseraEngine
import TesseraLinearAlgebra
import TesseraTestSupport
import Testing

@Suite(.enabled(if: OpenBLAS.isAvailable)) struct TallQRFactorsTests {
  private func greatest(_ array: NDArray) throws -> Double {
    try absolute(array).max().astype(.float64).item(as: Double.self)
  }

  /// - Parameter unit: the rounding of the result's dtype.
  private func check(_ x: NDArray, unit: Double) throws {
    let columns = x.shape[1]
    let (q, r) = try Linalg.tallQR(x)
    #expect(q.shape == x.shape && r.shape.dimensions == [columns, columns])
    let wide: DType = x.dtype.kind == .complex ? .complex128 : .float64
    let (wideQ, wideR) = (try q.astype(wide).evaluated(), r.astype(wide))
    let identity = try NDArray((0..<columns * columns).map { $0 % (columns + 1) == 0 ? 1.0 : 0 }).reshape(
      [columns, columns])
    // Each product of two columns of length 1 has an error of some roundings.
    #expect(try greatest(gram(wideQ) - identity) < 50 * unit)
    #expect(try greatest(plainProduct(wideQ, wideR) - x.astype(wide)) < 50 * unit * greatest(x.astype(wide)))
    let below = try r.astype(.complex128).elements(as: Complex<Double>.self)
    for i in 0..<columns { for j in 0..<i { #expect(magnitude(below[i * columns + j]) == 0) } }
  }

  @Test(arguments: [(1, 1), (6, 6), (500, 1), (4000, 30)])
  func randomColumns(_ rows: Int, _ columns: Int) throws {
    for dtype in [DType.float32, .float64, .complex64, .complex128] {
      let unit = dtype.realPart == .float32 ? 0x1p-24 : 0x1p-53
      try check(randomMatrix(rows, columns, dtype, seed: UInt64(rows)), unit: unit)
    }
  }

  /// A condition of 1e11: x R⁻¹ alone has columns that are orthogonal to 1e-6 only.
  @Test func illConditionedColumns() throws {
    let values = (0..<16000).map { (place: Int) -> Double in 1 / Double(place / 8 + place % 8 + 1) }
    try check(NDArray(values, shape: [2000, 8]), unit: 0x1p-53)
  }

  /// Lengths of columns whose squares float64 does not hold.
  @Test func extremeScales() throws {
    let x = try randomMatrix(40, 3, .float64, seed: 5)
    for scales in [[1e299, 1e299, 1e299], [1e-301, 1e-301, 1e-301], [1e-200, 1, 1e200]] {
      try check((x * NDArray(scales)).evaluated(), unit: 0x1p-53)
    }
    let small = try NDArray([1.0, 2, 3, 4], shape: [2, 2])
    for scale in [1e299, 1e-301] { try check((small * scale).evaluated(), unit: 0x1p-53) }
  }

  @Test func mistakes() throws {
    let x = try randomMatrix(30, 3, .float64, seed: 1)
    for (array, kind) in [
      (try x.transposed(), TesseraError.Kind.usage), (try x.ravel(), .usage),
      (try concatenate([x, x], axis: 1), .unsolvable), (try NDArray.zeros([5, 2]), .unsolvable),
      (try x * Double.nan, .unsolvable),
    ] {
      let error = #expect(throws: TesseraError.self) { try Linalg.tallQR(array) }
      #expect(error?.kind == kind)
    }
  }
}
