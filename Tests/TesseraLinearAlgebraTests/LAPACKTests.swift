import TesseraCore
import TesseraEngine
import TesseraLinearAlgebra
import TesseraTestSupport
import Testing

/// The wrappers, each against plain loops over the matrices that it takes and gives, in all four types.
@Suite(.enabled(if: OpenBLAS.isAvailable)) struct LAPACKTests {
  /// Rounding errors of backward stable algorithms grow with n times the precision; constants are below 10.
  private func bound<T: LAPACKScalar>(_ n: Int, _: T.Type) -> Double {
    10 * Double(max(n, 1)) * Double(T.Real.ulpOfOne)
  }

  private func matrix<T: LAPACKScalar>(_ source: TestMatrix, _: T.Type) throws -> DenseMatrix<T> {
    try DenseMatrix<T>.load(source.array(T.dtype))
  }

  /// The elements for the time of a call, which may overwrite them.
  private func lend<T: LAPACKScalar, Result>(
    _ source: TestMatrix, _: T.Type, _ body: (UnsafeMutablePointer<T>) throws -> Result
  ) throws -> Result {
    let lent = try matrix(source, T.self)
    return try withExtendedLifetime(lent) { try body(lent.pointer()) }
  }

  private func plain<T: LAPACKScalar>(_ matrix: DenseMatrix<T>) throws -> TestMatrix {
    try TestMatrix(matrix.array())
  }

  private func forEachType(_ body: (any LAPACKScalar.Type, inout SeededGenerator) throws -> Void) rethrows {
    for (seed, type)
      in ([Float.self, Double.self, Complex<Float>.self, Complex<Double>.self]
      as [any LAPACKScalar.Type]).enumerated()
    {
      var generator = SeededGenerator(seed: UInt64(seed))
      try body(type, &generator)
    }
  }

  @Test(arguments: [(1, 1), (7, 7), (40, 13), (13, 40), (5, 1)])
  func factorsIntoOrthogonalAndTriangular(_ m: Int, _ n: Int) throws {
    func check<T: LAPACKScalar>(_: T.Type, _ generator: inout SeededGenerator) throws {
      let a = TestMatrix(random: m, n, &generator, isComplex: T.isComplex)
      let factored = try matrix(a, T.self)
      let k = min(m, n)
      var tau = [T](repeating: .zeroValue, count: k)
      try T.geqrf(m, n, factored.pointer(), m, tau: &tau)
      let r = try DenseMatrix<T>(rows: k, columns: n)
      T.copyMatrix(k, n, factored.pointer(), m, to: r.pointer(), k)
      T.clearTriangle(upper: false, k, n, r.pointer(), k)
      // Qᴴ A = R over zeros, by reflections.
      let turned = try matrix(a, T.self)
      try T.ormqr(adjoint: true, m, n, k, factored.pointer(), m, tau: tau, turned.pointer(), m)
      let rest =
        try plain(turned)
        - TestMatrix(m, n) { row, column in
          let value = row < k ? r[row, column] : .zeroValue
          return Complex(Double(value.realPart), Double(value.imaginaryPart))
        }
      #expect(rest.norm <= bound(max(m, n), T.self) * a.norm, "\(T.self)")
      let q = try DenseMatrix<T>(rows: m, columns: k)
      T.copyMatrix(m, k, factored.pointer(), m, to: q.pointer(), m)
      try T.orgqr(m, k, k, q.pointer(), m, tau: tau)
      let orthogonal = try plain(q)
      #expect(try (orthogonal * plain(r) - a).norm <= bound(max(m, n), T.self) * a.norm, "\(T.self)")
      #expect(orthogonal.orthogonalityError <= bound(max(m, n), T.self), "\(T.self)")
    }
    try forEachType { type, generator in try check(type, &generator) }
  }

  @Test(arguments: [(1, 1), (9, 9), (30, 11), (11, 30)], [SingularVectors.reduced, .full, .none])
  func decomposesIntoSingularVectors(_ shape: (Int, Int), _ vectors: SingularVectors) throws {
    let (m, n) = shape
    func check<T: LAPACKScalar>(_: T.Type, _ generator: inout SeededGenerator) throws {
      let a = TestMatrix(random: m, n, &generator, isComplex: T.isComplex)
      let k = min(m, n)
      let (left, right) = vectors == .full ? (m, n) : (k, k)
      let s = try DenseMatrix<T.Real>(rows: k, columns: 1)
      let u = try DenseMatrix<T>(rows: m, columns: left)
      let vt = try DenseMatrix<T>(rows: right, columns: n)
      let isAlone = vectors == .none
      let converged = try lend(a, T.self) {
        try T.gesdd(
          vectors, m, n, $0, m, s: s.pointer(), u: isAlone ? nil : u.pointer(), m,
          vt: isAlone ? nil : vt.pointer(), right)
      }
      #expect(converged)
      let values = s.elements.map { Double($0) }
      #expect(values == values.sorted(by: >) && values.allSatisfy { $0 >= 0 })
      // The squares add up to those of the elements.
      let total = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(total - a.norm) <= bound(max(m, n), T.self) * a.norm)
      if vectors == .none { return }
      let (left_, right_) = (try plain(u), try plain(vt))
      #expect(left_.orthogonalityError <= bound(max(m, n), T.self), "\(T.self)")
      #expect(right_.orthogonalityError <= bound(max(m, n), T.self), "\(T.self)")
      let first = TestMatrix(m, k) { left_[$0, $1] }.scaled(values)
      let product = first * TestMatrix(k, n) { right_[$0, $1] }
      #expect((product - a).norm <= bound(max(m, n), T.self) * a.norm, "\(T.self)")
    }
    try forEachType { type, generator in try check(type, &generator) }
  }

  @Test(arguments: [1, 2, 17]) func findsEigenvalues(_ n: Int) throws {
    func check<T: LAPACKScalar>(_: T.Type, _ generator: inout SeededGenerator) throws {
      let a = TestMatrix(random: n, n, &generator, isComplex: T.isComplex)
      let hermitian = TestMatrix(n, n) {
        Complex(a[$0, $1].real + a[$1, $0].real, a[$0, $1].imaginary - a[$1, $0].imaginary)
      }
      for upper in [false, true] {
        let vectors = try matrix(hermitian, T.self)
        let w = try DenseMatrix<T.Real>(rows: n, columns: 1)
        #expect(try T.syevd(vectors: true, upper: upper, n, vectors.pointer(), n, w: w.pointer()))
        let v = try plain(vectors)
        let values = w.elements.map { Double($0) }
        #expect(values == values.sorted())
        #expect(v.orthogonalityError <= bound(n, T.self), "\(T.self)")
        #expect(((hermitian * v) - v.scaled(values)).norm <= bound(n, T.self) * hermitian.norm, "\(T.self)")
      }
      let general = try DenseMatrix<Complex<T.Real>>(rows: n, columns: n)
      let w = try DenseMatrix<Complex<T.Real>>(rows: n, columns: 1)
      let converged = try lend(a, T.self) {
        try T.geev(n, $0, n, w: w.pointer(), vectors: general.pointer())
      }
      #expect(converged)
      let v = try TestMatrix(general.array())
      let turned = a * v
      let scaled = TestMatrix(n, n) { row, column in
        let (x, y) = (v[row, column], w[column, 0])
        let (re, im) = (Double(y.real), Double(y.imaginary))
        return Complex(x.real * re - x.imaginary * im, x.real * im + x.imaginary * re)
      }
      #expect((turned - scaled).norm <= bound(n, T.self) * a.norm, "\(T.self)")
    }
    try forEachType { type, generator in try check(type, &generator) }
  }

  @Test(arguments: [1, 6, 33]) func solvesByFactors(_ n: Int) throws {
    func check<T: LAPACKScalar>(_: T.Type, _ generator: inout SeededGenerator) throws {
      let a = TestMatrix(random: n, n, &generator, isComplex: T.isComplex)
      let b = TestMatrix(random: n, 3, &generator, isComplex: T.isComplex)
      let lu = try matrix(a, T.self)
      var pivots = [Int32](repeating: 0, count: n)
      let info = try T.getrf(n, n, lu.pointer(), n, pivots: &pivots)
      #expect(info == 0)
      let x = try matrix(b, T.self)
      try T.getrs(n, 3, lu.pointer(), n, pivots: pivots, x.pointer(), n)
      let solution = try plain(x)
      #expect((a * solution - b).norm <= bound(n, T.self) * a.norm * solution.norm, "\(T.self)")
      #expect(try T.getri(n, lu.pointer(), n, pivots: pivots) == 0)
      let inverse = try plain(lu)
      #expect((a * inverse - .identity(n)).norm <= bound(n, T.self) * a.norm * inverse.norm, "\(T.self)")

      let definite = a * a.adjoint
      for upper in [false, true] {
        let factor = try matrix(definite, T.self)
        #expect(try T.potrf(upper: upper, n, factor.pointer(), n) == 0)
        let x = try matrix(b, T.self)
        try T.potrs(upper: upper, n, 3, factor.pointer(), n, x.pointer(), n)
        let solution = try plain(x)
        // Of a product of matrices, whose elements were rounded.
        #expect(
          (definite * solution - b).norm <= bound(n, T.self) * definite.norm * solution.norm, "\(T.self)")
        T.clearTriangle(upper: !upper, n, n, factor.pointer(), n)
        let y = try matrix(b, T.self)
        #expect(try T.trtrs(upper: upper, adjoint: true, n, 3, factor.pointer(), n, y.pointer(), n) == 0)
        let triangle = try plain(factor)
        let solved = try plain(y)
        let rest = triangle.adjoint * solved - b
        #expect(rest.norm <= bound(n, T.self) * triangle.norm * solved.norm, "\(T.self)")
      }
    }
    try forEachType { type, generator in try check(type, &generator) }
  }

  @Test func saysWhichPivotOrMinorFails() throws {
    let singular = TestMatrix(3, 3) { Complex(Double($0 == 2 ? 0 : ($0 + 1) * ($1 + 1) + $0 * $0), 0) }
    let lu = try matrix(singular, Double.self)
    var pivots = [Int32](repeating: 0, count: 3)
    let info = try Double.getrf(3, 3, lu.pointer(), 3, pivots: &pivots)
    #expect(info == 3)
    let indefinite = TestMatrix(3, 3) { Complex($0 == $1 ? ($0 == 1 ? -1 : 4) : 0, 0) }
    let factor = try matrix(indefinite, Double.self)
    #expect(try Double.potrf(upper: false, 3, factor.pointer(), 3) == 2)
  }

  @Test func leavesWhatIsNotFiniteAlone() throws {
    for value in [Double.nan, .infinity, -.infinity] {
      let a = TestMatrix(3, 3) { Complex($0 == 1 && $1 == 1 ? value : 1, 0) }
      let s = try DenseMatrix<Double>(rows: 3, columns: 1)
      let b = try DenseMatrix<Double>(rows: 3, columns: 1)
      b.elements.update(repeating: 1)
      let w = try DenseMatrix<Complex<Double>>(rows: 3, columns: 1)
      let singular = try lend(a, Double.self) {
        try Double.gesdd(.none, 3, 3, $0, 3, s: s.pointer(), u: nil, 3, vt: nil, 3)
      }
      let symmetric = try lend(a, Double.self) {
        try Double.syevd(vectors: true, upper: false, 3, $0, 3, w: s.pointer())
      }
      let general = try lend(a, Double.self) {
        try Double.geev(3, $0, 3, w: w.pointer(), vectors: nil)
      }
      #expect(!singular && !symmetric && !general)
      let rank = try lend(a, Double.self) {
        try Double.gelsd(3, 3, 1, $0, 3, b.pointer(), 3, s: s.pointer(), rcond: -1)
      }
      #expect(rank == nil)
    }
  }

  @Test func multipliesWithTransposes() throws {
    func check<T: LAPACKScalar>(_: T.Type, _ generator: inout SeededGenerator) throws {
      let (m, n, k) = (5, 4, 7)
      let a = TestMatrix(random: k, m, &generator, isComplex: T.isComplex)
      let b = TestMatrix(random: n, k, &generator, isComplex: T.isComplex)
      let c = try DenseMatrix<T>(rows: m, columns: n)
      let (left, right) = (try matrix(a, T.self), try matrix(b, T.self))
      try T.gemm(left.pointer(), k, .adjoint, right.pointer(), n, .adjoint, m, n, k, c.pointer(), m)
      let expected = a.adjoint * b.adjoint
      #expect(try (plain(c) - expected).norm <= bound(k, T.self) * a.norm * b.norm, "\(T.self)")
      let gram = try DenseMatrix<T>(rows: m, columns: m)
      try T.syrk(upper: true, adjoint: true, m, k, left.pointer(), k, gram.pointer(), m)
      T.clearTriangle(upper: false, m, m, gram.pointer(), m)
      let squares = a.adjoint * a
      let triangle = TestMatrix(m, m) { $0 <= $1 ? squares[$0, $1] : Complex(0, 0) }
      #expect(try (plain(gram) - triangle).norm <= bound(k, T.self) * a.norm * a.norm, "\(T.self)")
      let solved = try matrix(b, T.self)
      let t = TestMatrix(k, k) { $0 <= $1 ? Complex($0 == $1 ? 3 : 0.25, 0) : Complex(0, 0) }
      try lend(t, T.self) {
        try T.trsm(fromLeft: false, upper: true, n, k, $0, k, solved.pointer(), n)
      }
      withExtendedLifetime((left, right)) {}
      #expect(try (plain(solved) * t - b).norm <= bound(k, T.self) * b.norm, "\(T.self)")
    }
    try forEachType { type, generator in try check(type, &generator) }
  }

  @Test func swapsRowsInOrder() throws {
    let a = try DenseMatrix<Double>(rows: 4, columns: 2)
    for row in 0..<4 { for column in 0..<2 { a[row, column] = Double(row * 10 + column) } }
    // Row 0 with row 2, then row 1 with row 3.
    try Double.laswp(2, a.pointer(), 4, rows: 0..<2, pivots: [3, 4, 0, 0])
    #expect((0..<4).map { a[$0, 1] } == [21, 31, 1, 11])
  }

  @Test func findsTheLeastSolution() throws {
    func check<T: LAPACKScalar>(_: T.Type, _ generator: inout SeededGenerator) throws {
      for (m, n) in [(9, 4), (4, 9), (5, 5)] {
        let a = TestMatrix(random: m, n, &generator, isComplex: T.isComplex)
        let b = TestMatrix(random: m, 2, &generator, isComplex: T.isComplex)
        let x = try DenseMatrix<T>(rows: max(m, n), columns: 2)
        x.elements.update(repeating: .zeroValue)
        try lend(b, T.self) { T.copyMatrix(m, 2, $0, m, to: x.pointer(), max(m, n)) }
        let s = try DenseMatrix<T.Real>(rows: min(m, n), columns: 1)
        let rank = try lend(a, T.self) {
          try T.gelsd(m, n, 2, $0, m, x.pointer(), max(m, n), s: s.pointer(), rcond: -1)
        }
        #expect(rank == min(m, n))
        let solution = TestMatrix(n, 2) { row, column in
          Complex(Double(x[row, column].realPart), Double(x[row, column].imaginaryPart))
        }
        // What is left over is orthogonal to the columns.
        let rest = a.adjoint * (a * solution - b)
        #expect(
          rest.norm <= 10 * bound(max(m, n), T.self) * a.norm * a.norm * max(solution.norm, 1), "\(T.self)")
      }
    }
    try forEachType { type, generator in try check(type, &generator) }
  }
}
