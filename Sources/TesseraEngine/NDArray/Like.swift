public import TesseraCore

// Arrays of one value in the shape and dtype of another: NumPy's `zeros_like` and its relatives. Nothing is read, and they take
// the memory of one element.

/// Zeros in the shape and dtype of an array, or in those given.
///
/// - Throws: `.usage` for negative lengths.
public func zerosLike(_ x: NDArray, dtype: DType? = nil, shape: [Int]? = nil) throws -> NDArray {
  try fullLike(x, 0, dtype: dtype, shape: shape)
}

/// Ones, as `zerosLike`.
public func onesLike(_ x: NDArray, dtype: DType? = nil, shape: [Int]? = nil) throws -> NDArray {
  try fullLike(x, 1, dtype: dtype, shape: shape)
}

/// One value, as `zerosLike`; in an integer dtype it loses its fraction.
///
/// - Throws: `.usage` also for an integer that the dtype cannot hold.
public func fullLike(
  _ x: NDArray, _ value: some ArrayScalar, dtype: DType? = nil, shape: [Int]? = nil
) throws -> NDArray {
  try .full(shape ?? x.shape.dimensions, value, dtype: dtype ?? x.dtype)
}
