public import TesseraStorage

// Distinct rows, columns and planes: NumPy's `unique` with an axis.
extension NDArray {
  /// The distinct parts of the array along an axis, such as rows of a matrix for axis 0, in ascending order: NumPy's `unique`
  /// with an `axis`. Computed now, within the budget.
  ///
  /// Parts are ordered by their first elements that differ, in C order and as NumPy sorts them, NaN last. -0.0 and 0.0 are
  /// equal; of equal parts the first one is there. One with a NaN equals none, as in NumPy, whatever `equalNaN` says, which is
  /// for arrays of one axis: these are the same without an axis.
  ///
  /// - Returns: of the array's shape but for the axis. The same bits for any number of threads and any budget.
  /// - Throws: `.usage` for an axis out of bounds; `.memory` when so many distinct parts do not fit half of the budget, twice
  ///   over and with 192 bytes for each, or blocks of whole parts do not fit the rest; as `evaluate`.
  /// - Complexity: one pass, in blocks that have parts whole, and a sort of the distinct ones.
  public func unique(axis: Int, equalNaN: Bool = true, options: TransferOptions = .init()) throws -> NDArray {
    try unique(returning: [], axis: axis, equalNaN: equalNaN, options: options).values
  }

  /// The same, with the position along the axis where each is first, how often it occurs, and which of them is at each
  /// position: NumPy's `unique(return_index=, return_inverse=, return_counts=, axis=)`.
  ///
  /// - Parameter parts: `.counts`, `.index` and `.inverse`, in any combination. The inverse, of one axis, is lazy: it reads
  ///   the array again, and keeps the distinct parts in memory meanwhile.
  /// - Throws: also, when an inverse is computed, `.corrupt` for an array that has changed since.
  public func unique(
    returning parts: Unique.Parts, axis: Int, equalNaN: Bool = true, options: TransferOptions = .init()
  ) throws -> Unique {
    let number = try normalized(axis: axis)
    if ndim == 1 { return try unique(returning: parts, equalNaN: equalNaN, options: options) }
    return try UniqueRows(self, axis: number, parts, options).run()
  }
}
