package import TesseraCore
package import TesseraEngine

/// Matrices in memory as LAPACK takes them: column-major, each without gaps, one after another. Usually one.
///
/// To be written before it is shared, or by threads that write apart from one another.
package final class DenseMatrix<Scalar: LAPACKScalar>: @unchecked Sendable {
  package let rows: Int
  package let columns: Int
  /// How many matrices of that shape there are.
  package let count: Int
  private let memory: MemoryDriver

  /// With elements that are yet to be written.
  ///
  /// Whether there is memory for it is for the caller to check, as `DenseMatrix.bytes` saturates.
  package init(rows: Int, columns: Int, count: Int = 1) throws {
    self.rows = rows
    self.columns = columns
    self.count = count
    memory = MemoryDriver(shape: try Shape([count, columns, rows]), dtype: Scalar.dtype)
  }

  /// Bytes of such matrices, or the largest `Int`.
  package static func bytes(rows: Int, columns: Int, count: Int = 1) -> Int {
    [rows, columns, count].saturatingProduct(MemoryLayout<Scalar>.stride)
  }

  /// What LAPACK calls the leading dimension: elements from one column to the next.
  package var leading: Int { rows }
  package var bytes: Int { memory.bytes.count }

  /// The elements of all matrices; valid while the object lives.
  package var elements: UnsafeMutableBufferPointer<Scalar> { memory.bytes.bindMemory(to: Scalar.self) }

  /// The first element of a matrix; valid while the object lives.
  package func pointer(_ index: Int = 0) -> UnsafeMutablePointer<Scalar> {
    precondition(index >= 0 && index < max(count, 1), "there are \(count) matrices")
    return elements.baseAddress! + index * rows * columns
  }

  package subscript(row: Int, column: Int) -> Scalar {
    get { elements[column * rows + row] }
    set { elements[column * rows + row] = newValue }
  }

  /// The matrices as an array of shape `lead + [rows, columns]`; nothing is copied unless the dtype is another.
  ///
  /// - Parameters:
  ///   - lead: lengths of the axes before those of the matrices, whose product is `count`.
  ///   - dtype: of the array; the scalars' own when nil.
  package func array(_ lead: [Int] = [], as dtype: DType? = nil) throws -> NDArray {
    let transposed = try Shape(lead + [columns, rows])
    return try NDArray(converted(dtype, to: transposed)).swapaxes(-2, -1)
  }

  /// Matrices of one column as an array of vectors, of shape `lead + [rows]`.
  package func vectors(_ lead: [Int] = [], as dtype: DType? = nil) throws -> NDArray {
    precondition(columns == 1, "vectors are matrices of one column")
    return NDArray(try converted(dtype, to: try Shape(lead + [rows])))
  }

  private func converted(_ dtype: DType?, to shape: Shape) throws -> MemoryDriver {
    guard let dtype, dtype != Scalar.dtype else { return memory.reshaped(shape) }
    return MemoryDriver(shape: shape, dtype: dtype) { target in
      convert(elements.count, to: dtype, target.baseAddress!)
    }
  }
}
