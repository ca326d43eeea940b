import TesseraCore

// Order along an axis: NumPy's `sort`, `argsort` and their partitions, and what is read by such positions. All are lazy, each
// line sorted when it is read.
extension NDArray {
  /// The elements along an axis in ascending order: NumPy's `sort`.
  ///
  /// Any dtype, in NumPy's order: NaN last, complex numbers by real, then by imaginary part. Of NaNs the payload is lost,
  /// and the sign of zeros that are part of a complex number.
  ///
  /// - Parameter axis: nil for all elements in C order, a 1-D result.
  /// - Throws: `.usage` for an axis out of bounds. When it is computed, `.memory` for lines that do not fit the budget with
  ///   the keys they are sorted by: five times their bytes, seven of dtypes of one byte.
  /// - Complexity: linear in the number of elements, for keys are sorted by radix. One pass along the last axis; along
  ///   another, lines are read some 4 MiB at a time, each time with all the chunks or pages that they lie in. Where the axis
  ///   is long, store the array with chunks along it first.
  public func sort(axis: Int? = -1) throws -> NDArray {
    guard let axis else { return try ravel().sort(axis: 0) }
    return try sorted(.elements, normalized(axis: axis))
  }

  /// The positions along an axis that put its elements in ascending order: NumPy's `argsort`, int64.
  ///
  /// Always stable: of equal elements, and of NaNs, the first comes first, as NumPy's `kind='stable'`.
  ///
  /// - Parameter axis: nil for positions in C order among all elements, a 1-D result.
  /// - Throws: as `sort`; a line takes twice its bytes, and 24 bytes for each element, 40 of those of 64 bits.
  public func argsort(axis: Int? = -1) throws -> NDArray {
    guard let axis, !isScalarWithAxis(axis) else { return try ravel().argsort(axis: 0) }
    return try sorted(.positions, normalized(axis: axis))
  }

  /// The elements along an axis, those before position `kth` no greater than it, and those behind it no less: NumPy's
  /// `partition`. All of them are sorted, which is one of the orders that NumPy allows.
  ///
  /// - Throws: `.usage` for a position out of bounds; as `sort`.
  public func partition(_ kth: Int, axis: Int? = -1) throws -> NDArray {
    guard let axis else { return try ravel().partition(kth, axis: 0) }
    try requirePosition(kth, along: normalized(axis: axis))
    return try sort(axis: axis)
  }

  /// The positions along an axis of what `partition` gives: NumPy's `argpartition`. Sorted, as `argsort`.
  ///
  /// - Throws: `.usage` for a position out of bounds; as `sort`.
  public func argpartition(_ kth: Int, axis: Int? = -1) throws -> NDArray {
    guard let axis, !isScalarWithAxis(axis) else { return try ravel().argpartition(kth, axis: 0) }
    try requirePosition(kth, along: normalized(axis: axis))
    return try argsort(axis: axis)
  }

  private func requirePosition(_ kth: Int, along axis: Int) throws {
    guard kth < shape[axis], kth >= -shape[axis] else {
      throw TesseraError(.usage, "kth(=\(kth)) out of bounds (\(shape[axis]))")
    }
  }

  private func sorted(_ result: Sorting.Result, _ axis: Int) throws -> NDArray {
    let sorting = Sorting(result, of: node, axis: axis)
    if shape[axis] < 2 || size == 0 {
      return result == .elements ? self : try .zeros(shape.dimensions, dtype: .int64)
    }
    return try NDArray(.barrier(sorting), shape: sorting.shape, dtype: sorting.dtype).moveaxis(-1, axis)
  }

  /// For each line along an axis the elements at positions of its own: NumPy's `take_along_axis`, what `argsort`, `argmax`
  /// with `keepdims` and `argpartition` give positions for.
  ///
  /// - Parameters:
  ///   - indices: of whole numbers, negative ones from the end. It has the array's rank; the other axes broadcast, along
  ///     `axis` there are as many as are wanted.
  ///   - axis: nil for positions in C order among all elements; `indices` is 1-D then.
  /// - Throws: `.usage` for other dtypes and shapes, and an axis out of bounds; when it is computed, for an index out of
  ///   bounds.
  /// - Complexity: lazy, nothing is held. What is read is cut to some 4 MiB; all of a line is read for each part of its
  ///   positions.
  public func takeAlongAxis(_ indices: NDArray, axis: Int? = -1) throws -> NDArray {
    guard [.signed, .unsigned].contains(indices.dtype.kind) else {
      throw TesseraError(.usage, "`indices` must be an integer array", got: "\(indices.dtype)")
    }
    guard let axis else {
      guard indices.ndim == 1 else {
        throw TesseraError(
          .usage, "when axis is nil, `indices` must have a single dimension.", got: "shape \(indices.shape)")
      }
      return try ravel().takeAlongAxis(indices, axis: 0)
    }
    guard indices.ndim == ndim else {
      throw TesseraError(
        .usage, "`indices` and `arr` must have the same number of dimensions",
        got: "\(indices.ndim) and \(ndim)")
    }
    let number = try normalized(axis: axis)
    let lines = try moveaxis(number, -1)
    let positions = try indices.astype(.int64).moveaxis(number, -1)
    let kept = try NDArray.broadcastShape(
      Shape(known: Array(lines.shape.dimensions.dropLast())),
      Shape(known: Array(positions.shape.dimensions.dropLast()))
    ).dimensions
    let taking = TakingAlong(
      try lines.broadcast(to: kept + [shape[number]]).node,
      try positions.broadcast(to: kept + [indices.shape[number]]).node, axis: number)
    return try NDArray(.barrier(taking), shape: taking.iterationShape, dtype: dtype).moveaxis(-1, number)
  }
}
