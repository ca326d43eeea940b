import TesseraCore
import TesseraEngine
import TesseraStorage
import TesseraTestSupport
import Testing

@testable import TesseraLinearAlgebra

@Suite(.enabled(if: OpenBLAS.isAvailable)) struct RowProductTests {
  @Test(arguments: [(1, 1, 1), (9, 4, 3), (5000, 33, 2), (3, 2, 40), (0, 3, 2)])
  func agreesWithSums(_ rows: Int, _ columns: Int, _ width: Int) throws {
    let x = try randomMatrix(rows, columns, .float64, seed: 3)
    let small = try randomMatrix(columns, width, .float64, seed: 4)
    let product = try RowProduct<Double>(x, .load(small)).product
    #expect(product.shape.dimensions == [rows, width])
    let expected = try plainProduct(x, small).elements(as: Double.self)
    for (a, b) in zip(try product.elements(as: Double.self), expected) {
      #expect(abs(a - b) <= 1e-13 * Double(columns * 64))
    }
  }

  @Test func partsHaveTheBitsOfTheWhole() throws {
    let folder = try TemporaryFolder()
    _ = try NDArray.normal([9000, 50], seed: 1, dtype: .float32).write(to: folder.at("x.npy"))
    let x = try NDArray.open(folder.at("x.npy"))
    let product = try RowProduct<Float>(x, .load(NDArray.normal([50, 4], seed: 2))).product
    let whole = try product.elements(as: Float.self, options: .init(memory: 64 << 20, threads: 3))
    #expect(try product[777..<779].elements(as: Float.self) == Array(whole[777 * 4..<779 * 4]))
    #expect(try product.elements(as: Float.self, options: .init(threads: 1)) == whole)
  }
}
