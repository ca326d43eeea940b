import TesseraCore
import TesseraEngine
import TesseraIO
import TesseraStorage

/// A matrix in a temporary file, column-major: zeros until it is written.
///
/// The file's name is taken away at once, so that not even a killed process leaves it.
final class ScratchMatrix<Scalar: LAPACKScalar>: Sendable {
  let rows: Int
  let columns: Int
  private let file: File

  private static var itemSize: Int { MemoryLayout<Scalar>.stride }

  /// - Throws: `.notFound` when there is no such folder; `.system`.
  init(rows: Int, columns: Int, in folder: String) throws {
    self.rows = rows
    self.columns = columns
    file = try TemporaryFile.make(in: folder)
    try file.truncate(to: ScratchMatrix.bytes(rows: rows, columns: columns))
  }

  static func bytes(rows: Int, columns: Int) -> Int { [rows, columns].saturatingProduct(itemSize) }

  /// Reads a box into column-major memory.
  func read(
    rows range: Range<Int>, columns: Range<Int>, into target: UnsafeMutablePointer<Scalar>, _ leading: Int
  )
    throws
  {
    try forEachStretch(range, columns, leading) { offset, place, count in
      try file.read(at: offset, into: UnsafeMutableRawBufferPointer(start: target + place, count: count))
    }
  }

  /// Writes a box from column-major memory.
  func write(rows range: Range<Int>, columns: Range<Int>, from source: UnsafePointer<Scalar>, _ leading: Int)
    throws
  {
    try forEachStretch(range, columns, leading) { offset, place, count in
      try file.write(UnsafeRawBufferPointer(start: source + place, count: count), at: offset)
    }
  }

  /// Calls `body` with the place in the file, the element in memory and the bytes of what is contiguous in both.
  private func forEachStretch(
    _ range: Range<Int>, _ columns: Range<Int>, _ leading: Int, _ body: (Int, Int, Int) throws -> Void
  ) throws {
    let size = ScratchMatrix.itemSize
    if range.isEmpty || columns.isEmpty { return }
    if range.count == rows, leading == rows {
      return try body(columns.lowerBound * rows * size, 0, columns.count * rows * size)
    }
    for column in columns {
      try body(
        (column * rows + range.lowerBound) * size, (column - columns.lowerBound) * leading, range.count * size
      )
    }
  }

  /// The matrix as an array, which keeps the file; nothing is read.
  func array(as dtype: DType) throws -> NDArray {
    NDArray(StoredArray(try ScratchDriver(self))).astype(dtype)
  }
}
