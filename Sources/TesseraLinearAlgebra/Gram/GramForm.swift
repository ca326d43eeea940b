import TesseraCore

/// What a pass computes of the columns of a matrix, and in which numbers.
struct GramForm: Sendable, Hashable {
  let columns: Int
  /// Of the elements as they are multiplied: float32, float64, complex64 or complex128.
  let dtype: DType
  /// Whether deviations from the columns' means are multiplied rather than the elements.
  let isCentred: Bool
  /// Whether rows have weights; then the dtype is float64 or complex128.
  let isWeighted: Bool

  /// Numbers of one column: complex ones are two reals.
  var parts: Int { dtype.kind == .complex ? 2 : 1 }
  /// Reals in a row.
  var reals: Int { columns.saturatingMultiply(parts) }
  /// What products of leaves are added up in.
  var totalDType: DType { dtype.kind == .complex ? .complex128 : .float64 }

  /// Whether columns are scaled where their products would leave the range of the dtype. Products of elements as they are
  /// overflow, as NumPy's.
  var isScaled: Bool { isCentred && dtype.realPart == .float32 }

  /// Rows that are multiplied at one time.
  var panelRows: Int { RowPanel.rows(columns: columns, dtype: dtype) }

  /// Bytes that one thread takes: products, a panel, what is subtracted from it, sums, scales.
  var bytesPerThread: Int {
    let products = columns.saturatingMultiply(columns).saturatingMultiply(dtype.itemSize)
    let panel = RowPanel.bytes(columns: columns, dtype: dtype)
    let vectors = RepeatedRow.bytes(columns: reals, dtype: dtype.realPart).saturatingAdd(
      reals.saturatingMultiply(136))
    return products.saturatingAdd(panel).saturatingAdd(isCentred ? vectors : 0)
      .saturatingAdd(SymmetricProduct.scratchBytes(dtype, columns: columns)).saturatingAdd(
        OpenBLAS.threadBytes)
  }

  /// Bytes of the totals.
  var sharedBytes: Int {
    columns.saturatingMultiply(columns).saturatingMultiply(totalDType.itemSize).saturatingAdd(
      reals.saturatingMultiply(56))
  }

  /// A leaf has rows enough that adding its products to the totals is a small part of making them.
  var leastLeafBytes: Int {
    columns.saturatingMultiply(dtype.itemSize).saturatingMultiply(GramForm.leastLeafRows)
  }

  private static let leastLeafRows = 2048
}
