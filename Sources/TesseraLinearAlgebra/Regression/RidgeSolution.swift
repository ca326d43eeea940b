import TesseraCore

/// The least squares solution of a small triangular system, with a penalty on the squares of the solution or without.
///
/// By the singular values of the triangle T = U diag(s) Vᵀ: V diag(s / (s² + ridge)) Uᵀ b is what appending √ridge I to T
/// and zeros to b gives, and without a penalty the solution of the least norm.
struct RidgeSolution {
  let coefficients: DenseMatrix<Double>
  /// For each right-hand side the squared distance of T times the solution.
  let residuals: [Double]
  let rank: Int
  let singularValues: [Double]

  /// - Parameters:
  ///   - triangle: overwritten.
  ///   - b: as many rows.
  ///   - tolerance: the part of the greatest singular value up to which others are taken for zero.
  init(
    _ triangle: DenseMatrix<Double>, _ b: DenseMatrix<Double>, ridge: Double, tolerance: Double
  ) throws {
    let (size, sides) = (triangle.rows, b.columns)
    let (u, s, vh) = try triangle.svd()
    let least = (s.first ?? 0) * tolerance
    singularValues = s
    rank = s.count { $0 > least }
    let seen = try DenseMatrix<Double>(rows: size, columns: sides)
    try Double.gemm(
      u.pointer(), size, .transpose, b.pointer(), size, .none, size, sides, size, seen.pointer(), size)
    var residuals = [Double](repeating: 0, count: sides)
    for side in 0..<sides {
      for row in 0..<size {
        let divisor = RidgeSolution.divisor(s[row], ridge: ridge, least: least)
        let missed = seen[row, side] * (1 - s[row] / divisor)
        residuals[side] += missed * missed
        seen[row, side] /= divisor
      }
    }
    self.residuals = residuals
    coefficients = try DenseMatrix(rows: size, columns: sides)
    try Double.gemm(
      vh.pointer(), size, .transpose, seen.pointer(), size, .none, size, sides, size, coefficients.pointer(),
      size)
  }

  /// (s² + ridge) / s, without squares and inverses, which may leave the range; infinity for what counts as zero.
  private static func divisor(_ s: Double, ridge: Double, least: Double) -> Double {
    if ridge > 0 { return s > 0 ? s + ridge / s : .infinity }
    return s > least ? s : .infinity
  }
}
