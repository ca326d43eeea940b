import TesseraCore

/// The QR decomposition of a tall matrix, or of its product with a small one, as a pass computes it.
struct TallQRForm<Scalar: LAPACKScalar>: Sendable {
  /// Columns of the matrix that is read.
  let columns: Int
  /// What rows are multiplied by first, if anything: as many rows as the matrix has columns.
  let projection: DenseMatrix<Scalar>?

  private var itemSize: Int { MemoryLayout<Scalar>.stride }
  /// Columns of what is decomposed.
  var width: Int { projection?.columns ?? columns }
  /// Rows that are decomposed at one time.
  var panelRows: Int { RowPanel.rows(columns: max(columns, width), dtype: Scalar.dtype) }

  /// The triangle, the panel below it, what LAPACK and OpenBLAS need.
  var bytesPerThread: Int {
    let rows = width.saturatingAdd(panelRows)
    let raw = projection == nil ? 0 : RowPanel.bytes(columns: columns, dtype: Scalar.dtype)
    return rows.saturatingMultiply(width).saturatingMultiply(itemSize)
      .saturatingAdd(TriangularFactor<Scalar>.scratchBytes(columns: width)).saturatingAdd(raw)
      .saturatingAdd(OpenBLAS.threadBytes)
  }

  var triangleBytes: Int { width.saturatingMultiply(width).saturatingMultiply(itemSize) }

  /// A leaf has rows enough that merging its triangle is a small part of making it.
  var leastLeafBytes: Int {
    max(2048, width.saturatingMultiply(4)).saturatingMultiply(columns).saturatingMultiply(itemSize)
  }
}
