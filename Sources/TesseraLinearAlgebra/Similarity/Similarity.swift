import TesseraCore
public import TesseraEngine

/// The cosine of the angle between each row of one matrix and each row of another: scikit-learn's `cosine_similarity`.
///
/// Rows are brought to unit length (norms in float64) and multiplied, so it is as lazy, tiled and bounded in memory as
/// `matmul`. Rows of zeros have similarity 0 with everything. Results are kept within -1 and 1; a row with NaN or an infinity
/// gives NaN. Squares of the norms must not leave the range of float64: norms of rows should be within some 1e-150 and 1e154.
///
/// - Parameters:
///   - a: shape (m, d), real.
///   - b: shape (n, d); `a` when nil.
/// - Returns: shape (m, n); float32 when both are float32, else float64.
/// - Throws: `.usage` for other than two axes, rows of different lengths, and complex numbers.
/// - Complexity: a pass over each matrix for the norms, and the product.
public func cosineSimilarity(_ a: NDArray, _ b: NDArray? = nil) throws -> NDArray {
  let b = b ?? a
  let dtype = try RowPairs.dtype(a, b, "cosineSimilarity")
  let product = try matmul(unitRows(a, dtype), unitRows(b, dtype).transposed())
  return try product.clip(-1.0, 1.0)
}

/// The Euclidean distance of each row of one matrix to each row of another: scikit-learn's `euclidean_distances`.
///
/// Squared distances come from |x|² + |y|² - 2xy in float64. Where that cancels (the rows are within a few thousandths of
/// their lengths of one another), they are computed from the differences instead, so equal rows have distance exactly 0
/// and near ones keep their digits, which scikit-learn's do not. Lazy, tiled and bounded in memory as `matmul`.
///
/// - Parameters:
///   - a: shape (m, d), real.
///   - b: shape (n, d); `a` when nil.
/// - Returns: shape (m, n); float32 when both are float32, else float64. NaN where a row has one.
/// - Throws: `.usage` for other than two axes, rows of different lengths, and complex numbers.
/// - Complexity: a pass over each matrix for the norms, the product, and the rows of near pairs once more.
public func euclideanDistances(_ a: NDArray, _ b: NDArray? = nil) throws -> NDArray {
  let b = b ?? a
  let dtype = try RowPairs.dtype(a, b, "euclideanDistances")
  let (first, second) = (a.astype(.float64), b.astype(.float64))
  let distances = PairwiseDistances(
    operands: [
      first.node, second.node, try matmul(first, second.transposed()).node, try squaredNorms(first).node,
      try squaredNorms(second).node,
    ])
  return NDArray(.barrier(distances), shape: distances.iterationShape, dtype: .float64).astype(dtype)
}

private func squaredNorms(_ rows: NDArray) throws -> NDArray { try square(rows).sum(axis: 1) }

/// Rows divided by their norms, those of zeros left as they are.
private func unitRows(_ rows: NDArray, _ dtype: DType) throws -> NDArray {
  let wide = rows.astype(.float64)
  let norms = try wide.norm(axis: 1, keepdims: true)
  return try (wide / `where`(norms .== 0.0, 1.0, norms)).astype(dtype)
}

/// What functions of pairs of rows ask of their operands.
enum RowPairs {
  /// - Returns: the dtype of results.
  static func dtype(_ a: NDArray, _ b: NDArray, _ function: String) throws -> DType {
    for array in [a, b] {
      guard array.ndim == 2 else {
        throw TesseraError(
          .usage, function, expected: "matrices of 2 dimensions", got: "an array of shape \(array.shape)")
      }
      guard array.dtype.kind != .complex else {
        throw TesseraError(.usage, function, expected: "real numbers", got: "\(array.dtype)")
      }
    }
    guard a.shape[1] == b.shape[1] else {
      throw TesseraError(
        .usage, function, expected: "rows of one length", got: "matrices of shapes \(a.shape) and \(b.shape)")
    }
    return a.dtype == .float32 && b.dtype == .float32 ? .float32 : .float64
  }
}
