import TesseraCore

// Elements put along an axis, at positions that each line has of its own: NumPy's `put_along_axis`, as another array.
extension NDArray {
  /// The array with values at positions of each line along an axis: NumPy's `put_along_axis`, the counterpart of
  /// `takeAlongAxis`. `x.putAlongAxis(x.argmax(axis: 1, keepdims: true), 0, axis: 1)` has a zero in place of the greatest
  /// element of each row.
  ///
  /// The dtype stays; values are cast to it as by `astype`. Where a position occurs several times, the last value stays.
  ///
  /// - Parameters:
  ///   - indices: of whole numbers, negative ones from the end. It has the array's rank; the other axes broadcast, along
  ///     `axis` there may be any number.
  ///   - values: broadcast to the shape of `indices`, which is broadcast to the array's along the other axes; leading axes of
  ///     length 1 may be too many.
  ///   - axis: nil for positions in C order among all elements; `indices` is 1-D then.
  /// - Throws: `.usage` for other dtypes and shapes, an axis out of bounds, and one of length 0 for which there are positions;
  ///   when it is computed, for an index out of bounds.
  /// - Complexity: lazy, nothing is held. Positions are read in parts of 1 MiB; all those of a line are read again for each part
  ///   of it that is read, of 2 MiB or a chunk.
  public func putAlongAxis(_ indices: NDArray, _ values: NDArray, axis: Int?) throws -> NDArray {
    guard [.signed, .unsigned].contains(indices.dtype.kind) else {
      throw TesseraError(.usage, "`indices` must be an integer array", got: "\(indices.dtype)")
    }
    guard let axis else {
      guard indices.ndim == 1 else {
        throw TesseraError(
          .usage, "when axis is nil, `indices` must have a single dimension.", got: "shape \(indices.shape)")
      }
      return try ravel().putAlongAxis(indices, values, axis: 0).reshape(shape.dimensions)
    }
    let number = try normalized(axis: axis)
    guard indices.ndim == ndim else {
      throw TesseraError(
        .usage, "`indices` and `arr` must have the same number of dimensions",
        got: "\(indices.ndim) and \(ndim)")
    }
    let target = try target(of: indices, along: number)
    let given = try values.astype(dtype).assigned(to: target)
    if target.contains(0) { return self }
    guard shape[number] > 0 else {
      throw TesseraError(.usage, "index is out of bounds for axis \(number) with size 0")
    }
    // An axis of length 1 along which there are more positions is gone through several times.
    let repeated = shape.indices.filter { $0 == number || shape[$0] == 1 && target[$0] != 1 }
    let order = shape.indices.filter { !repeated.contains($0) } + repeated
    let kept = order.dropLast(repeated.count).map { shape[$0] }
    let positions = try indices.astype(.int64).broadcast(to: target).transposed(order)
    let putting = PuttingAlong(
      try transposed(order).reshape(kept + [shape[number]]).node, try positions.reshape(kept + [-1]).node,
      try given.transposed(order).reshape(kept + [-1]).node, axis: number)
    let lines = NDArray(.barrier(putting), shape: putting.iterationShape, dtype: dtype)
    let back = shape.indices.map { order.firstIndex(of: $0)! }
    return try lines.reshape(order.map { shape[$0] }).transposed(back)
  }

  /// The same with a number.
  ///
  /// - Throws: also for one that the dtype cannot hold.
  public func putAlongAxis(_ indices: NDArray, _ value: some ArrayScalar, axis: Int?) throws -> NDArray {
    try putAlongAxis(indices, NDArray(value.scalar.element(of: dtype)), axis: axis)
  }

  /// The shape of what is replaced: the array's, with as many elements along the axis as there are positions.
  private func target(of indices: NDArray, along axis: Int) throws -> [Int] {
    try shape.indices.map { other in
      let (own, given) = (shape[other], indices.shape[other])
      guard other == axis || own == given || own == 1 || given == 1 else {
        throw TesseraError(
          .usage, "shape mismatch: indexing arrays could not be broadcast together", expected: "\(own) or 1",
          got: "\(given) along axis \(other)")
      }
      return other == axis || own == 1 ? given : own
    }
  }

  /// The elements as values for what has this shape.
  private func assigned(to dimensions: [Int]) throws -> NDArray {
    let extra = Swift.max(0, ndim - dimensions.count)
    let own = Array(shape.dimensions.dropFirst(extra))
    guard shape.dimensions.prefix(extra).allSatisfy({ $0 == 1 }),
      zip(own.reversed(), dimensions.reversed()).allSatisfy({ $0 == $1 || $0 == 1 })
    else {
      throw TesseraError(
        .usage,
        "shape mismatch: value array of shape \(shape) could not be broadcast to indexing result of "
          + "shape \(Shape.describe(dimensions))")
    }
    return try reshape(own).broadcast(to: dimensions)
  }
}
