import TesseraCore

// Differences of neighbours: NumPy's `diff`. Lazy; nothing is copied.
extension NDArray {
  /// The differences of neighbours along an axis, `n` times over: NumPy's `diff`; of bools whether they differ.
  ///
  /// The axis has `n` positions less, those of `prepend` and `append` included, or none. The dtype is the array's, promoted
  /// with theirs: unlike numbers beside an array, `NDArray(0)` counts as the int64 that it is, as in NumPy.
  ///
  /// - Parameters:
  ///   - n: 0 gives the array as it is, whatever else is asked for.
  ///   - prepend: what stands before the array along the axis; of shape `()` one position of that element, otherwise of
  ///     the array's shape but for the axis.
  ///   - append: likewise behind it.
  /// - Throws: `.usage` for a negative `n`, one that takes more steps than an expression may have, an axis out of bounds, and
  ///   edges of another shape.
  /// - Complexity: read again, one pass, in which each element is read for its two neighbours.
  public func diff(
    n: Int = 1, axis: Int = -1, prepend: NDArray? = nil, append: NDArray? = nil
  ) throws -> NDArray {
    guard n >= 0 else {
      throw TesseraError(.usage, "order of differences", expected: "0 or more", got: "\(n)")
    }
    if n == 0 { return self }
    let axis = try normalized(axis: axis)
    var result = try surrounded(by: prepend, append, axis)
    // Differences of nothing are nothing.
    for _ in 0..<Swift.min(n, result.shape[axis]) {
      let length = result.shape[axis]
      let (next, previous) = (try result.part(1..<length, axis), try result.part(0..<length - 1, axis))
      result = try result.dtype == .bool ? NDArray.binary(.notEqual, next, previous) : next - previous
      try Node.requireShallow([result.node])
    }
    return result
  }

  private func surrounded(by first: NDArray?, _ last: NDArray?, _ axis: Int) throws -> NDArray {
    if first == nil, last == nil { return self }
    var one = shape.dimensions
    one[axis] = 1
    let edges = try [first, last].map { edge in
      try edge.map { $0.ndim == 0 ? try $0.broadcast(to: one) : $0 }
    }
    return try concatenate([edges[0], self, edges[1]].compactMap { $0 }, axis: axis)
  }
}
