public import TesseraCore
public import TesseraEngine

extension Linalg {
  /// The diagonals of the matrices of the last two axes, along a last axis; lazy.
  ///
  /// - Parameter offset: of the main diagonal 0, of those above it positive, below it negative.
  /// - Throws: `.usage` for fewer than two axes.
  public static func diagonal(_ x: NDArray, offset: Int = 0) throws -> NDArray {
    guard x.ndim >= 2 else {
      throw TesseraError(.usage, "diag requires an array of at least two dimensions", got: "\(x.shape)")
    }
    let lead = Array(x.shape.dimensions.dropLast(2))
    let (rows, columns) = (x.shape[x.ndim - 2], x.shape[x.ndim - 1])
    let beyond = offset < -rows || offset > columns
    let length = beyond ? 0 : max(0, offset < 0 ? min(rows + offset, columns) : min(rows, columns - offset))
    if length == 0 { return try x[ellipsis, 0..<0, 0..<1].reshape(lead + [0]) }
    // In C order an element of a diagonal lies one row and one column behind the one before.
    let start = offset < 0 ? -offset * columns : offset
    let stop = start + (length - 1) * (columns + 1) + 1
    return try x.reshape(lead + [rows * columns])[ellipsis, slice(start, stop, step: columns + 1)]
  }

  /// The sums of the diagonals of the matrices of the last two axes; lazy. Integers add up as in `sum`.
  ///
  /// - Throws: as `diagonal`.
  public static func trace(_ x: NDArray, offset: Int = 0, dtype: DType? = nil) throws -> NDArray {
    try diagonal(x, offset: offset).sum(axis: -1, dtype: dtype)
  }
}
