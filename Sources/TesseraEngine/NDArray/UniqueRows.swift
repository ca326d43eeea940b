import TesseraCore
import TesseraStorage

/// One call of `unique` along an axis of an array that has others.
struct UniqueRows {
  private let array: NDArray
  private let axis: Int
  private let parts: Unique.Parts
  private let options: TransferOptions
  /// The array with that axis in front.
  private let rows: NDArray

  init(_ array: NDArray, axis: Int, _ parts: Unique.Parts, _ options: TransferOptions) throws {
    self.array = array
    self.axis = axis
    self.parts = parts
    self.options = options
    rows = try array.moveaxis(axis, 0)
  }

  func run() throws -> Unique {
    if array.size == 0 { return try withoutElements() }
    let found = try gathered().rows()
    var dimensions = rows.shape.dimensions
    dimensions[0] = found.count
    let shape = try Shape(dimensions)
    let values = MemoryDriver(shape: shape, dtype: array.dtype) { found.copy(into: $0.baseAddress!) }
    return try Unique(
      values: NDArray(values).moveaxis(0, axis),
      index: parts.contains(.index) ? NDArray(found.firsts()) : nil,
      inverse: parts.contains(.inverse) ? inverse(found) : nil,
      counts: parts.contains(.counts) ? NDArray(found.counts()) : nil)
  }

  private func inverse(_ found: DistinctRows) -> NDArray {
    NDArray(
      .barrier(RowLookup(rows.node, in: found)), shape: Shape(known: [rows.shape[0]]), dtype: .int64)
  }

  /// No rows, or rows that are all the same, as there is nothing in them.
  private func withoutElements() throws -> Unique {
    let count = rows.shape[0]
    var dimensions = array.shape.dimensions
    dimensions[axis] = min(count, 1)
    let known: [Int64] = count == 0 ? [] : [0]
    let counts: [Int64] = count == 0 ? [] : [Int64(count)]
    return try Unique(
      values: NDArray.zeros(dimensions, dtype: array.dtype),
      index: parts.contains(.index) ? NDArray(known) : nil,
      inverse: parts.contains(.inverse) ? NDArray.zeros([count], dtype: .int64) : nil,
      counts: parts.contains(.counts) ? NDArray(counts) : nil)
  }

  private func gathered() throws -> DistinctRowsSink {
    let layout = RowLayout(array.dtype, count: array.size / rows.shape[0])
    // Of a larger budget the sink takes more.
    let sink = try options.planning { options -> DistinctRowsSink in
      let room = try MemoryModel(options).buffers - [array.node].listedBytes
      let sink = DistinctRowsSink(layout, over: rows.shape, memory: max(0, room) / 2)
      try Gathering(rows.node, sink).check(options)
      return sink
    }
    try Gathering(rows.node, sink).run(options)
    return sink
  }
}
