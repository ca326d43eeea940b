import TesseraCore
public import TesseraStorage

// Where elements are not zero, axis by axis: NumPy's `nonzero` and `argwhere`.
extension NDArray {
  /// The positions of elements that are not zero, in C order: for each axis a list of int64. NumPy's `nonzero`. What is not
  /// zero is found now; each list is made of it when it is read.
  ///
  /// - Throws: `.usage` for a scalar; as `flatnonzero`.
  /// - Complexity: as `flatnonzero`.
  public func nonzero(options: TransferOptions = .init()) throws -> [NDArray] {
    guard ndim > 0 else { throw TesseraError(.usage, "Calling nonzero on 0d arrays is not allowed") }
    let flat = try NDArray(flatnonzero(options: options))
    return try shape.indices.map { axis in
      let inner = shape.dimensions[(axis + 1)...].saturatingProduct()
      let outer = try floorDivide(flat, Swift.max(inner, 1))
      return axis == 0 ? outer : try outer % Swift.max(shape[axis], 1)
    }
  }

  /// The same positions as the rows of a matrix with a column for each axis: NumPy's `argwhere`. Of a scalar, one row or none,
  /// without columns.
  ///
  /// - Throws: as `flatnonzero`.
  /// - Complexity: as `flatnonzero`.
  public func argwhere(options: TransferOptions = .init()) throws -> NDArray {
    if ndim == 0 { return try .zeros([flatnonzero(options: options).count, 0], dtype: .int64) }
    return try stack(nonzero(options: options), axis: 1)
  }
}
