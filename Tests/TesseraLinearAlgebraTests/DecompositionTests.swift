import TesseraCore
import TesseraEngine
import TesseraLinearAlgebra
import TesseraStorage
import TesseraTestSupport
import Testing

/// Factorizations against what defines them: the product is the matrix, the factors are orthogonal or triangular.
///
/// Bounds: what is backward stable errs by a small multiple of n times the precision. Results of float32 are computed in
/// float64 and rounded once, so a bound of that dtype's precision holds for them too.
@Suite(.enabled(if: OpenBLAS.isAvailable)) struct DecompositionTests {
  private func bound(_ m: Int, _ n: Int, _ precision: Double) -> Double {
    10 * Double(max(m, n, 1)) * precision
  }

  private func random(_ m: Int, _ n: Int, _ dtype: DType, seed: Int) throws -> (NDArray, TestMatrix) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let array = try TestMatrix(random: m, n, &generator, isComplex: dtype.kind == .complex).array(dtype)
    return (array, try TestMatrix(array))
  }

  private func isUpper(_ r: TestMatrix) -> Bool {
    (0..<r.rows).allSatisfy { row in (0..<min(row, r.columns)).allSatisfy { r[row, $0] == Complex(0, 0) } }
  }

  @Test(arguments: [(1, 1), (6, 6), (25, 8), (8, 25), (40, 1), (1, 40)], linalgDTypes.map(\.dtype))
  func qr(_ shape: (Int, Int), _ dtype: DType) throws {
    let (m, n) = shape
    let precision = linalgDTypes.first { $0.dtype == dtype }!.precision
    let (array, a) = try random(m, n, dtype, seed: m * 100 + n)
    for mode in [Linalg.QRMode.reduced, .complete] {
      let (q, r) = try Linalg.qr(array, mode: mode)
      let columns = mode == .complete ? m : min(m, n)
      #expect(q.shape.dimensions == [m, columns] && r.shape.dimensions == [columns, n])
      #expect(q.dtype == dtype && r.dtype == dtype)
      let (q_, r_) = (try TestMatrix(q), try TestMatrix(r))
      #expect(isUpper(r_))
      #expect(q_.orthogonalityError <= bound(m, n, precision))
      #expect((q_ * r_ - a).norm <= bound(m, n, precision) * a.norm)
      let alone = try TestMatrix(Linalg.qrR(array))
      #expect(alone.elements == Array(r_.elements.prefix(min(m, n) * n)))
    }
  }

  @Test(arguments: [(1, 1), (6, 6), (25, 8), (8, 25)], linalgDTypes.map(\.dtype))
  func svd(_ shape: (Int, Int), _ dtype: DType) throws {
    let (m, n) = shape
    let precision = linalgDTypes.first { $0.dtype == dtype }!.precision
    let (array, a) = try random(m, n, dtype, seed: m * 100 + n)
    for full in [true, false] {
      let (u, s, vh) = try Linalg.svd(array, fullMatrices: full)
      let k = min(m, n)
      #expect(u.shape.dimensions == [m, full ? m : k] && vh.shape.dimensions == [full ? n : k, n])
      #expect(u.dtype == dtype && s.dtype == dtype.realPart && s.shape.dimensions == [k])
      let (u_, v_) = (try TestMatrix(u), try TestMatrix(vh))
      let values = try s.astype(.float64).elements(as: Double.self)
      #expect(values == values.sorted(by: >))
      #expect(u_.orthogonalityError <= bound(m, n, precision))
      #expect(v_.orthogonalityError <= bound(m, n, precision))
      let product = TestMatrix(m, k) { u_[$0, $1] }.scaled(values) * TestMatrix(k, n) { v_[$0, $1] }
      #expect((product - a).norm <= bound(m, n, precision) * a.norm)
      let alone = try Linalg.svdvals(array).astype(.float64).elements(as: Double.self)
      for (x, y) in zip(alone, values) { #expect(abs(x - y) <= bound(m, n, precision) * values[0]) }
    }
  }

  @Test(arguments: [1, 2, 15], linalgDTypes.map(\.dtype)) func eigh(_ n: Int, _ dtype: DType) throws {
    let precision = linalgDTypes.first { $0.dtype == dtype }!.precision
    let (array, _) = try random(n, n, dtype, seed: n)
    // Only one triangle is read: the other holds something else.
    for uplo in [Linalg.Triangle.lower, .upper] {
      let (w, v) = try Linalg.eigh(array, uplo: uplo)
      #expect(w.dtype == dtype.realPart && v.dtype == dtype)
      let a = try TestMatrix(array)
      let hermitian = TestMatrix(n, n) { row, column in
        if row == column { return Complex(a[row, row].real, 0) }
        let isOwn = (row > column) == (uplo == .lower)
        return isOwn ? a[row, column] : Complex(a[column, row].real, -a[column, row].imaginary)
      }
      let values = try w.astype(.float64).elements(as: Double.self)
      let vectors = try TestMatrix(v)
      #expect(values == values.sorted())
      #expect(vectors.orthogonalityError <= bound(n, n, precision))
      #expect((hermitian * vectors - vectors.scaled(values)).norm <= bound(n, n, precision) * hermitian.norm)
      let alone = try Linalg.eigvalsh(array, uplo: uplo).astype(.float64).elements(as: Double.self)
      for (x, y) in zip(alone, values) { #expect(abs(x - y) <= bound(n, n, precision) * hermitian.norm) }
      let (u, s, vh) = try Linalg.svd(TestMatrix(n, n) { hermitian[$0, $1] }.array(dtype), hermitian: true)
      let product =
        try TestMatrix(u).scaled(s.astype(.float64).elements(as: Double.self)) * TestMatrix(vh)
      #expect((product - hermitian).norm <= bound(n, n, precision) * hermitian.norm)
    }
  }

  @Test func eigenvaluesAreRealWhereAllAre() throws {
    let symmetric = try NDArray([2.0, 1, 1, 2], shape: [2, 2])
    let (w, v) = try Linalg.eig(symmetric)
    #expect(w.dtype == .float64 && v.dtype == .float64)
    #expect(try w.elements(as: Double.self).sorted().map { ($0 * 1e12).rounded() / 1e12 } == [1, 3])
    let rotation = try NDArray([Float(0), -1, 1, 0], shape: [2, 2])
    #expect(try Linalg.eigvals(rotation).dtype == .complex64)
    let values = try Linalg.eigvals(rotation.astype(.int8)).elements(as: Complex<Double>.self)
    #expect(Set(values) == [Complex(0, 1), Complex(0, -1)])
    // One of a stack decides for all.
    let both = try stack([symmetric, rotation.astype(.float64)])
    #expect(try Linalg.eig(both).eigenvectors.dtype == .complex128)
    #expect(try Linalg.eigvals(both).shape.dimensions == [2, 2])
  }

  @Test(arguments: [1, 3, 20], linalgDTypes.map(\.dtype)) func eig(_ n: Int, _ dtype: DType) throws {
    let precision = linalgDTypes.first { $0.dtype == dtype }!.precision
    let (array, a) = try random(n, n, dtype, seed: 7 * n)
    let (w, v) = try Linalg.eig(array)
    let vectors = try TestMatrix(v)
    let values = try w.astype(.complex128).elements(as: Complex<Double>.self)
    let scaled = vectors * TestMatrix(n, n) { $0 == $1 ? values[$0] : Complex(0, 0) }
    #expect((a * vectors - scaled).norm <= bound(n, n, precision) * a.norm)
    for column in 0..<n {
      let length = (0..<n).reduce(0) { sum, row in
        let x = vectors[row, column]
        return sum + x.real * x.real + x.imaginary * x.imaginary
      }
      #expect(abs(length - 1) <= bound(n, n, precision))
    }
  }

  @Test(arguments: [1, 4, 30], linalgDTypes.map(\.dtype)) func cholesky(_ n: Int, _ dtype: DType) throws {
    let precision = linalgDTypes.first { $0.dtype == dtype }!.precision
    let (_, a) = try random(n, n, dtype, seed: n)
    let array = try (a * a.adjoint).array(dtype)
    let definite = try TestMatrix(array)
    let lower = try TestMatrix(Linalg.cholesky(array))
    #expect(isUpper(lower.adjoint))
    #expect((lower * lower.adjoint - definite).norm <= bound(n, n, precision) * definite.norm)
    let upper = try TestMatrix(Linalg.cholesky(array, upper: true))
    #expect(isUpper(upper))
    #expect((upper.adjoint * upper - definite).norm <= bound(n, n, precision) * definite.norm)
  }

  @Test func stacksAreWorkedOnMatrixByMatrix() throws {
    var generator = SeededGenerator(seed: 3)
    let matrices = try (0..<6).map { _ in try TestMatrix(random: 4, 3, &generator).array() }
    let whole = try stack(matrices).reshape([2, 3, 4, 3])
    for threads in [1, 3] {
      let options = TransferOptions(memory: 64 << 20, threads: threads)
      let (q, r) = try Linalg.qr(whole, options: options)
      #expect(q.shape.dimensions == [2, 3, 4, 3] && r.shape.dimensions == [2, 3, 3, 3])
      let s = try Linalg.svdvals(whole, options: options)
      #expect(s.shape.dimensions == [2, 3, 3])
      for (number, matrix) in matrices.enumerated() {
        let (i, j) = (number / 3, number % 3)
        let alone = try Linalg.qr(matrix)
        #expect(try q[i, j].elements(as: Double.self) == alone.q.elements(as: Double.self))
        #expect(try r[i, j].elements(as: Double.self) == alone.r.elements(as: Double.self))
        #expect(try s[i, j].elements(as: Double.self) == Linalg.svdvals(matrix).elements(as: Double.self))
      }
    }
  }

  @Test func matricesOfNoElementsHaveFactors() throws {
    let (none, wide) = (try NDArray.zeros([0, 0]), try NDArray.zeros([0, 3]))
    let tall = try NDArray.zeros([3, 0])
    #expect(try Linalg.cholesky(none).shape.dimensions == [0, 0])
    #expect(try Linalg.qr(wide).q.shape.dimensions == [0, 0])
    #expect(try Linalg.qr(wide).r.shape.dimensions == [0, 3])
    #expect(try TestMatrix(Linalg.qr(tall, mode: .complete).q).elements == TestMatrix.identity(3).elements)
    #expect(try TestMatrix(Linalg.svd(tall).u).elements == TestMatrix.identity(3).elements)
    #expect(try Linalg.svd(tall, fullMatrices: false).u.shape.dimensions == [3, 0])
    #expect(try TestMatrix(Linalg.svd(wide).vh).elements == TestMatrix.identity(3).elements)
    #expect(try Linalg.eigh(none).eigenvectors.shape.dimensions == [0, 0])
    #expect(try Linalg.eig(none).eigenvalues.shape.dimensions == [0])
    #expect(try Linalg.svdvals(NDArray.zeros([0, 2, 2])).shape.dimensions == [0, 2])
  }

  @Test func operandsMayBeExpressionsOfAnyOrder() throws {
    var generator = SeededGenerator(seed: 9)
    let array = try TestMatrix(random: 12, 5, &generator).array()
    let centred = try (array - array.mean(axis: 0)).transposed()
    let plain = try NDArray(centred.elements(as: Double.self), shape: [5, 12])
    #expect(
      try Linalg.svdvals(centred).elements(as: Double.self) == Linalg.svdvals(plain).elements(as: Double.self)
    )
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity]) func infinitiesAndNaNs(_ value: Double) throws {
    let a = try NDArray([2.0, 1, 0, 1, value, 0, 0, 0, 1], shape: [3, 3])
    func expectUnsolvable(_ words: String, _ body: () throws -> Void) {
      let error = #expect(throws: TesseraError.self) { try body() }
      #expect(error?.kind == .unsolvable && error?.what == words)
    }
    expectUnsolvable("SVD did not converge") { _ = try Linalg.svd(a) }
    expectUnsolvable("SVD did not converge") { _ = try Linalg.svdvals(a) }
    expectUnsolvable("SVD did not converge") { _ = try Linalg.pinv(a) }
    expectUnsolvable("SVD did not converge") { _ = try Linalg.matrixRank(a) }
    expectUnsolvable("SVD did not converge") { _ = try Linalg.norm(a, ord: 2) }
    expectUnsolvable("Eigenvalues did not converge") { _ = try Linalg.eigh(a) }
    expectUnsolvable("Eigenvalues did not converge") { _ = try Linalg.eigvalsh(a) }
    expectUnsolvable("Array must not contain infs or NaNs") { _ = try Linalg.eig(a) }
    expectUnsolvable("Array must not contain infs or NaNs") { _ = try Linalg.eigvals(a) }
    expectUnsolvable("SVD did not converge in Linear Least Squares") {
      _ = try Linalg.lstsq(a, NDArray.ones([3]))
    }
    let r = try Linalg.qr(a).r.elements(as: Double.self)
    #expect(r.contains { $0.isNaN })
  }

  @Test func wrongShapesAndDTypesAreRefused() throws {
    let rectangle = try NDArray.ones([2, 3])
    for body in [
      { _ = try Linalg.cholesky(rectangle) }, { _ = try Linalg.eig(rectangle) },
      { _ = try Linalg.eigvalsh(rectangle) }, { _ = try Linalg.inv(rectangle) },
      { _ = try Linalg.det(rectangle) }, { _ = try Linalg.solve(rectangle, rectangle) },
    ] as [() throws -> Void] {
      let error = #expect(throws: TesseraError.self) { try body() }
      #expect(error?.kind == .usage && error?.what == "Last 2 dimensions of the array must be square")
    }
    let vector = #expect(throws: TesseraError.self) { _ = try Linalg.svd(NDArray.ones([3])) }
    #expect(vector?.what == "1-dimensional array given. Array must be at least two-dimensional")
    for dtype in [DType.float16, .bfloat16] {
      let error = #expect(throws: TesseraError.self) { _ = try Linalg.qr(rectangle.astype(dtype)) }
      #expect(error?.what == "array type \(dtype) is unsupported in linalg")
    }
    #expect(try Linalg.qr(rectangle.astype(.bool)).q.dtype == .float64)
    #expect(try Linalg.inv(NDArray([2], shape: [1, 1]).astype(.uint8)).elements(as: Double.self) == [0.5])
  }

  @Test func whatDoesNotFitIsRefusedBeforeItIsRead() throws {
    // Zeros that take no memory, of a matrix that takes 288 MB.
    let large = try NDArray.zeros([6000, 6000])
    let error = #expect(throws: TesseraError.self) {
      _ = try Linalg.svdvals(large, options: .init(memory: 128 << 20))
    }
    #expect(error?.kind == .memory)
    let least = error?.expected?.split(separator: " ").dropFirst().first.flatMap {
      ByteSize.parse($0.description)
    }
    // The matrix and its copy at least, and at most four times that.
    #expect((2 * 288_000_000)...(8 * 288_000_000) ~= least ?? 0, "\(String(describing: error))")
  }
}
