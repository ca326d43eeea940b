import TesseraCore
import TesseraEngine
import TesseraLinearAlgebra
import TesseraTestSupport
import Testing

/// Systems, inverses, determinants, least squares, ranks and norms: residuals with bounds, and NumPy's rules.
@Suite(.enabled(if: OpenBLAS.isAvailable)) struct SolvingTests {
  private func bound(_ n: Int, _ precision: Double) -> Double { 10 * Double(max(n, 1)) * precision }

  private func doubles(_ array: NDArray) throws -> [Double] {
    try array.astype(.float64).elements(as: Double.self)
  }

  @Test(arguments: [1, 2, 5, 40], linalgDTypes.map(\.dtype)) func solvesAndInverts(_ n: Int, _ dtype: DType)
    throws
  {
    let precision = linalgDTypes.first { $0.dtype == dtype }!.precision
    var generator = SeededGenerator(seed: UInt64(n))
    let isComplex = dtype.kind == .complex
    let array = try TestMatrix(random: n, n, &generator, isComplex: isComplex).array(dtype)
    let right = try TestMatrix(random: n, 3, &generator, isComplex: isComplex).array(dtype)
    let (a, b) = (try TestMatrix(array), try TestMatrix(right))
    let x = try Linalg.solve(array, right)
    #expect(x.dtype == dtype && x.shape.dimensions == [n, 3])
    let solution = try TestMatrix(x)
    #expect((a * solution - b).norm <= bound(n, precision) * a.norm * solution.norm)
    let vector = try TestMatrix(Linalg.solve(array, right[ellipsis, 1]))
    for row in 0..<n {
      let difference = Complex(
        vector[row, 0].real - solution[row, 1].real, vector[row, 0].imaginary - solution[row, 1].imaginary)
      #expect(difference.modulus <= bound(n, precision) * a.norm * solution.norm * 100)
    }
    let inverse = try TestMatrix(Linalg.inv(array))
    #expect((a * inverse - .identity(n)).norm <= bound(n, precision) * a.norm * inverse.norm)
    let (sign, logarithm) = try Linalg.slogdet(array)
    let det = try TestMatrix(Linalg.det(array).reshape([1, 1]))[0, 0]
    let magnitude = try doubles(exp(logarithm.astype(.float64)))[0]
    let unit = try TestMatrix(sign.reshape([1, 1]))[0, 0]
    #expect(sign.dtype == dtype && logarithm.dtype == dtype.realPart && logarithm.ndim == 0)
    // The logarithm was rounded to the dtype, which the exponential multiplies by its magnitude.
    #expect(
      abs(det.real - unit.real * magnitude) <= 100 * precision * max(det.modulus, .leastNormalMagnitude))
    #expect(
      abs(det.imaginary - unit.imaginary * magnitude) <= 100 * precision
        * max(det.modulus, .leastNormalMagnitude))
  }

  @Test func leadingAxesBroadcast() throws {
    var generator = SeededGenerator(seed: 1)
    let matrices = try stack((0..<3).map { _ in try TestMatrix(random: 2, 2, &generator).array() })
    let b = try TestMatrix(random: 2, 4, &generator).array()
    let x = try Linalg.solve(
      matrices.reshape([3, 1, 2, 2]), b.reshape([1, 1, 2, 4]).broadcast(to: [1, 2, 2, 4]))
    #expect(x.shape.dimensions == [3, 2, 2, 4])
    for i in 0..<3 {
      let alone = try Linalg.solve(matrices[i], b)
      #expect(try doubles(x[i, 1]) == doubles(alone))
    }
    // A vector is exactly one: NumPy 2's rule.
    #expect(try Linalg.solve(matrices, NDArray.ones([2])).shape.dimensions == [3, 2])
    let error = #expect(throws: TesseraError.self) { _ = try Linalg.solve(matrices, NDArray.ones([3, 2])) }
    #expect(error?.kind == .usage && "\(error!)".contains("(3, 2, 2) (3, 2)"))
    let stacks = #expect(throws: TesseraError.self) {
      _ = try Linalg.solve(matrices, NDArray.ones([4, 2, 1]))
    }
    #expect(stacks?.kind == .usage && "\(stacks!)".contains("solve"))
    #expect("\(stacks!)".contains("(3, 2, 2) (4, 2, 1)"))
    #expect(throws: TesseraError.self) { _ = try Linalg.solve(matrices, NDArray(1.0)) }
    #expect(try Linalg.solve(NDArray.zeros([0, 0]), NDArray.zeros([0, 2])).shape.dimensions == [0, 2])
    #expect(try Linalg.solve(matrices, NDArray.zeros([2, 0])).shape.dimensions == [3, 2, 0])
  }

  @Test func singularMatricesAreUnsolvable() throws {
    let singular = try NDArray([1.0, 2, 2, 4], shape: [2, 2])
    let both = try stack([NDArray([1.0, 0, 0, 1], shape: [2, 2]), singular])
    for body in [
      { _ = try Linalg.solve(singular, NDArray.ones([2])) }, { _ = try Linalg.inv(singular) },
      { _ = try Linalg.inv(both) },
    ] as [() throws -> Void] {
      let error = #expect(throws: TesseraError.self) { try body() }
      #expect(error?.kind == .unsolvable && error?.description == "Singular matrix")
    }
    #expect(try doubles(Linalg.det(both)) == [1, 0])
    let (sign, logarithm) = try Linalg.slogdet(both)
    #expect(try doubles(sign) == [1, 0])
    #expect(try doubles(logarithm) == [0, -.infinity])
    let error = #expect(throws: TesseraError.self) { _ = try Linalg.cholesky(0.0 - singular) }
    #expect(error?.kind == .unsolvable && error?.what == "Matrix is not positive definite")
  }

  @Test func determinantsNeitherOverflowNorVanishOnTheWay() throws {
    // 1e200 and 1e-200 in turn: every prefix of the product of one sign would be out of range.
    let n = 8
    let diagonal = TestMatrix(n, n) { $0 == $1 ? Complex($0 < 4 ? 1e200 : 1e-200, 0) : Complex(0, 0) }
    let det = try doubles(Linalg.det(diagonal.array()))[0]
    #expect(abs(det - 1) < 1e-13)
    let huge = TestMatrix(n, n) { $0 == $1 ? Complex(1e200, 0) : Complex(0, 0) }
    #expect(try doubles(Linalg.det(huge.array())) == [.infinity])
    let logarithm = try doubles(Linalg.slogdet(huge.array()).logabsdet)[0]
    // 1600 ln 10.
    #expect(abs(logarithm - 3684.136148790473) < 1e-9)
    #expect(try doubles(Linalg.det(NDArray.zeros([0, 0]))) == [1])
    #expect(try doubles(Linalg.det(NDArray([1, 2, 3, 4], shape: [2, 2])))[0].rounded() == -2)
    #expect(try Linalg.det(NDArray([Double.nan], shape: [1, 1])).item(as: Double.self).isNaN)
  }

  @Test func nansSpreadThroughSystems() throws {
    let a = try NDArray([2.0, 1, 0, 1, .nan, 0, 0, 0, 1], shape: [3, 3])
    let x = try doubles(Linalg.solve(a, NDArray.ones([3])))
    #expect(x[0].isNaN && x[1].isNaN)
    #expect(try doubles(Linalg.inv(a)).contains { $0.isNaN })
    #expect(try doubles(Linalg.cholesky(a)).contains { $0.isNaN })
  }

  @Test func leastSquaresAsNumPy() throws {
    var generator = SeededGenerator(seed: 5)
    let a = TestMatrix(random: 9, 4, &generator)
    let b = TestMatrix(random: 9, 2, &generator)
    let fit = try Linalg.lstsq(a.array(), b.array())
    let x = try TestMatrix(fit.solution)
    let rest = a * x - b
    #expect((a.adjoint * rest).norm <= 1e-13 * a.norm * b.norm)
    #expect(fit.rank == 4 && fit.singularValues.shape.dimensions == [4])
    let sums = try doubles(fit.residuals)
    for column in 0..<2 {
      let sum = (0..<9).reduce(0) { $0 + rest[$1, column].real * rest[$1, column].real }
      #expect(abs(sums[column] - sum) <= 1e-13 * b.norm * b.norm)
    }
    let one = try Linalg.lstsq(a.array(), b.array()[ellipsis, 0])
    #expect(one.solution.shape.dimensions == [4] && one.residuals.shape.dimensions == [1])
    // Of rank 1: the shortest of all solutions, and no residuals.
    let flat = try Linalg.lstsq(NDArray.ones([3, 2]), NDArray([1.0, 2, 3]))
    #expect(flat.rank == 1 && flat.residuals.size == 0)
    #expect(try doubles(flat.solution).allSatisfy { abs($0 - 1) < 1e-14 })
    #expect(try doubles(Linalg.lstsq(NDArray.zeros([0, 3]), NDArray.zeros([0])).solution) == [0, 0, 0])
    let empty = try Linalg.lstsq(NDArray.zeros([3, 0]), NDArray.ones([3]))
    #expect(empty.solution.size == 0 && empty.rank == 0)
    #expect(try doubles(empty.residuals) == [3])
    #expect(try Linalg.lstsq(a.array(), NDArray.zeros([9, 0])).solution.shape.dimensions == [4, 0])
    #expect(throws: TesseraError.self) { _ = try Linalg.lstsq(a.array(), NDArray.ones([8])) }
  }

  /// Läuchli's matrix: the squares that normal equations would be made of are lost in rounding.
  @Test func lauchliHasFullRank() throws {
    let small = 1e-9
    let a = TestMatrix(4, 3) { $0 == 0 ? Complex(1, 0) : Complex($0 - 1 == $1 ? small : 0, 0) }
    let b = try NDArray([3.0, small, small, small])
    let fit = try Linalg.lstsq(a.array(), b)
    #expect(fit.rank == 3)
    // Its condition is sqrt(3) / 1e-9.
    #expect(try doubles(fit.solution).allSatisfy { abs($0 - 1) < 1e-5 })
    #expect(try Linalg.matrixRank(a.array()).item(as: Int.self) == 3)
    let (q, _) = try Linalg.qr(a.array())
    #expect(try TestMatrix(q).orthogonalityError < 1e-14)
  }

  @Test func hilbertIsSolvedToSmallResiduals() throws {
    let n = 12
    let hilbert = TestMatrix(n, n) { Complex(1 / Double($0 + $1 + 1), 0) }
    let b = hilbert * TestMatrix(n, 1) { _, _ in Complex(1, 0) }
    let x = try TestMatrix(Linalg.solve(hilbert.array(), b.array()))
    // The residual is small whatever the condition (1e16 here), the error is not.
    #expect((hilbert * x - b).norm <= bound(n, .ulpOfOne) * hilbert.norm * x.norm)
    let condition = try Linalg.cond(hilbert.array()).item(as: Double.self)
    #expect(condition > 1e15)
    #expect(try Linalg.matrixRank(hilbert.array(), tol: 1e-6).item(as: Int.self) < n)
  }

  @Test(arguments: linalgDTypes.map(\.dtype)) func pseudoInverses(_ dtype: DType) throws {
    let precision = linalgDTypes.first { $0.dtype == dtype }!.precision
    var generator = SeededGenerator(seed: 11)
    for (m, n) in [(5, 3), (3, 5), (4, 4)] {
      let array = try TestMatrix(random: m, n, &generator, isComplex: dtype.kind == .complex).array(dtype)
      let a = try TestMatrix(array)
      let inverse = try Linalg.pinv(array)
      #expect(inverse.dtype == dtype && inverse.shape.dimensions == [n, m])
      let x = try TestMatrix(inverse)
      let scale = bound(m + n, precision) * a.norm * x.norm
      #expect((a * x * a - a).norm <= scale * a.norm)
      #expect((x * a * x - x).norm <= scale * x.norm)
      let product = a * x
      #expect((product - product.adjoint).norm <= scale)
    }
    let singular = try NDArray([1.0, 2, 2, 4], shape: [2, 2]).astype(dtype)
    let expected = [0.04, 0.08, 0.08, 0.16]
    for hermitian in [false, true] {
      let x = try TestMatrix(Linalg.pinv(singular, hermitian: hermitian))
      for (element, value) in zip(x.elements, expected) {
        #expect(abs(element.real - value) < 10 * precision)
      }
    }
    #expect(try Linalg.pinv(NDArray.zeros([0, 3])).shape.dimensions == [3, 0])
    // A share of the greatest by either name.
    let steep = try NDArray([4.0, 0, 0, 0.5], shape: [2, 2]).astype(dtype)
    for inverse in try [Linalg.pinv(steep, rtol: 0.25), Linalg.pinv(steep, rcond: 0.25)] {
      #expect(try abs(TestMatrix(inverse)[0, 0].real - 0.25) < precision)
      #expect(try TestMatrix(inverse)[1, 1].modulus < precision)
    }
    #expect(throws: TesseraError.self) { _ = try Linalg.pinv(steep, rcond: 0.1, rtol: 0.1) }
  }

  @Test func ranks() throws {
    #expect(try Linalg.matrixRank(NDArray.ones([2, 3, 4])).elements(as: Int.self) == [1, 1])
    #expect(try Linalg.matrixRank(NDArray.zeros([3, 3])).item(as: Int.self) == 0)
    #expect(try Linalg.matrixRank(NDArray.zeros([0, 3])).item(as: Int.self) == 0)
    #expect(try Linalg.matrixRank(NDArray([0.0, 0])).item(as: Int.self) == 0)
    #expect(try Linalg.matrixRank(NDArray([0.0, 2])).item(as: Int.self) == 1)
    let almost = try NDArray([1.0, 0, 0, 1e-10], shape: [2, 2])
    #expect(try Linalg.matrixRank(almost).item(as: Int.self) == 2)
    #expect(try Linalg.matrixRank(almost, rtol: 1e-9, hermitian: true).item(as: Int.self) == 1)
    // The precision is that of the result's dtype.
    #expect(try Linalg.matrixRank(almost.astype(.float32)).item(as: Int.self) == 1)
    #expect(throws: TesseraError.self) { _ = try Linalg.matrixRank(almost, tol: 1, rtol: 1) }
  }

  @Test func conditions() throws {
    let a = try NDArray([1.0, 2, 3, 4], shape: [2, 2])
    // From NumPy 2.4.
    let expected: [(NormOrder?, Double)] = [
      (nil, 14.933034373659268), (2, 14.933034373659268), (-2, 0.06696562634074720), (1, 21), (-1, 6),
      (.infinity, 21), (.negativeInfinity, 6), (.frobenius, 15),
    ]
    for (order, value) in expected {
      let condition = try Linalg.cond(a, p: order).item(as: Double.self)
      #expect(abs(condition - value) < 1e-12 * value, "\(String(describing: order))")
    }
    for order in [nil, 1, .frobenius] as [NormOrder?] {
      let singular = try Linalg.cond(NDArray.zeros([2, 2, 2]), p: order)
      #expect(try doubles(singular) == [.infinity, .infinity])
    }
    #expect(try Linalg.cond(NDArray.ones([3, 2])).ndim == 0)
    #expect(throws: TesseraError.self) { _ = try Linalg.cond(NDArray.ones([3, 2]), p: 1) }
    #expect(throws: TesseraError.self) { _ = try Linalg.cond(NDArray.zeros([0, 0])) }
  }
}
