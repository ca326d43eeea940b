import TesseraCore
import TesseraEngine
import TesseraLinearAlgebra
import TesseraTestSupport
import Testing

/// The products made of `matmul` and of elementwise sums; expected values are NumPy 2.4's.
@Suite struct DotTests {
  private func range(_ shape: [Int]) throws -> NDArray {
    try NDArray((0..<shape.reduce(1, *)).map(Double.init), shape: shape)
  }

  private func message(_ body: () throws -> NDArray) throws -> String {
    let error = #expect(throws: TesseraError.self) { try body() }
    #expect(error?.kind == .usage)
    return "\(error!)"
  }

  @Test func dotSumsTheLastAxisWithTheOneBeforeTheLast() throws {
    let product = try dot(range([2, 3, 4]), range([2, 4, 2]))
    #expect(product.shape.dimensions == [2, 3, 2, 2])
    #expect(try Array(product.elements(as: Double.self).prefix(4)) == [28, 34, 76, 82])
    #expect(try dot(range([3]), range([3])).item(as: Double.self) == 5)
    #expect(try dot(range([2, 3]), range([3])).elements(as: Double.self) == [5, 14])
    #expect(try dot(range([3]), range([3, 2])).elements(as: Double.self) == [10, 13])
    #expect(try dot(NDArray(2.0), range([3])).elements(as: Double.self) == [0, 2, 4])
    #expect(
      try message { try dot(range([2, 3]), range([4, 5])) }
        == "shapes (2, 3) and (4, 5) not aligned: 3 (dim 1) != 4 (dim 0)")
  }

  @Test func innerSumsBothLastAxes() throws {
    #expect(try inner(range([2, 3]), range([2, 3])).elements(as: Double.self) == [5, 14, 14, 50])
    #expect(try inner(range([2, 3]), range([3])).elements(as: Double.self) == [5, 14])
    #expect(try inner(range([2]), NDArray(3.0)).elements(as: Double.self) == [0, 3])
    #expect(try message { try inner(range([2, 3]), range([4, 5])) }.contains("3 (dim 1) != 5 (dim 1)"))
  }

  @Test func vdotAndVecdotConjugateTheFirst() throws {
    let z = try NDArray([Complex(0.0, 1), Complex(2, 0)])
    let w = try NDArray([Complex(0.0, 1), Complex(1, 3)])
    #expect(try vdot(z, w).item(as: Complex<Double>.self) == Complex(3, 6))
    #expect(try vecdot(z, w).item(as: Complex<Double>.self) == Complex(3, 6))
    #expect(try vdot(range([2, 3]), range([3, 2])).item(as: Double.self) == 55)
    #expect(try vecdot(range([2, 3]), range([3])).elements(as: Double.self) == [5, 14])
    #expect(try vecdot(range([2, 3]), range([2, 1]), axis: 0).elements(as: Double.self) == [3, 4, 5])
    let truths = try NDArray([Bool](repeating: true, count: 256))
    #expect(try vecdot(truths, truths).item(as: Bool.self))
    #expect(
      try message { try vdot(range([3]), range([2, 2])) }.contains("(3,) and (2, 2): expected 3, got 4"))
    #expect(try message { try vecdot(range([2, 3]), range([4])) }.contains("(size 4 is different from 3)"))
    #expect(try message { try vecdot(NDArray(1.0), range([4])) }.contains("does not have enough dimensions"))
  }

  @Test func outerAndKron() throws {
    #expect(try outer(range([2, 2]), range([2])).elements(as: Double.self) == [0, 0, 0, 1, 0, 2, 0, 3])
    let product = try kron(range([1, 2]), range([2]) + 1)
    #expect(product.shape.dimensions == [1, 4])
    #expect(try product.elements(as: Double.self) == [0, 0, 1, 2])
    let both = try kron(range([2, 2]), range([2, 2]))
    #expect(
      try both.elements(as: Double.self) == [0, 0, 0, 1, 0, 0, 2, 3, 0, 2, 0, 3, 4, 6, 6, 9])
  }

  @Test func productsThatNoShapeHolds() throws {
    let x = try NDArray.zeros([1 << 30])
    #expect(try message { try outer(x, x) }.contains("shape is too large"))
    #expect(try message { try kron(x, x) }.contains("shape is too large"))
    let (column, row) = (try x.reshape([1 << 30, 1]), try x.reshape([1, 1 << 30]))
    #expect(try message { try matmul(column, row) }.contains("shape is too large"))
  }

  @Test func tensordotBringsAxesTogether() throws {
    #expect(
      try tensordot(range([2, 3, 4]), range([3, 4, 2])).elements(as: Double.self) == [1012, 1078, 2596, 2806])
    #expect(try tensordot(range([2]), range([2]), axes: 0).elements(as: Double.self) == [0, 0, 0, 1])
    let pairs = try tensordot(range([2, 3, 4]), range([4, 2]), axes: ([2, 0], [0, 1]))
    #expect(try pairs.elements(as: Double.self) == [254, 366, 478])
    #expect(
      try tensordot(range([2, 3]), range([3, 2]), axes: ([-1], [0])).elements(as: Double.self) == [
        10, 13, 28, 40,
      ])
    #expect(try message { try tensordot(range([2, 3]), range([4, 5])) }.contains("shape-mismatch for sum"))
    #expect(
      try message { try tensordot(range([2, 3]), range([3, 5]), axes: 3) }.contains("expected 0 to 2"))
    #expect(
      try message { try tensordot(range([2, 3]), range([3]), axes: ([0], [3])) }.contains("out of bounds"))
  }
}
