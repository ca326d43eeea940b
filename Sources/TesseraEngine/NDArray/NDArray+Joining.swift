import TesseraCore

/// Arrays one after another along an axis they have; dtypes are promoted: NumPy's `concatenate`. Nothing is copied.
///
/// - Parameter axis: nil for all elements of each in C order, a 1-D result; scalars will do then.
/// - Throws: `.usage` for no arrays, scalars, an axis out of bounds, other numbers of axes, or lengths that differ along
///   another axis.
public func concatenate(_ arrays: [NDArray], axis: Int? = 0) throws -> NDArray {
  guard let wanted = axis else { return try concatenate(try arrays.map { try $0.ravel() }, axis: 0) }
  guard let first = arrays.first else { throw TesseraError(.usage, "need at least one array to concatenate") }
  guard first.ndim > 0 else { throw TesseraError(.usage, "zero-dimensional arrays cannot be concatenated") }
  let axis = try first.normalized(axis: wanted)
  var length = 0
  for array in arrays {
    let agrees =
      array.ndim == first.ndim
      && array.shape.indices.allSatisfy { $0 == axis || array.shape[$0] == first.shape[$0] }
    guard agrees else {
      throw TesseraError(
        .usage, "shapes to concatenate along axis \(axis)", expected: "\(first.shape) but for that axis",
        got: "\(array.shape)")
    }
    length = length.saturatingAdd(array.shape[axis])
  }
  let dtype = DType.promoted(arrays.map { $0.dtype })
  var dimensions = first.shape.dimensions
  dimensions[axis] = length
  return NDArray(
    .concatenate(arrays.map { $0.astype(dtype).node }, axis: axis), shape: try Shape(dimensions), dtype: dtype
  )
}

/// Arrays of one shape along a new axis; dtypes are promoted: NumPy's `stack`. Nothing is copied.
///
/// - Parameter axis: where the new one is in the result; from the end when negative.
/// - Throws: `.usage` for no arrays, shapes that differ, and an axis out of bounds.
public func stack(_ arrays: [NDArray], axis: Int = 0) throws -> NDArray {
  guard let first = arrays.first else { throw TesseraError(.usage, "need at least one array to stack") }
  if let other = arrays.first(where: { $0.shape != first.shape }) {
    throw TesseraError(
      .usage, "all input arrays must have the same shape", expected: "\(first.shape)", got: "\(other.shape)")
  }
  return try concatenate(try arrays.map { try $0.expandDims(axis: axis) }, axis: axis)
}

/// Rows below one another, along axis 0; vectors and scalars are rows. Throws as `concatenate`.
public func vstack(_ arrays: [NDArray]) throws -> NDArray {
  try concatenate(try arrays.map { try $0.atLeast2D() }, axis: 0)
}

/// Columns beside one another, along axis 1; vectors and scalars one after another. Throws as `concatenate`.
public func hstack(_ arrays: [NDArray]) throws -> NDArray {
  let parts = try arrays.map { try $0.atLeast1D() }
  return try concatenate(parts, axis: (parts.first?.ndim ?? 1) == 1 ? 0 : 1)
}

/// One behind another, along axis 2; vectors are rows, matrices one deep. Throws as `concatenate`.
public func dstack(_ arrays: [NDArray]) throws -> NDArray {
  try concatenate(try arrays.map { try $0.atLeast3D() }, axis: 2)
}

/// Columns beside one another: NumPy's `column_stack`; vectors and scalars are columns. Throws as `concatenate`.
public func columnStack(_ arrays: [NDArray]) throws -> NDArray {
  try concatenate(try arrays.map { $0.ndim < 2 ? try $0.reshape([$0.size, 1]) : $0 }, axis: 1)
}

/// The elements of two arrays one after another: NumPy's `append`. Nothing is copied; dtypes are promoted.
///
/// - Parameter axis: nil for all elements in C order, a 1-D result.
/// - Throws: as `concatenate`.
public func append(_ array: NDArray, _ values: NDArray, axis: Int? = nil) throws -> NDArray {
  try concatenate([array, values], axis: axis)
}
