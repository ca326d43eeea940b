import TesseraCore
import TesseraKernels

/// Rows of a matrix, gathered from the tiles of blocks that have all columns: their elements come in C order.
///
/// How many rows a panel has depends on the number of columns and the dtype alone, so that what is computed of panels
/// has the same bits whatever the budget.
struct RowPanel {
  let columns: Int
  let dtype: DType
  private let capacity: Int
  private let memory: Buffer
  /// Elements gathered so far.
  private(set) var count = 0

  init(columns: Int, dtype: DType) {
    self.columns = columns
    self.dtype = dtype
    capacity = columns * RowPanel.rows(columns: columns, dtype: dtype)
    memory = Buffer(count: RowPanel.bytes(columns: columns, dtype: dtype))
  }

  /// Enough rows for products at full rate, few enough to stay in the cache.
  static func rows(columns: Int, dtype: DType) -> Int {
    min(max(RowPanel.bytes / max(1, columns.saturatingMultiply(dtype.itemSize)), leastRows), mostRows)
  }

  static func bytes(columns: Int, dtype: DType) -> Int {
    columns.saturatingMultiply(dtype.itemSize).saturatingMultiply(rows(columns: columns, dtype: dtype))
  }

  private static let bytes = 2 << 20
  private static let leastRows = 256
  private static let mostRows = 4096

  var rows: Int { count / max(1, columns) }
  var isFull: Bool { count == capacity }
  var elements: UnsafeMutableRawPointer { memory.bytes.baseAddress! }

  mutating func clear() { count = 0 }

  /// Takes as many elements as there is room for, less what is subtracted from each row, if anything.
  ///
  /// - Returns: how many.
  mutating func take(_ wanted: Int, from source: UnsafeRawPointer, minus row: RepeatedRow? = nil) throws
    -> Int
  {
    let taken = min(wanted, capacity - count)
    let target = elements + count * dtype.itemSize
    if let row {
      try row.subtract(from: source, taken, at: count % columns, into: target)
    } else {
      target.copyMemory(from: source, byteCount: taken * dtype.itemSize)
    }
    count += taken
    return taken
  }

  /// Subtracts a row from all that is there.
  func subtract(_ row: RepeatedRow) throws {
    try row.subtract(from: UnsafeRawPointer(elements), count, at: 0, into: elements)
  }
}
