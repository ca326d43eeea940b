import TesseraCore
import TesseraEngine

/// The nearest rows to some queries, from one sweep over a matrix.
struct NearestRowsSearch: Barrier {
  enum Field: String { case indices, distances }

  /// What tells one search from another, the matrix aside.
  struct Form {
    let queries: QueryRows
    let metric: RowMetric
    /// Rows for each query.
    let count: Int
    /// Of the distances: float32 or float64.
    let dtype: DType
  }

  let form: Form
  let what: Field
  /// The matrix, in float64.
  let operands: [Node]

  var iterationShape: Shape { operands[0].shape }
  var key: String {
    "nearest rows \(ObjectIdentifier(form.queries)) \(form.metric) \(form.count) \(form.dtype)"
  }
  var field: String { what.rawValue }

  func makeSink(memory: Int, threads: Int) throws -> any BarrierSink {
    try NearestRowsSink(form, rows: iterationShape[0])
  }

  /// Of shape (queries, count).
  var array: NDArray {
    NDArray(
      .barrier(self), shape: Shape(known: [form.queries.count, form.count]),
      dtype: what == .indices ? .int64 : form.dtype)
  }
}
