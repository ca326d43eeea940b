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
  let rows = x.astype(.float64).node
  let size = NearestRowsPlan.Size(
    rows: x.shape[0], width: x.shape[1], queries: queries.shape[0], count: count)
  var own = options
  own.heldBytes = options.heldBytes.saturatingAdd(queries.size.saturatingMultiply(8))
  // All is planned before anything is read.
  var evaluation = Evaluation([rows], options: own, gathersOutputs: false)
  let passBytes = try evaluation.plannedWithPlaceholders().reduce(0) { $0.saturatingAdd($1.bytesRead) }
  let planned = try NodeSource.driver(of: rows, results: evaluation.finished)
  let plan = try NearestRowsPlan(size, planned, held: evaluation.heldBytes, options)

  let known = try inMemory(queries, options)
  var stages = StagedProgress(own, total: passBytes.saturatingAdd(plan.bytes))
  evaluation = Evaluation([rows], options: stages.next(passBytes), gathersOutputs: false)
  try evaluation.run()
  let driver = try NodeSource.driver(of: rows, results: evaluation.finished)
  defer { driver.finishReading() }
  let lists = try NearestRowsSearch(
    plan, driver, queries: known, metric, stages.next(plan.bytes)
  ).run()
  let distances = lists.distances(as: dtype) { metric == .euclidean ? $0.squareRoot() : $0 }
  return NearestRows(indices: NDArray(lists.indices()), distances: NDArray(distances))
}

/// The queries as float64, computed without telling of progress.
private func inMemory(_ queries: NDArray, _ options: TransferOptions) throws -> MemoryDriver {
  var options = options
  options.progress = nil
  let computed = try queries.astype(.float64).evaluated(options: options)
  guard case .source(let source) = computed.node.operation, let memory = source.driver as? MemoryDriver else {
    preconditionFailure("what is evaluated is in memory")
  }
  return memory
}
