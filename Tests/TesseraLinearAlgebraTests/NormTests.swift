import TesseraCore
import TesseraEngine
import TesseraLinearAlgebra
import Testing

/// NumPy's norms of all orders; values from NumPy 2.4.
@Suite struct NormTests {
  private let vector = try! NDArray([3.0, 0, -4])
  private let matrix = try! NDArray([1.0, -2, 3, 4, 5, -6], shape: [2, 3])

  private func value(_ array: NDArray) throws -> Double { try array.item(as: Double.self) }

  @Test(
    arguments: [
      (nil, 5), (2, 5), (1, 7), (0, 2), (.infinity, 4), (.negativeInfinity, 0), (3, 4.497941445275415),
      (-1, 0),
    ] as [(NormOrder?, Double)])
  func ofVectors(_ order: NormOrder?, _ expected: Double) throws {
    #expect(try abs(value(Linalg.norm(vector, ord: order)) - expected) < 1e-14)
  }

  @Test(
    arguments: [
      (nil, 9.539392014169456), (.frobenius, 9.539392014169456), (1, 9), (-1, 5), (.infinity, 15),
      (.negativeInfinity, 6),
    ] as [(NormOrder?, Double)])
  func ofMatrices(_ order: NormOrder?, _ expected: Double) throws {
    #expect(try abs(value(Linalg.norm(matrix, ord: order)) - expected) < 1e-14)
  }

  @Test(.enabled(if: OpenBLAS.isAvailable)) func bySingularValues() throws {
    let s = try Linalg.svdvals(matrix).elements(as: Double.self)
    #expect(try abs(value(Linalg.norm(matrix, ord: 2)) - s[0]) < 1e-14)
    #expect(try abs(value(Linalg.norm(matrix, ord: -2)) - s[1]) < 1e-14)
    #expect(try abs(value(Linalg.norm(matrix, ord: .nuclear)) - s[0] - s[1]) < 1e-14)
    let stacked = try Linalg.norm(
      stack([matrix, matrix * 2.0], axis: 1), ord: 2, axis: [0, 2], keepdims: true)
    #expect(stacked.shape.dimensions == [1, 2, 1])
    let values = try stacked.elements(as: Double.self)
    #expect(abs(values[1] - 2 * values[0]) < 1e-13)
    #expect(try value(Linalg.norm(NDArray.zeros([0, 3]), ord: 2)) == 0)
    #expect(throws: TesseraError.self) { _ = try Linalg.norm(NDArray.zeros([0, 3]), ord: -2) }
  }

  @Test func alongAxes() throws {
    let along = try Linalg.norm(matrix, ord: 1, axis: 1)
    #expect(try along.elements(as: Double.self) == [6, 15])
    #expect(try Linalg.norm(matrix, axis: 0, keepdims: true).shape.dimensions == [1, 3])
    #expect(try Linalg.norm(matrix, ord: 1, axis: [1, 0]).item(as: Double.self) == 15)
    #expect(try Linalg.norm(matrix, keepdims: true).shape.dimensions == [1, 1])
    let cube = try stack([matrix, matrix])
    #expect(try Linalg.matrixNorm(cube, ord: .infinity).elements(as: Double.self) == [15, 15])
    #expect(try Linalg.matrixNorm(cube, keepdims: true).shape.dimensions == [2, 1, 1])
    #expect(try abs(value(Linalg.vectorNorm(cube)) - 13.490737563232042) < 1e-13)
    #expect(try Linalg.vectorNorm(cube, axis: [0, 2], ord: 1).elements(as: Double.self) == [12, 30])
    #expect(try Linalg.vectorNorm(cube, axis: [0, 2], keepdims: true).shape.dimensions == [1, 2, 1])
  }

  @Test func dtypesAndNothing() throws {
    #expect(try Linalg.norm(vector.astype(.float32)).dtype == .float32)
    #expect(try Linalg.norm(vector.astype(.int8)).dtype == .float64)
    let complex = try NDArray([Complex(Float(3), 4)])
    #expect(try Linalg.norm(complex).elements(as: Float.self) == [5])
    #expect(try value(Linalg.norm(NDArray.zeros([0]))) == 0)
    #expect(try value(Linalg.norm(NDArray.zeros([0]), ord: .infinity)) == 0)
    #expect(throws: TesseraError.self) { _ = try Linalg.norm(NDArray.zeros([0]), ord: .negativeInfinity) }
    #expect(try value(Linalg.norm(NDArray.zeros([0, 3]), ord: 1)) == 0)
    #expect(try value(Linalg.norm(NDArray.zeros([3, 0]), ord: 1)) == 0)
  }

  @Test func ordersThatThereAreNot() throws {
    for body in [
      { _ = try Linalg.norm(vector, ord: .frobenius) },
      { _ = try Linalg.norm(vector, ord: .nuclear, axis: 0) },
      { _ = try Linalg.norm(matrix, ord: 3) }, { _ = try Linalg.norm(matrix, ord: 0) },
      { _ = try Linalg.norm(stack([matrix, matrix]), ord: 1) },
      { _ = try Linalg.norm(matrix, axis: [0, 0]) },
    ] as [() throws -> Void] {
      let error = #expect(throws: TesseraError.self) { try body() }
      #expect(error?.kind == .usage)
    }
  }

  @Test func diagonalsAndTraces() throws {
    let x = try NDArray((0..<24).map { Int32($0) }, shape: [2, 3, 4])
    #expect(try Linalg.diagonal(x).elements(as: Int32.self) == [0, 5, 10, 12, 17, 22])
    #expect(try Linalg.diagonal(x, offset: 1).elements(as: Int32.self) == [1, 6, 11, 13, 18, 23])
    #expect(try Linalg.diagonal(x, offset: 3).elements(as: Int32.self) == [3, 15])
    #expect(try Linalg.diagonal(x, offset: -2).elements(as: Int32.self) == [8, 20])
    #expect(try Linalg.diagonal(x, offset: 4).shape.dimensions == [2, 0])
    #expect(try Linalg.diagonal(x, offset: -9).shape.dimensions == [2, 0])
    #expect(try Linalg.diagonal(NDArray.zeros([0, 0])).shape.dimensions == [0])
    #expect(try Linalg.trace(x).elements(as: Int64.self) == [15, 51])
    #expect(try Linalg.trace(x, offset: -1).elements(as: Int64.self) == [13, 37])
    #expect(throws: TesseraError.self) { _ = try Linalg.diagonal(vector) }
  }
}
