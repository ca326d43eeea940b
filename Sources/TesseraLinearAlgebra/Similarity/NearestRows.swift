import TesseraCore
public import TesseraEngine
public import TesseraStorage

/// How far apart two rows are.
public enum RowMetric: Sendable, Hashable, CaseIterable {
  /// The length of their difference.
  case euclidean
  /// 1 - the cosine of their angle; 1 where a row is zeros, as in scikit-learn.
  case cosine
}

/// The rows of a matrix that are nearest to each of some queries, nearest first; both of shape (queries, count).
public struct NearestRows: Sendable {
  /// Positions of rows, int64.
  public let indices: NDArray
  /// Their distances: float32 when matrix and queries are, else float64.
  public let distances: NDArray
}

/// The nearest rows of a matrix of any size to each of a batch of queries, by one sweep over the matrix.
///
/// Products in float64 tell which rows may be among the nearest, and a bound on their error makes sure that none is missed;
/// distances and order come from the differences of the rows, in float64. So the answer is that of comparing every pair:
/// equal distances have the lower index first, rows with NaN come last, and it is the same for any number of threads and any
/// budget.
///
/// - Parameters:
///   - x: shape (n, d), real; an expression or stored in any form.
///   - queries: shape (m, d); held in memory as float64.
///   - count: how many rows for each query, at most n.
/// - Throws: `.usage` for other than two axes, rows of different lengths, complex numbers and a count out of range; `.memory`
///   before anything is read when queries and lists do not fit the budget; `.cancelled`.
/// - Complexity: one pass over `x`, and those that it takes to evaluate reductions in it; n·m·d multiplications. Memory for
///   queries, for a list per query and thread, and for blocks of rows.
public func nearestRows(
  of x: NDArray, to queries: NDArray, count: Int, metric: RowMetric = .euclidean,
  options: TransferOptions = .init()
) throws -> NearestRows {
  let dtype = try RowPairs.dtype(x, queries, "nearestRows")
  guard (1...max(1, x.shape[0])).contains(count), x.shape[0] > 0 else {
    throw TesseraError(
      .usage, "nearestRows: count", expected: "1 to \(x.shape[0]), the rows of the matrix", got: "\(count)")
  }
  let known = QueryRows(queries)
  let form = NearestRowsSearch.Form(queries: known, metric: metric, count: count, dtype: dtype)
  let rows = x.astype(.float64).node
  let indices = NearestRowsSearch(form: form, what: .indices, operands: [rows]).array
  let distances = NearestRowsSearch(form: form, what: .distances, operands: [rows]).array
  var options = options
  options.heldBytes = options.heldBytes.saturatingAdd(known.bytes)
  // All is planned before anything is read.
  _ = try explain([indices, distances], options: options)
  try known.load(options)
  let found = try evaluate(indices, distances, options: options)
  return NearestRows(indices: found.0, distances: found.1)
}
