import TesseraCore
public import TesseraStorage

// Sets of elements, in ascending order on one axis: NumPy's `union1d`, `intersect1d`, `setdiff1d`, `setxor1d`. Computed now,
// within the budget, as `unique` is: elements decide how many there are.

/// The distinct elements of either array: NumPy's `union1d`.
///
/// - Returns: one axis, of the dtype in which both meet; all NaNs are one, zeros have the sign of the first one.
/// - Throws: as `unique`.
/// - Complexity: that of `unique` of both together.
public func union1d(_ a: NDArray, _ b: NDArray, options: TransferOptions = .init()) throws -> NDArray {
  try concatenate([a, b], axis: nil).unique(options: options)
}

/// The distinct elements that are in both arrays: NumPy's `intersect1d`.
///
/// - Returns: one axis, of the dtype in which both meet. NaN is in none; zeros have the sign of the first one of `a`.
/// - Throws: as `unique`, for either array; `.memory` when the positions of so many do not fit half of the budget.
/// - Complexity: that of `unique` of each array; 8 bytes for each element of the result beside that.
public func intersect1d(_ a: NDArray, _ b: NDArray, options: TransferOptions = .init()) throws -> NDArray {
  let dtype = DType.promoted(a.dtype, b.dtype)
  return try a.astype(dtype).unique(options: options).keeping(
    in: b.astype(dtype), inverted: false, options)
}

/// The distinct elements of `a` that are not in `b`: NumPy's `setdiff1d`.
///
/// - Returns: one axis, of the dtype of `a`. A NaN of `a` stays, as it is not in `b`.
/// - Throws: as `intersect1d`.
/// - Complexity: as `intersect1d`.
public func setdiff1d(_ a: NDArray, _ b: NDArray, options: TransferOptions = .init()) throws -> NDArray {
  try a.unique(options: options).keeping(in: b, inverted: true, options)
}

/// The distinct elements that are in one of the arrays and not in the other: NumPy's `setxor1d`.
///
/// - Returns: one axis, of the dtype in which both meet; a NaN for each array that has any.
/// - Throws: as `intersect1d`.
/// - Complexity: as `intersect1d`, both ways.
public func setxor1d(_ a: NDArray, _ b: NDArray, options: TransferOptions = .init()) throws -> NDArray {
  let dtype = DType.promoted(a.dtype, b.dtype)
  let first = try a.astype(dtype).unique(options: options)
  let second = try b.astype(dtype).unique(options: options.holding(first))
  let rest = options.holding(first).holding(second)
  let parts = [
    try first.keeping(in: second, inverted: true, rest), try second.keeping(in: first, inverted: true, rest),
  ]
  return try concatenate(parts).unique(equalNaN: false, options: rest.holding(parts[0]).holding(parts[1]))
}

extension NDArray {
  /// Those elements of a list in memory that are in another, or that are not; computed.
  fileprivate func keeping(in other: NDArray, inverted: Bool, _ options: TransferOptions) throws -> NDArray {
    let options = options.holding(self)
    let mask = try isin(self, other, invert: inverted, options: options)
    return try compress(mask, axis: 0, options: options).evaluated(options: options)
  }
}

extension TransferOptions {
  /// The same beside an array that stays in memory.
  func holding(_ array: NDArray) -> TransferOptions {
    var options = self
    options.heldBytes = options.heldBytes.saturatingAdd(array.nbytes)
    return options
  }
}
