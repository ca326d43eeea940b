import TesseraCore

// Windows that slide along axes: NumPy's `lib.stride_tricks.sliding_window_view`.
extension NDArray {
  /// All windows of a shape: NumPy's `lib.stride_tricks.sliding_window_view`. Moving averages are
  /// `x.slidingWindowView(7, axis: 0).mean(axis: -1)`.
  ///
  /// The shape is that of the array, but for axes that windows lie along as long as there are windows, one that begins at
  /// each position from which it fits; then `windowShape`. Nothing is read or copied.
  ///
  /// - Parameters:
  ///   - windowShape: the lengths of a window; those of 0 give an empty array.
  ///   - axis: the axis that each of them lies along, the same one several times for windows of windows; nil for all axes.
  /// - Throws: `.usage` for another number of lengths than of axes, for negative lengths and those beyond the axis's, for axes
  ///   out of bounds, and for results that are too large.
  /// - Complexity: memory for the box that a part of the windows lies in, at most 4 MiB, however long they
  ///   are. An element is read once for all of its windows in such a box, and again for those in the next
  ///   one; boxes are large enough that this is little. Each window's elements are gone through one by one.
  public func slidingWindowView(_ windowShape: [Int], axis: (any ArrayAxes)? = nil) throws -> NDArray {
    if windowShape.contains(where: { $0 < 0 }) {
      throw TesseraError(.usage, "`window_shape` cannot contain negative values", got: "\(windowShape)")
    }
    let axes = try axis?.axes.values.map { try normalized(axis: $0) } ?? Array(0..<ndim)
    guard axes.count == windowShape.count else {
      throw TesseraError(
        .usage, "lengths of a window and axes", expected: "as many of both",
        got: "\(windowShape.count), \(axes.count)")
    }
    var dimensions = shape.dimensions
    for (length, axis) in zip(windowShape, axes) {
      guard length <= dimensions[axis] else {
        throw TesseraError(
          .usage, "window shape cannot be larger than input array shape", got: "\(windowShape)")
      }
      dimensions[axis] -= length - 1
    }
    if windowShape.isEmpty { return self }
    let target = try Shape(dimensions + windowShape)
    if target.count == 0 { return try .zeros(target.dimensions, dtype: dtype) }
    let windows = Windows(of: node, windowShape, axes: axes, shape: target)
    return NDArray(.barrier(windows), shape: target, dtype: dtype)
  }

  /// The same for windows along one axis.
  public func slidingWindowView(_ length: Int, axis: (any ArrayAxes)? = nil) throws -> NDArray {
    try slidingWindowView([length], axis: axis)
  }
}
