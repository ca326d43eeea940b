import TesseraCore
import TesseraEngine
import TesseraLinearAlgebra
import TesseraTestSupport
import Testing

/// Powers and chains of products, against plain loops.
@Suite struct PowerTests {
  @Test(arguments: 0..<12) func powers(_ n: Int) throws {
    let a = try NDArray([1, 1, 1, 0], shape: [2, 2])
    // Fibonacci's numbers.
    var (x, y) = (0, 1)
    for _ in 0..<n { (x, y) = (y, x + y) }
    let power = try Linalg.matrixPower(a, n)
    #expect(power.dtype == .int64)
    #expect(try power.elements(as: Int64.self) == [y, x, x, y - x].map { Int64($0) })
  }

  @Test(.enabled(if: OpenBLAS.isAvailable)) func negativePowersAndStacks() throws {
    let a = try NDArray([2.0, 0, 0, 4], shape: [2, 2])
    #expect(try Linalg.matrixPower(a, -2).elements(as: Double.self) == [0.25, 0, 0, 0.0625])
    let both = try stack([a, a * 2.0])
    #expect(try Linalg.matrixPower(both, 3).elements(as: Double.self) == [8, 0, 0, 64, 64, 0, 0, 512])
    #expect(try Linalg.matrixPower(both, 0).elements(as: Double.self) == [1, 0, 0, 1, 1, 0, 0, 1])
    #expect(throws: TesseraError.self) { _ = try Linalg.matrixPower(NDArray.ones([2, 3]), 2) }
    #expect(throws: TesseraError.self) { _ = try Linalg.matrixPower(NDArray.zeros([2, 2]), -1) }
  }

  @Test(arguments: 0..<20) func chains(_ seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let count = Int.random(in: 2...6, using: &generator)
    let lengths = (0...count).map { _ in Int.random(in: 1...9, using: &generator) }
    let matrices = (0..<count).map { TestMatrix(random: lengths[$0], lengths[$0 + 1], &generator) }
    let expected = matrices.dropFirst().reduce(matrices[0]) { $0 * $1 }
    let product = try TestMatrix(Linalg.multiDot(matrices.map { try $0.array() }))
    let scale = matrices.reduce(1) { $0 * $1.norm }
    #expect((product - expected).norm <= 100 * Double.ulpOfOne * scale, "seed \(seed)")
  }

  @Test func chainsWithVectors() throws {
    let (v, a) = (try NDArray([1.0, 2]), try NDArray([1.0, 2, 3, 4], shape: [2, 2]))
    #expect(try Linalg.multiDot([v, a, v]).item(as: Double.self) == 27)
    #expect(try Linalg.multiDot([v, a, a]).elements(as: Double.self) == [37, 54])
    #expect(try Linalg.multiDot([a, v]).elements(as: Double.self) == [5, 11])
    #expect(throws: TesseraError.self) { _ = try Linalg.multiDot([a]) }
    #expect(throws: TesseraError.self) { _ = try Linalg.multiDot([a, NDArray.ones([3, 2])]) }
    #expect(throws: TesseraError.self) { _ = try Linalg.multiDot([a, v, a]) }
  }
}
