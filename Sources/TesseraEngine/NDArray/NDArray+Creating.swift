public import TesseraCore
import TesseraKernels
import TesseraStorage

extension NDArray {
  /// Swift values as a 1-D array, or under the given shape in C order.
  ///
  /// - Throws: `.usage` when the shape has another number of elements.
  public init<T: Element>(_ elements: [T], shape: [Int]? = nil) throws {
    let shape = try Shape(shape ?? [elements.count])
    guard shape.count == elements.count else {
      throw TesseraError(
        .usage, "elements for shape \(shape)", expected: "\(shape.count)", got: "\(elements.count)")
    }
    self.init(
      MemoryDriver(shape: shape, dtype: T.dtype) { target in
        elements.withUnsafeBytes { target.copyMemory(from: $0) }
      })
  }

  /// A scalar, of shape `()`.
  public init<T: Element>(_ value: T) {
    let bytes = withUnsafeBytes(of: value) { Array($0) }
    self.init(.constant(bytes), shape: Shape(known: []), dtype: T.dtype)
  }

  /// An array of one value, which takes the memory of one element.
  ///
  /// - Parameter dtype: the value's own when nil: int64 of an integer literal, float64 of a fraction.
  /// - Throws: `.usage` for an integer that the dtype cannot hold, and negative lengths.
  public static func full(_ shape: [Int], _ value: some ArrayScalar, dtype: DType? = nil) throws -> NDArray {
    let scalar = try value.scalar.constant(dtype ?? value.scalar.defaultDType)
    return try NDArray(scalar).broadcast(to: shape)
  }

  /// An array of zeros, as `full`.
  public static func zeros(_ shape: [Int], dtype: DType = .float64) throws -> NDArray {
    try full(shape, 0, dtype: dtype)
  }

  /// An array of ones, as `full`.
  public static func ones(_ shape: [Int], dtype: DType = .float64) throws -> NDArray {
    try full(shape, 1, dtype: dtype)
  }
}
