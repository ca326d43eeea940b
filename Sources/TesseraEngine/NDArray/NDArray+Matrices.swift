public import TesseraCore

// Matrices that are made of less: NumPy's `diag`, `tri` and `vander`. Lazy; nothing is read.
extension NDArray {
  /// Of a vector, the square matrix that has it on a diagonal and zeros elsewhere; of a matrix, its diagonal: NumPy's `diag`.
  ///
  /// - Parameter k: how far to the right of the main diagonal; below it when negative. The matrix is as much longer than the
  ///   vector.
  /// - Throws: `.usage` for another number of axes.
  public func diag(k: Int = 0) throws -> NDArray {
    switch ndim {
    case 1: return try spread(toDiagonal: k)
    case 2: return try diagonal(offset: k)
    default: throw TesseraError(.usage, "axes for diag", expected: "1 or 2", got: "\(ndim)")
    }
  }

  private func spread(toDiagonal k: Int) throws -> NDArray {
    let distance = Int(clamping: k.magnitude)
    let isDiagonal = try NDArray.eye(size.saturatingAdd(distance), k: k, dtype: .bool)
    let rest = try NDArray.zeros([distance], dtype: dtype)
    // Element i stands in row i, or below the main diagonal in column i.
    let line = try concatenate([self, rest]).expandDims(axis: k < 0 ? 0 : 1)
    return try NDArray.select(isDiagonal, line, .zeros([], dtype: dtype))
  }

  /// Ones on a diagonal and below it, zeros above: NumPy's `tri`.
  ///
  /// - Parameters:
  ///   - columns: as many as rows when nil.
  ///   - k: how far to the right of the main diagonal; below it when negative.
  /// - Throws: `.usage` for negative lengths.
  public static func tri(
    _ rows: Int, _ columns: Int? = nil, k: Int = 0, dtype: DType = .float64
  ) throws -> NDArray {
    try ones([rows, columns ?? rows], dtype: dtype).tril(k: k)
  }

  /// Powers of the elements of a vector, a row for each: the Vandermonde matrix, NumPy's `vander`.
  ///
  /// int64 of bools and integers, float64 of floats and uint64, complex128.
  ///
  /// - Parameters:
  ///   - columns: as many as elements when nil.
  ///   - increasing: whether the powers go from 0 up, rather than down to 0.
  /// - Throws: `.usage` for another number of axes, and a negative number of columns.
  public func vander(_ columns: Int? = nil, increasing: Bool = false) throws -> NDArray {
    guard ndim == 1 else {
      throw TesseraError(.usage, "axes for vander", expected: "1", got: "\(ndim)")
    }
    let count = columns ?? size
    let wide = DType.promoted(dtype, .int64)
    guard count > 1 else { return try .ones([size, count], dtype: wide) }
    let factors = try astype(wide).expandDims(axis: 1).broadcast(to: [size, count - 1])
    let powers = try concatenate([.ones([size, 1], dtype: wide), factors.cumprod(axis: 1)], axis: 1)
    return try increasing ? powers : powers.flip(axis: 1)
  }
}
