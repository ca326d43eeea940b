import TesseraCore

// A mask by itself whose positions need not be known: each of them has the same values.
extension NDArray {
  /// The array with values where a mask of its first axes is true; nil where values differ from position to position.
  ///
  /// - Parameter values: of the array's dtype.
  /// - Throws: `.usage` for a mask of other lengths, and for values that NumPy does not assign by a mask of all axes.
  func replacing(where mask: NDArray, with values: NDArray) throws -> NDArray? {
    try requireAxes(mask.ndim)
    try requireIndices(mask, axis: 0)
    if mask.ndim == ndim, values.ndim > 1 {
      throw TesseraError(
        .usage, "NumPy boolean array indexing assignment requires a 0 or 1-dimensional input",
        got: "\(values.ndim) dimensions")
    }
    let rest = Array(shape.dimensions.dropFirst(mask.ndim))
    let extra = Swift.max(0, values.ndim - rest.count)
    let own = Array(values.shape.dimensions.dropFirst(extra))
    let isSame = values.shape.dimensions.prefix(extra).allSatisfy { $0 == 1 }
    guard isSame, zip(own.reversed(), rest.reversed()).allSatisfy({ $0 == $1 || $0 == 1 }) else { return nil }
    let added = [Selection.Item](repeating: .newAxis, count: rest.count)
    let whole = try mask[Selection([Selection.Item.ellipsis] + added)]
    return try NDArray.select(whole, values.reshape(own), self)
  }
}
