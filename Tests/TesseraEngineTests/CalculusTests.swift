import TesseraCore
import TesseraEngine
import TesseraStorage
import Testing

/// `gradient`, `trapezoid` and `ediff1d`, by NumPy's values.
@Suite struct CalculusTests {
  private let squares = try! NDArray([1, 4, 9, 16] as [Int64])
  private let x = try! NDArray.arange(6).reshape([2, 3])

  @Test func gradients() throws {
    #expect(try squares.gradient(axis: 0).elements(as: Double.self) == [3, 4, 6, 7])
    #expect(try squares.gradient(axis: 0, edgeOrder: 2).elements(as: Double.self) == [2, 4, 6, 8])
    let floats = try squares.astype(.float32).gradient(spacing: 0.3, axis: -1, edgeOrder: 2)
    #expect(
      try floats.elements(as: Float.self) == [6.666666030883789, 13.333333015441895, 20, 26.666667938232422])
    #expect(try squares[..<2].gradient(axis: 0).elements(as: Double.self) == [3, 3])
    let bytes = try NDArray([1, 250, 4] as [UInt8])
    #expect(try bytes.gradient(axis: 0).elements(as: Double.self) == [249, 1.5, -246])
    let all = try x.gradient(spacing: [2, 3])
    #expect(try all[0].elements(as: Double.self) == [Double](repeating: 1.5, count: 6))
    #expect(try all[1].elements(as: Double.self) == [Double](repeating: 1.0 / 3, count: 6))
    #expect(try x.gradient().count == 2 && NDArray(1.0).gradient().isEmpty)
    #expect(try NDArray.zeros([3, 0]).gradient(axis: 0).shape == Shape([3, 0]))
    for (length, order) in [(1, 1), (2, 2), (3, 3), (3, 0)] {
      #expect(throws: TesseraError.self) { try NDArray.zeros([length]).gradient(axis: 0, edgeOrder: order) }
    }
    #expect(throws: TesseraError.self) { try NDArray([true, false, true]).gradient(axis: 0) }
    #expect(throws: TesseraError.self) { try x.gradient(axis: 2) }
    #expect(throws: TesseraError.self) { try x.gradient(spacing: [1, 2, 3]) }
  }

  @Test func integrals() throws {
    let line = try NDArray([1, 2, 3] as [Int64])
    #expect(try line.trapezoid().item(as: Double.self) == 4)
    #expect(try line.astype(.float32).trapezoid(dx: 0.5).item(as: Float.self) == 2)
    #expect(try line.trapezoid(x: NDArray([0, 1, 4] as [Int64])).item(as: Double.self) == 9)
    #expect(try x.trapezoid(x: NDArray([0, 1, 4] as [Int64])).elements(as: Double.self) == [5, 17])
    #expect(
      try x.trapezoid(x: NDArray([0, 3] as [Int64]), axis: 0).elements(as: Double.self) == [4.5, 7.5, 10.5])
    #expect(try x.trapezoid(x: x * x, axis: 1).elements(as: Double.self) == [5, 65])
    #expect(try NDArray([100, 100] as [Int8]).trapezoid().item(as: Double.self) == -28)
    #expect(try NDArray([true, true]).trapezoid().item(as: Double.self) == 0.5)
    #expect(try NDArray([1.0]).trapezoid().item(as: Double.self) == 0)
    #expect(try NDArray.zeros([0]).trapezoid().item(as: Double.self) == 0)
    #expect(throws: TesseraError.self) { try NDArray(1.0).trapezoid() }
    #expect(throws: TesseraError.self) { try line.trapezoid(x: NDArray.arange(5)) }
    #expect(try explain(NDArray.random([500, 600], seed: 1).trapezoid(axis: 0)).passes.count == 1)
  }

  @Test func differences() throws {
    #expect(try x.ediff1d().elements(as: Int64.self) == [1, 1, 1, 1, 1])
    let ends = try squares.ediff1d(toEnd: NDArray([7, 8] as [Int64]), toBegin: NDArray([0] as [Int64]))
    #expect(try ends.elements(as: Int64.self) == [0, 3, 5, 7, 7, 8])
    let bytes = try NDArray([1, 4] as [Int8])
    #expect(try bytes.ediff1d(toBegin: NDArray([300] as [Int64])).elements(as: Int8.self) == [44, 3])
    #expect(try NDArray([5, 3] as [UInt8]).ediff1d().elements(as: UInt8.self) == [254])
    #expect(try NDArray([1.0]).ediff1d().size == 0 && NDArray.zeros([0]).ediff1d().size == 0)
    #expect(try NDArray(1.0).ediff1d(toEnd: x).elements(as: Double.self) == [0, 1, 2, 3, 4, 5])
    #expect(throws: TesseraError.self) { try bytes.ediff1d(toBegin: NDArray([0.5])) }
    #expect(throws: TesseraError.self) { try NDArray([true, false]).ediff1d() }
  }
}
