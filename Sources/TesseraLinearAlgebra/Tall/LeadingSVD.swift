import TesseraCore
public import TesseraEngine
public import TesseraStorage

/// The leading singular values and vectors of a large matrix: A ≈ U diag(s) Vᴴ.
///
/// Vectors have the signs of scikit-learn's: in each row of Vᴴ the element of the greatest magnitude is positive.
public struct LeadingSVD: Sendable {
  /// The left vectors as columns, computed from A when they are read: A V / s; zeros where s is.
  public let u: NDArray
  /// Descending, in memory.
  public let s: NDArray
  /// The right vectors as rows, in memory.
  public let vh: NDArray
}

extension Linalg {
  /// The `count` greatest singular values of a matrix of any size, and their vectors.
  ///
  /// float32 and complex64 are computed in float64 and complex128, and rounded in the end; integers give float64.
  ///
  /// - Throws: `.usage` unless x has two axes, and for a count below 1 or above the lesser of its lengths; `.unsolvable`
  ///   for NaN and infinities; `.memory` before anything is read.
  /// - Complexity: the solver's passes over x; memory for a triangle of the lesser length of x (`exact`) or a few vectors
  ///   of it.
  public static func leadingSVD(
    _ x: NDArray, count: Int, solver: SVDSolver = .automatic, options: TransferOptions = .init()
  ) throws -> LeadingSVD {
    let types = try LinalgTypes(x)
    return types.isComplex
      ? try LeadingDecomposition<Complex<Double>>(x, count: count, solver, options).run()
      : try LeadingDecomposition<Double>(x, count: count, solver, options).run()
  }

  /// The passes that `leadingSVD` takes: nothing is read.
  public static func explainLeadingSVD(
    _ x: NDArray, count: Int, solver: SVDSolver = .automatic, options: TransferOptions = .init()
  ) throws -> Explanation {
    let types = try LinalgTypes(x)
    return types.isComplex
      ? try LeadingDecomposition<Complex<Double>>(x, count: count, solver, options).explanation()
      : try LeadingDecomposition<Double>(x, count: count, solver, options).explanation()
  }
}

/// A decomposition that was asked for, before it is computed.
struct LeadingDecomposition<Scalar: LAPACKScalar> {
  private let x: NDArray
  private let shape: TallSVDShape
  /// With what is held beside the passes.
  private var options: TransferOptions

  init(_ x: NDArray, count: Int, _ solver: SVDSolver, _ options: TransferOptions) throws {
    try TallSVDShape.check(x, count: count)
    self.x = x
    shape = TallSVDShape(x.shape, count: count, solver)
    var options = options
    options.heldBytes = options.heldBytes.saturatingAdd(shape.heldBytes(Scalar.self))
    self.options = options
  }

  private func tall(_ options: TransferOptions) throws -> TallSVD<Scalar> {
    TallSVD(shape.isTransposed ? try x.transposed() : x, shape, options: options)
  }

  func explanation() throws -> Explanation { Explanation(passes: try options.planning(passes)) }

  private func passes(_ options: TransferOptions) throws -> [Explanation.Pass] {
    let passes = try tall(options).plan()
    guard shape.isTransposed else { return passes }
    let empty = try DenseMatrix<Scalar>(rows: shape.columns, columns: shape.count)
    _ = try DenseMatrix<Scalar>.reading(rightColumns(empty), isCounted: true, options: options)
    return passes + passes.suffix(1)
  }

  func run() throws -> LeadingSVD {
    // Nothing is read where memory would not do for all of it.
    let bytes = try explanation().bytesRead
    // Of what is in memory the passes tell one by one.
    guard bytes > 0 else { return try computed() }
    var stages = StagedProgress(options, total: bytes)
    var staged = self
    staged.options = stages.next(bytes)
    return try staged.computed()
  }

  private func computed() throws -> LeadingSVD {
    let (s, v) = try tall(options).run()
    return shape.isTransposed ? try wide(s, v) : try result(s, v)
  }

  /// Signs are turned so that they do not depend on the way to get there.
  private func result(_ s: [Double], _ v: DenseMatrix<Scalar>) throws -> LeadingSVD {
    v.turnColumns()
    let factors = try DenseMatrix<Scalar>(rows: v.rows, columns: v.columns)
    let least = (s.first ?? 0) * Double(shape.rows) * .ulpOfOne
    let lift = lift(s)
    for column in 0..<v.columns {
      let factor = s[column] > least ? 1 / (s[column] * lift) : 0
      for row in 0..<v.rows { factors[row, column] = v[row, column].scaled(by: Scalar.Real(factor)) }
    }
    let wide = x.astype(Scalar.dtype)
    let u = try matmul(lift == 1 ? wide : wide * lift, factors.array())
    return try LeadingSVD(
      u: u.astype(dtype), s: NDArray(s).astype(dtype.realPart).evaluated(),
      vh: conjugated(v.array().transposed()).astype(dtype).evaluated())
  }

  /// What a matrix of tiny numbers, whose singular values may have no inverses, is multiplied by first: a power of two.
  private func lift(_ s: [Double]) -> Double { (s.first ?? 0) < 0x1p-900 ? 0x1p600 : 1 }

  /// Of the transpose the right vectors were found: they are U's conjugates. Uᴴ A has the right ones as rows.
  private func wide(_ s: [Double], _ v: DenseMatrix<Scalar>) throws -> LeadingSVD {
    let right = try DenseMatrix<Scalar>.load(rightColumns(v), isCounted: true, options: options)
    let turns = try right.orthonormalize()
    // A column of Q times its diagonal element is the column of which it is made.
    let u = try DenseMatrix<Scalar>(rows: v.rows, columns: v.columns)
    for column in 0..<v.columns {
      let turn = turns[column].phase
      for row in 0..<right.rows { right[row, column] = right[row, column].times(turn) }
    }
    let signs = right.turnColumns()
    for column in 0..<v.columns {
      for row in 0..<v.rows { u[row, column] = v[row, column].conjugate.times(signs[column]) }
    }
    return try LeadingSVD(
      u: u.array().astype(dtype), s: NDArray(s).astype(dtype.realPart).evaluated(),
      vh: conjugated(right.array().transposed()).astype(dtype).evaluated())
  }

  /// The transpose of Uᴴ A, which is made row by row of Aᵀ.
  private func rightColumns(_ v: DenseMatrix<Scalar>) throws -> NDArray {
    try conjugated(matmul(x.transposed().astype(Scalar.dtype), v.array()))
  }

  private var dtype: DType {
    switch x.dtype {
    case .float32, .complex64: x.dtype
    default: Scalar.dtype
    }
  }

  private func conjugated(_ array: NDArray) throws -> NDArray {
    Scalar.isComplex ? try conjugate(array) : array
  }
}

extension DenseMatrix {
  /// Turns each column so that its element of the greatest magnitude, the first of equals, is positive.
  ///
  /// - Returns: what each was multiplied by.
  @discardableResult
  func turnColumns() -> [Scalar] {
    (0..<columns).map { column in
      var greatest = Scalar.zeroValue
      for row in 0..<rows where self[row, column].modulus > greatest.modulus { greatest = self[row, column] }
      let turn = greatest.phase.conjugate
      for row in 0..<rows { self[row, column] = self[row, column].times(turn) }
      return turn
    }
  }
}

extension LAPACKScalar {
  /// The number of magnitude 1 in its direction; 1 for zero.
  fileprivate var phase: Self {
    if !Self.isComplex { return realPart < 0 ? Self(real: -1, imaginary: 0) : .oneValue }
    guard modulus > 0 else { return .oneValue }
    // Near 1 first: numbers below the normal ones have few digits, and inverses beyond the range.
    let exponent = -modulus.exponent
    let near = Self(
      real: Real(sign: .plus, exponent: exponent, significand: realPart),
      imaginary: Real(sign: .plus, exponent: exponent, significand: imaginaryPart))
    let length = near.modulus
    return Self(real: near.realPart / length, imaginary: near.imaginaryPart / length)
  }
}
