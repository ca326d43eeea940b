import TesseraCore
public import TesseraStorage

// NumPy's indexing: `x[0, 2...]`, `x[mask]`, `x[rows, columns]`. What arrays among the items hold decides a shape, or has to
// be checked, so they are computed now; the elements that they choose are not.
extension NDArray {
  /// NumPy's indexing by positions, ranges, lists of positions, arrays of them and masks:
  /// `x[0..<4, slice(step: 2), ellipsis, newAxis, -1]`, `x[rows, columns]`, `x[[0, 2], 1...]`, `x[0..., mask]`.
  ///
  /// Without lists it is a view. Lists, arrays of whole numbers, and positions beside them, are broadcast together and taken in
  /// step: `x[[0, 2], [1, 3]]` has two elements (of a matrix; `ix` is for all four). A mask stands for as many axes as it has,
  /// and for the positions along each where it is true. The shape that lists are broadcast to takes the place of their
  /// axes where they stand side by side, and comes first where a range, an ellipsis or a new axis stands between them. Negative
  /// positions count from the end.
  ///
  /// - Throws: `.usage` for too many items, a second ellipsis, a position that is out of bounds (where there are any to take),
  ///   lists that do not broadcast, a mask whose lengths are not those of its axes, and arrays of other dtypes; `.memory` as
  ///   `flatnonzero`, and for lists in step that have more positions than fit half of the budget; as `evaluate`.
  /// - Complexity: one pass over each array among the items; memory of 8 bytes for each position that is kept, and as much for
  ///   each array while they are put together. Plans count what stays: 8 bytes a position for each list that has axes of its
  ///   own, and together 8 for each element of the shape of those that do not. Elements are read as for `take`.
  public subscript<each Index: ArrayIndex>(_ items: repeat each Index) -> NDArray {
    get throws {
      var list: [IndexItem] = []
      repeat list.append((each items).indexItem)
      return try indexed(by: list)
    }
  }

  /// The same with options for what is computed now.
  public subscript<each Index: ArrayIndex>(
    _ items: repeat each Index, options options: TransferOptions
  ) -> NDArray {
    get throws {
      var list: [IndexItem] = []
      repeat list.append((each items).indexItem)
      return try indexed(by: list, options: options)
    }
  }

  /// The same for a list of items.
  public func indexed(by items: [IndexItem], options: TransferOptions = .init()) throws -> NDArray {
    let parts = items.flatMap { IndexPart.parts(of: $0) }
    let basic = parts.compactMap(\.basic)
    if basic.count == parts.count { return try self[Selection(basic)] }
    return try AdvancedIndex(parts, of: self, options).take(from: self)
  }

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
      if index.dtype == .bool { return try marked(by: index, options) }
      // Before any pass over the indices.
      try requireIndices(index, axis: 0)
      try requireAxes(1)
      return try self[index.positions(options)].reshape(
        index.shape.dimensions + shape.dimensions.dropFirst())
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
    try requireIndices(mask, axis: 0)
    let lines = try reshape([mask.size] + shape.dimensions[mask.ndim...])
    return try lines.take(mask.flatnonzero(options: options), axis: 0)
  }

  /// Refuses an index of more axes.
  func requireAxes(_ count: Int) throws {
    guard count <= ndim else {
      throw TesseraError(
        .usage, "too many indices for array: array is \(ndim)-dimensional, but \(count) were indexed")
    }
  }

  /// Refuses what is neither an array of whole numbers nor a mask of the axes from `axis` on, of which there are enough.
  func requireIndices(_ index: NDArray, axis: Int) throws {
    switch index.dtype.kind {
    case .signed, .unsigned: return
    case .floating, .complex:
      throw TesseraError(
        .usage, "arrays used as indices must be of integer (or boolean) type", got: "\(index.dtype)")
    case .bool:
      let others = index.shape.indices.filter { index.shape[$0] != shape[axis + $0] }
      guard let other = others.first else { return }
      throw TesseraError(
        .usage,
        "boolean index did not match indexed array along axis \(axis + other); size of axis is "
          + "\(shape[axis + other]) but size of corresponding boolean axis is \(index.shape[other])")
    }
  }
}
