import TesseraCore
import TesseraEngine

/// A matrix whose columns are worked on in memory, a group at a time: all of them where it is in memory, as many as
/// there is room for where it is in a file.
struct PanelMatrix<Scalar: LAPACKScalar>: Sendable {
  enum Place: Sendable {
    case memory(DenseMatrix<Scalar>)
    case file(ScratchMatrix<Scalar>)
  }

  let place: Place
  let rows: Int
  let columns: Int

  init(_ matrix: DenseMatrix<Scalar>) {
    (place, rows, columns) = (.memory(matrix), matrix.rows, matrix.columns)
  }

  init(_ matrix: ScratchMatrix<Scalar>) {
    (place, rows, columns) = (.file(matrix), matrix.rows, matrix.columns)
  }

  /// The columns that are worked on together.
  ///
  /// - Parameter width: how many there is room for, of a matrix in a file.
  func groups(width: Int) -> [Range<Int>] {
    if case .memory = place { return [0..<columns] }
    return TileSizes.cuts(0..<columns, every: width)
  }

  /// Lends columns, from row 0 on, with `rows` elements from each to the next, to be changed.
  ///
  /// - Parameter buffer: what they are read into, and written from afterwards, when they are in a file.
  func update(
    _ group: Range<Int>, _ buffer: Buffer, _ body: (UnsafeMutablePointer<Scalar>) throws -> Void
  ) throws {
    switch place {
    case .memory(let matrix): try body(matrix.pointer() + group.lowerBound * rows)
    case .file(let matrix):
      let memory = PanelMatrix.reserve(group.count * rows, buffer)
      try matrix.read(rows: 0..<rows, columns: group, into: memory, rows)
      try body(memory)
      try matrix.write(rows: 0..<rows, columns: group, from: memory, rows)
    }
  }

  /// Lends a box to be read.
  ///
  /// - Parameters:
  ///   - buffer: what it is read into when it is in a file.
  ///   - body: takes the address of its first element and the elements from each column to the next.
  func read(
    rows range: Range<Int>, _ panel: Range<Int>, _ buffer: Buffer,
    _ body: (UnsafePointer<Scalar>, Int) throws -> Void
  ) throws {
    switch place {
    case .memory(let matrix):
      try body(matrix.pointer() + panel.lowerBound * rows + range.lowerBound, rows)
    case .file(let matrix):
      let memory = PanelMatrix.reserve(panel.count * range.count, buffer)
      try matrix.read(rows: range, columns: panel, into: memory, range.count)
      try body(UnsafePointer(memory), range.count)
    }
  }

  private static func reserve(_ count: Int, _ buffer: Buffer) -> UnsafeMutablePointer<Scalar> {
    let bytes = buffer.reserve(count * MemoryLayout<Scalar>.stride)
    return bytes.bindMemory(to: Scalar.self).baseAddress!
  }

  /// The matrix as an array of that dtype.
  func array(as dtype: DType) throws -> NDArray {
    switch place {
    case .memory(let matrix): try matrix.array(as: dtype)
    case .file(let matrix): try matrix.array(as: dtype)
    }
  }
}
