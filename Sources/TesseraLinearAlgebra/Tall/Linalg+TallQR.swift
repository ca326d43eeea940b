import TesseraCore
public import TesseraEngine
public import TesseraStorage

extension Linalg {
  /// The QR decomposition of a matrix with many rows and few, independent columns: x = Q R, Q's columns orthonormal.
  ///
  /// R is computed at once, Q when it is read: x times R⁻¹, and that once more by its own triangle, which makes up for what
  /// the first lost of orthogonality to the condition of x (the CholeskyQR2 scheme of Yamamoto, Nakatsukasa, Yanagisawa,
  /// Fukaya 2015, https://doi.org/10.1553/etna_vol44s306, with TSQR in place of Cholesky). The columns of Q are orthonormal to
  /// some roundings for conditions up to 1e14.
  ///
  /// - Throws: `.usage` unless x has two axes and as many rows as columns or more; `.unsolvable` for columns that rounding
  ///   cannot tell from dependent ones, NaN and infinities; `.memory` before anything is read.
  /// - Complexity: two passes, and one each time Q is read; memory for some squares of columns.
  public static func tallQR(
    _ x: NDArray, options: TransferOptions = .init()
  ) throws -> (q: NDArray, r: NDArray) {
    let types = try LinalgTypes(x)
    guard x.ndim == 2, x.shape[0] >= x.shape[1] else {
      throw TesseraError(
        .usage, "tallQR", expected: "two axes, and as many rows as columns or more", got: "shape \(x.shape)")
    }
    let (q, r) =
      types.isComplex
      ? try decompose(x.astype(.complex128), options, Complex<Double>.self)
      : try decompose(x.astype(.float64), options, Double.self)
    return (q.astype(types.result), try r.astype(types.result).evaluated(options: options))
  }

  private static func decompose<Scalar: LAPACKScalar>(
    _ x: NDArray, _ options: TransferOptions, _: Scalar.Type
  ) throws -> (q: NDArray, r: NDArray) {
    let columns = x.shape[1]
    var options = options
    options.heldBytes = options.heldBytes.saturatingAdd(
      DenseMatrix<Scalar>.bytes(rows: columns, columns: columns).saturatingMultiply(5))
    let first = try DenseMatrix<Scalar>.load(TallQR<Scalar>(x).factor, options: options)
    let inverse = try first.triangleInverse()
    guard first.scaledCondition(inverse) * .ulpOfOne < 0.01 else { throw dependent }
    let rough = try matmul(x, inverse.array())
    let second = try DenseMatrix<Scalar>.load(TallQR<Scalar>(rough).factor, options: options)
    guard second.isNearlyUnitary else { throw dependent }
    let r = try DenseMatrix<Scalar>(rows: columns, columns: columns)
    try Scalar.gemm(
      second.pointer(), columns, .none, first.pointer(), columns, .none, columns, columns, columns,
      r.pointer(), columns)
    r.clearBelowDiagonal()
    return try (matmul(rough, second.triangleInverse().array()), r.array())
  }

  fileprivate static var dependent: TesseraError {
    MatrixWork.unsolvable("columns are dependent, or not finite: they have no QR decomposition of full rank")
  }
}

extension DenseMatrix {
  /// The inverse of an upper triangular matrix.
  fileprivate func triangleInverse() throws -> DenseMatrix {
    let inverse = try DenseMatrix(rows: rows, columns: rows)
    inverse.elements.update(repeating: .zeroValue)
    for place in 0..<rows { inverse[place, place] = .oneValue }
    guard Scalar.areFinite(rows, rows, pointer(), rows),
      try Scalar.trtrs(upper: true, rows, rows, pointer(), rows, inverse.pointer(), rows) == 0,
      Scalar.areFinite(rows, rows, inverse.pointer(), rows)
    else { throw Linalg.dependent }
    return inverse
  }

  fileprivate func clearBelowDiagonal() {
    for column in 0..<columns {
      for row in column + 1..<max(rows, column + 1) { self[row, column] = .zeroValue }
    }
  }

  /// A bound for the condition of a matrix of independent columns, whose lengths do not matter: their squares may leave the
  /// range.
  fileprivate func scaledCondition(_ inverse: DenseMatrix) -> Double {
    func length(_ values: [Scalar]) -> Double {
      let moduli = values.map { Double($0.modulus) }
      guard let greatest = moduli.max(), greatest > 0 else { return 0 }
      let sum = moduli.reduce(0) { $0 + ($1 / greatest) * ($1 / greatest) }
      return greatest * sum.squareRoot()
    }
    let products = (0..<rows).map { index in
      length((0..<rows).map { self[$0, index] }) * length((0..<rows).map { inverse[index, $0] })
    }
    return (Double(rows) * products.reduce(0) { $0 + $1 * $1 }).squareRoot()
  }

  /// Whether a triangular matrix is so near to one with diagonal elements of magnitude 1 and nothing else that its inverse
  /// is exact to some roundings.
  fileprivate var isNearlyUnitary: Bool {
    (0..<columns).allSatisfy { column in
      (0...column).allSatisfy { row in
        let modulus = Double(self[row, column].modulus)
        return row == column ? abs(modulus - 1) < 0.5 : modulus < 0.5
      }
    }
  }
}
