import TesseraCore
import TesseraEngine
import TesseraStorage

/// How the leading singular values of a matrix are found, and what that takes in memory beside the passes.
struct TallSVDShape {
  /// Columns of the matrix, or of its transpose: the lesser of its lengths.
  let columns: Int
  /// The greater of its lengths.
  let rows: Int
  /// How many singular values are wanted.
  let count: Int
  let isTransposed: Bool
  /// Columns of the basis of a randomized decomposition; nil for an exact one.
  let basis: Int?
  let iterations: Int
  let seed: UInt128

  /// Up to here the triangular factor is a matter of seconds, and exact.
  private static let mostExactColumns = 1024

  init(_ shape: Shape, count: Int, _ solver: SVDSolver) {
    self.count = count
    isTransposed = shape[0] < shape[1]
    (columns, rows) = (min(shape[0], shape[1]), max(shape[0], shape[1]))
    switch solver {
    case .exact: (basis, iterations, seed) = (nil, 0, 0)
    case .randomized(let oversampling, let iterations, let seed):
      basis = min(count.saturatingAdd(max(0, oversampling)), columns)
      (self.iterations, self.seed) = (max(0, iterations), seed)
    case .automatic:
      let wanted = count.saturatingAdd(SVDSolver.oversampling)
      let isExact = columns <= TallSVDShape.mostExactColumns || wanted > columns / 4
      basis = isExact ? nil : wanted
      (iterations, seed) = (SVDSolver.iterations, 0)
    }
  }

  /// - Throws: `.usage` unless x has two axes, and for a count of singular values that it does not have; as `LinalgTypes`.
  static func check(_ x: NDArray, count: Int) throws {
    _ = try LinalgTypes(x)
    guard x.ndim == 2 else {
      throw TesseraError(.usage, "svd", expected: "an array of 2 dimensions", got: "shape \(x.shape)")
    }
    let most = min(x.shape[0], x.shape[1])
    guard (1...max(1, most)).contains(count), most > 0 else {
      throw TesseraError(
        .usage, "number of components of shape \(x.shape)",
        expected: most > 0 ? "1 to \(most)" : "a matrix that is not empty", got: "\(count)")
    }
  }

  /// Bytes that decomposing in memory takes: the small matrix, its vectors, LAPACK's workspace, and the basis.
  func heldBytes<Scalar: LAPACKScalar>(_: Scalar.Type) -> Int {
    let width = basis ?? columns
    let square = DenseMatrix<Scalar>.bytes(rows: width, columns: width).saturatingMultiply(4)
    let bases = DenseMatrix<Scalar>.bytes(rows: columns, columns: basis ?? 0).saturatingMultiply(3)
    let others = DenseMatrix<Scalar>.bytes(rows: isTransposed ? rows : columns, columns: count)
      .saturatingMultiply(isTransposed ? 4 : 2)
    return square.saturatingAdd(Scalar.gesddBytes(.reduced, width, width)).saturatingAdd(bases)
      .saturatingAdd(others)
  }
}
