import TesseraCore
import TesseraKernels
import TesseraStorage

/// A list in memory, in which the positions of elements are found.
struct AscendingList {
  let count: Int
  /// What the list and the elements meet in.
  private let dtype: DType
  /// What stays in memory for lookups.
  private let heldBytes: Int
  /// nil without elements.
  private let lookup: KeyPositions?

  /// - Parameters:
  ///   - list: computed now.
  ///   - other: the dtype of what is looked for.
  /// - Returns: nil for a list that does not ascend: NaN, and what has one, is above all else.
  /// - Throws: `.usage` unless it has one axis; `.memory` when the budget is too small for it, in two copies meanwhile and
  ///   with all that lookups need; as `evaluate`.
  init?(_ list: NDArray, for other: DType, _ options: TransferOptions) throws {
    guard list.ndim == 1 else {
      throw TesseraError(.usage, "a list to search", expected: "one axis", got: "shape \(list.shape)")
    }
    let (count, dtype) = (list.size, DType.promoted(list.dtype, other))
    (self.count, self.dtype) = (count, dtype)
    heldBytes = count.saturatingMultiply(SetKeys.width(dtype) + 8)
    guard count > 0 else {
      lookup = nil
      return
    }
    let needed = heldBytes.saturatingAdd(count.saturatingMultiply(2 * dtype.itemSize))
    let model = try MemoryModel(options)
    guard needed <= model.buffers else {
      throw model.tooSmall(for: "a list of \(count) elements", buffers: needed)
    }
    let computed = try NodeSource.driver(of: list.astype(dtype).evaluated(options: options).node)
    let found = try Buffer.withTemporary(count * dtype.itemSize) { values in
      try StoredArray(computed).read(into: values)
      return KeyPositions(dtype, count: count, values: UnsafeRawPointer(values.baseAddress!))
    }
    guard let known = found else { return nil }
    lookup = known
  }

  /// Where each element would be put so that the list stays ascending; int64, lazy.
  func positions(of elements: NDArray, _ side: SearchSide) throws -> NDArray {
    guard let lookup else { return try .zeros(elements.shape.dimensions, dtype: .int64) }
    let isBehind = side == .right
    let operation = CustomOperation(itemSize: 8, held: heldBytes) {
      lookup.find($0, $1, behind: isBehind, into: $2)
    }
    return NDArray(.custom(operation, [elements.astype(dtype).node]), shape: elements.shape, dtype: .int64)
  }
}
