import TesseraCore
import TesseraKernels

/// Sums of the columns of panels, in float64.
struct ColumnSums {
  private let reducer: Reducer
  private let columns: Int
  private let accumulators: Buffer

  /// - Parameter dtype: float32 or float64; complex numbers are two columns.
  init(columns: Int, dtype: DType) throws {
    reducer = try Reducer(.sum, dtype)
    self.columns = columns
    accumulators = Buffer(count: columns * reducer.bytesPerItem)
    reset()
  }

  func reset() { reducer.reset(accumulators.bytes.baseAddress!, capacity: columns) }

  func add(_ rows: Int, _ values: UnsafeRawPointer) {
    reducer.accumulateColumns(
      accumulators.bytes.baseAddress!, capacity: columns, first: 0, rows: rows, columns: columns,
      values: values, mask: nil, position: 0, step: 0)
  }

  var totals: [Double] {
    [Double](unsafeUninitializedCapacity: columns) { totals, count in
      if columns > 0 {
        reducer.finish(
          .value, UnsafeRawPointer(accumulators.bytes.baseAddress!), capacity: columns, first: 0,
          count: columns, into: totals.baseAddress!)
      }
      count = columns
    }
  }
}
