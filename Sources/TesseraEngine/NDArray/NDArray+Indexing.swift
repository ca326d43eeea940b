import TesseraCore
public import TesseraStorage

// NumPy's indexing by one array: `x[mask]`, `x[indices]`. What the array holds decides a shape, or has to be checked, so
// it is computed now; the elements that it chooses are not.
extension NDArray {
  /// The elements where a mask is true, or the positions along the first axis that an array of whole numbers lists.
  ///
  /// A mask of the array's shape gives one axis, of the chosen elements in C order. One of fewer axes is that of the first
  /// ones, in whose place that one axis stands: `x[mask]` with a mask for rows is some of the rows. One without axes
  /// gives everything or nothing, behind a new axis. The shape of whole numbers takes the place of the first axis; negative
  /// ones count from the end.
  ///
  /// - Throws: `.usage` for other dtypes, a mask whose lengths are not those of the array's first axes, and an index that is
  ///   out of bounds; `.memory` as `flatnonzero`; as `evaluate`.
  /// - Complexity: one pass over `index`; memory of 8 bytes for each position that is kept, or 16 for each whole number.
  ///   What is read of the array later is as for `take`.
  public subscript(_ index: NDArray, options options: TransferOptions = .init()) -> NDArray {
    get throws {
      switch index.dtype.kind {
      case .bool: return try marked(by: index, options)
      case .signed, .unsigned:
        // Before any pass over the indices.
        try requireAxes(1)
        let rows = try self[index.positions(options)]
        return try rows.reshape(index.shape.dimensions + shape.dimensions.dropFirst())
      case .floating, .complex:
        throw TesseraError(
          .usage, "arrays used as indices must be of integer (or boolean) type", got: "\(index.dtype)")
      }
    }
  }

  /// The elements at these positions along the first axis, in the order asked for and with repeats: `x[[5, 0, -1]]`.
  /// Otherwise as `take` along axis 0; nothing is read.
  ///
  /// - Throws: `.usage` for an array without axes, and an index out of bounds.
  public subscript(_ positions: [Int]) -> NDArray {
    get throws {
      try requireAxes(1)
      if shape[0] == 0, let first = positions.first {
        throw TesseraError(.usage, "index \(first) is out of bounds for axis 0 with size 0")
      }
      return try take(positions, axis: 0)
    }
  }

  /// The axes that the mask covers become one, along which positions are taken.
  private func marked(by mask: NDArray, _ options: TransferOptions) throws -> NDArray {
    try requireAxes(mask.ndim)
    if let axis = mask.shape.indices.first(where: { mask.shape[$0] != shape[$0] }) {
      throw TesseraError(
        .usage,
        "boolean index did not match indexed array along axis \(axis); size of axis is \(shape[axis]) but size of "
          + "corresponding boolean axis is \(mask.shape[axis])")
    }
    let lines = try reshape([mask.size] + shape.dimensions[mask.ndim...])
    return try lines.take(mask.flatnonzero(options: options), axis: 0)
  }

  private func requireAxes(_ count: Int) throws {
    guard count <= ndim else {
      throw TesseraError(
        .usage, "too many indices for array: array is \(ndim)-dimensional, but \(count) were indexed")
    }
  }
}
