import TesseraCore
import TesseraKernels

/// The greatest magnitude in each column of a panel of float32.
struct ColumnMagnitudes {
  private let columns: Int
  private let least: (reducer: Reducer, accumulators: Buffer)
  private let greatest: (reducer: Reducer, accumulators: Buffer)

  init(columns: Int) throws {
    self.columns = columns
    let (least, greatest) = (try Reducer(.minimum, .float32), try Reducer(.maximum, .float32))
    self.least = (least, Buffer(count: columns * least.bytesPerItem))
    self.greatest = (greatest, Buffer(count: columns * greatest.bytesPerItem))
  }

  /// NaN for columns that have one.
  ///
  /// - Parameter rows: one or more.
  func of(_ rows: Int, _ values: UnsafeRawPointer) -> [Float] {
    let targets = [least, greatest].map { part in
      ReducerTarget(part.reducer, part.accumulators.bytes.baseAddress!, capacity: columns)
    }
    for target in targets { target.reducer.reset(target.accumulators, capacity: columns) }
    Reducer.accumulateColumns(
      targets, first: 0, rows: rows, columns: columns, values: values, mask: nil, position: 0, step: 0)
    return zip(extremes(targets[0]), extremes(targets[1])).map { Swift.max(-$0, $1) }
  }

  private func extremes(_ target: ReducerTarget) -> [Float] {
    [Float](unsafeUninitializedCapacity: columns) { values, count in
      if columns > 0 {
        target.reducer.finish(
          .value, UnsafeRawPointer(target.accumulators), capacity: columns, first: 0, count: columns,
          into: UnsafeMutableRawPointer(values.baseAddress!))
      }
      count = columns
    }
  }
}
