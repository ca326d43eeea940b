public import TesseraCore
public import TesseraStorage

// Positions of elements in a short list in memory: NumPy's `searchsorted` and `digitize`. Lazy and streamed; the list is
// computed now.

/// Where an element is put among those of a list that equal it.
public enum SearchSide: String, Sendable {
  /// Before them.
  case left
  /// Behind them.
  case right
}

/// Where each element of `v` would be put into an ascending list so that it stays ascending: NumPy's `searchsorted`.
///
/// Both are compared in the dtype in which they meet; any dtype, as NumPy sorts it: complex numbers by real, then imaginary
/// part, NaN above all. -0.0 and 0.0 are equal.
///
/// - Parameters:
///   - a: one axis, possibly without elements; computed now.
///   - v: any shape.
///   - side: where among elements that are equal.
///   - sorter: positions in `a` in ascending order of its elements, when `a` itself does not ascend.
/// - Returns: int64 of the shape of `v`, from 0 to the length of the list. Lazy.
/// - Throws: `.usage` for a list that does not ascend (NumPy gives any positions then), or not of one axis, and for a
///   sorter of another length or with positions out of bounds; `.memory` for a list that does not fit the budget; as
///   `evaluate`.
/// - Complexity: a pass over `a`, of which the expression keeps distinct elements and where they begin: up to 24 bytes for
///   each, which plans count; two copies of the list meanwhile. A lookup takes a table of leading bits, and bisection among
///   the elements that share them.
public func searchsorted(
  _ a: NDArray, _ v: NDArray, side: SearchSide = .left, sorter: [Int]? = nil,
  options: TransferOptions = .init()
) throws -> NDArray {
  let sorted = try sorter.map { try a.sorted(by: $0) } ?? a
  guard let list = try AscendingList(sorted, for: v.dtype, options) else {
    throw TesseraError(.usage, "a list to search", expected: "elements that ascend", got: "others")
  }
  return try list.positions(of: v, side)
}

/// The same for Swift values.
public func searchsorted<T: Element>(
  _ a: [T], _ v: NDArray, side: SearchSide = .left, sorter: [Int]? = nil,
  options: TransferOptions = .init()
) throws -> NDArray {
  try searchsorted(NDArray(a), v, side: side, sorter: sorter, options: options)
}

/// The number of the bin that each element of `x` falls into: NumPy's `digitize`.
///
/// Bin i has the elements from `bins[i - 1]` on and below `bins[i]`, or where bins descend, below `bins[i - 1]` and from
/// `bins[i]` on. Elements before the first bin have the number 0, those behind the last, and NaN, the number of bins; where
/// bins descend, NaN has 0. Bins that are all equal count as ascending.
///
/// - Parameters:
///   - x: real numbers, any shape.
///   - bins: one axis, ascending or descending; computed now.
///   - right: whether bins have their right edge in place of the left one.
/// - Returns: int64 of the shape of `x`. Lazy.
/// - Throws: `.usage` for complex numbers, and for bins that neither ascend nor descend, or not of one axis; as
///   `searchsorted`.
/// - Complexity: as `searchsorted`.
public func digitize(
  _ x: NDArray, _ bins: NDArray, right: Bool = false, options: TransferOptions = .init()
) throws -> NDArray {
  guard x.dtype.kind != .complex else {
    throw TesseraError(.usage, "x may not be complex", expected: "real numbers", got: x.dtype.name)
  }
  guard bins.dtype.kind != .complex else {
    throw TesseraError(.usage, "bins may not be complex", expected: "real numbers", got: bins.dtype.name)
  }
  let bins = try bins.evaluated(options: options)
  let working = options.holding(bins)
  // What equals an edge is in the bin that begins there, behind the edge, unless bins have their right edges.
  let side = right ? SearchSide.left : .right
  if let list = try AscendingList(bins, for: x.dtype, working) { return try list.positions(of: x, side) }
  guard let list = try AscendingList(bins.flip(), for: x.dtype, working) else {
    throw TesseraError(.usage, "bins must be monotonically increasing or decreasing")
  }
  return try list.count - list.positions(of: x, side)
}

/// The same for Swift values.
public func digitize<T: Element>(
  _ x: NDArray, _ bins: [T], right: Bool = false, options: TransferOptions = .init()
) throws -> NDArray {
  try digitize(x, NDArray(bins), right: right, options: options)
}

extension NDArray {
  /// The elements of a list in the order of a sorter.
  fileprivate func sorted(by sorter: [Int]) throws -> NDArray {
    guard sorter.count == size else {
      throw TesseraError(
        .usage, "sorter.size must equal a.size", expected: "\(size)", got: "\(sorter.count)")
    }
    guard sorter.allSatisfy({ $0 >= 0 && $0 < size }) else {
      throw TesseraError(.usage, "Sorter index out of range.")
    }
    return try ndim == 1 ? take(sorter, axis: 0) : self
  }
}
