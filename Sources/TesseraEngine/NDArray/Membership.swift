public import TesseraCore
import TesseraKernels
public import TesseraStorage

/// Whether each element of `element` is in a list: NumPy's `isin`.
///
/// Both are compared in the dtype in which they meet, int64 and uint64 as the numbers they are. NaN, and a complex number
/// that has one, is in nothing; -0.0 and 0.0 are equal.
///
/// - Parameters:
///   - element: any shape and dtype.
///   - test: the list, of any shape and dtype; computed now.
///   - invert: whether each is not in the list instead.
/// - Returns: bool of the shape of `element`. Lazy.
/// - Throws: `.memory` when so many distinct elements of the list do not fit a part of the budget; as `evaluate`.
/// - Complexity: that of `test.unique()`; the expression keeps the distinct elements of `test` in memory, which plans
///   count. A lookup takes a table of leading bits, and bisection among the elements that share them.
public func isin(
  _ element: NDArray, _ test: NDArray, invert: Bool = false, options: TransferOptions = .init()
) throws -> NDArray {
  let meeting = Meeting(element.dtype, test.dtype)
  guard let keys = try meeting.keys(of: test, options), keys.count > 0 else {
    return try .full(element.shape.dimensions, invert)
  }
  let locator = KeyLocator(keys, meeting.dtype)
  let operation = CustomOperation(itemSize: 1, held: keys.count.saturatingMultiply(keys.width)) {
    locator.contains($0, $1, inverted: invert, into: $2)
  }
  return NDArray(
    .custom(operation, [element.astype(meeting.dtype).node]), shape: element.shape, dtype: .bool)
}

/// The same for Swift values.
public func isin<T: Element>(
  _ element: NDArray, _ test: [T], invert: Bool = false, options: TransferOptions = .init()
) throws -> NDArray {
  try isin(element, NDArray(test), invert: invert, options: options)
}

/// How elements of two dtypes are told to be equal, by keys.
private struct Meeting {
  let dtype: DType
  /// Keys from here on are equal to none.
  private let end: UInt128?

  /// int64 and uint64 have in common what is below 2^63, which is the same in both; negative numbers lie above as uint64.
  init(_ a: DType, _ b: DType) {
    let isMixed = a == .int64 && b == .uint64 || a == .uint64 && b == .int64
    dtype = isMixed ? .uint64 : .promoted(a, b)
    end = isMixed ? UInt128(1) << 63 : SetKeys.leastNaN(dtype)
  }

  /// The keys of what may be equal to something; nil of an empty list.
  func keys(of list: NDArray, _ options: TransferOptions) throws -> KeySet? {
    if list.size == 0 { return nil }
    let found = try UniqueComputation(list.astype(dtype), [], options).keys()
    return found.within(KeyRange(high: end))
  }
}
