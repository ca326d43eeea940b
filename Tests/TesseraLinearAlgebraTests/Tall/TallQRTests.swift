import TesseraCore
import TesseraEngine
import TesseraStorage
import TesseraTestSupport
import Testing

@testable import TesseraLinearAlgebra

@Suite(.enabled(if: OpenBLAS.isAvailable)) struct TallQRTests {
  static let shapes = [(1, 1), (3, 1), (5, 5), (2, 6), (1000, 7), (9001, 33), (2100, 130), (0, 4)]

  /// Rᴴ R is Aᴴ A but for rounding, column by column, and R is triangular.
  @Test(arguments: shapes.indices, [DType.float32, .float64, .complex64, .int16])
  func theTriangleHasTheProductsOfTheColumns(_ number: Int, _ dtype: DType) throws {
    let (rows, columns) = TallQRTests.shapes[number]
    let x = try randomMatrix(rows, columns, dtype, seed: UInt64(40 + number))
    let r =
      dtype == .complex64
      ? try TallQR<Complex<Double>>(x).factor.evaluated() : try TallQR<Double>(x).factor.evaluated()
    #expect(r.shape.dimensions == [columns, columns])
    let values = try r.astype(.complex128).elements(as: Complex<Double>.self)
    for i in 0..<columns { for j in 0..<i { #expect(magnitude(values[i * columns + j]) == 0) } }
    let (expected, _) = try GramReference(x).products()
    let (products, _) = try GramReference(r).products()
    for i in 0..<columns {
      for j in 0..<columns {
        let index = i * columns + j
        let error = magnitude(
          Complex(
            products[index].real - expected[index].real, products[index].imaginary - expected[index].imaginary
          ))
        // Each column has an error of some roundings of its norm for each column before it.
        let norms = (expected[i * columns + i].real * expected[j * columns + j].real).squareRoot()
        #expect(error <= 40 * Double(columns) * .ulpOfOne * norms, "seed \(40 + number)")
      }
    }
  }

  @Test func bitsDoNotDependOnThreadsOrBudget() throws {
    let folder = try TemporaryFolder()
    _ = try NDArray.normal([30_000, 40], seed: 4, dtype: .float32).write(to: folder.at("x.npy"))
    let factor = try TallQR<Double>(NDArray.open(folder.at("x.npy"))).factor
    let reference = try factor.elements(as: Double.self, options: .init(memory: 1 << 30, threads: 1))
    for threads in 1...3 {
      for memory in [64 << 20, 512 << 20] {
        #expect(try factor.elements(options: .init(memory: memory, threads: threads)) == reference)
      }
    }
  }

  /// Läuchli's matrix: its products of columns are those of dependent ones in float64.
  @Test func columnsThatProductsCannotTellApart() throws {
    let tiny = 1e-9
    var values = [Double](repeating: 0, count: 4000 * 3)
    for column in 0..<3 {
      values[column] = 1
      values[(1000 * (column + 1)) * 3 + column] = tiny
    }
    let svd = try Linalg.leadingSVD(NDArray(values, shape: [4000, 3]), count: 3)
    let s = try svd.s.elements(as: Double.self)
    #expect(
      abs(s[0] - 3.0.squareRoot()) < 1e-15 && abs(s[1] / tiny - 1) < 1e-6 && abs(s[2] / tiny - 1) < 1e-6)
  }
}
