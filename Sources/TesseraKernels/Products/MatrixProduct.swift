import CTesseraKernels
package import TesseraCore

/// Products of matrices in memory by loops of Tessera's own, for all dtypes but float16 and bfloat16.
///
/// Integers wrap, and bools are "or" of "and", as NumPy's `matmul`. Blocks of both operands are packed for the caches,
/// and the sums of a tile stay in vector registers; the order of additions follows from the lengths alone.
package enum MatrixProduct {
  // Measured on one thread of an Intel Xeon at 2.8 GHz (AVX-512), float32, 1024 x 1024 x 1024: 62 GFLOP/s, where OpenBLAS
  // 0.3.21 made 75 in the same run.

  /// Bytes of memory that a call is lent.
  package static func scratchBytes(_ dtype: DType) -> Int { tessera_product_scratch(dtype.rawValue) }

  /// C = A B, or C += A B.
  ///
  /// - Parameters:
  ///   - c: its rows are adjacent elements, `leading` elements apart; it shares no memory with A and B.
  ///   - scratch: `scratchBytes` bytes, aligned to 64.
  package static func multiply(
    _ dtype: DType, rows: Int, columns: Int, depth: Int, _ a: MatrixView, _ b: MatrixView,
    into c: UnsafeMutableRawPointer, leading: Int, accumulates: Bool, scratch: UnsafeMutableRawPointer
  ) {
    precondition(dtype != .float16 && dtype != .bfloat16, "half floats are widened before")
    tessera_product(
      dtype.rawValue, rows, columns, depth,
      tessera_matrix(elements: a.elements, row: a.row, column: a.column),
      tessera_matrix(elements: b.elements, row: b.row, column: b.column), c, leading, accumulates ? 1 : 0,
      scratch)
  }
}
