public import TesseraCore
public import TesseraStorage

/// An N-dimensional array that is computed when its elements are needed: a file, memory, or an expression of others.
///
/// A value of this type is a handle on a description of the computation; making one reads nothing. Names, dtypes, broadcasting
/// and edge cases are NumPy 2's. Mistakes of shape or dtype are thrown where the expression is made. Elements are
/// computed by `evaluate`, `elements`, `item` and `write`, block by block within a memory budget, each stored
/// block read once per pass.
public struct NDArray: Sendable {
  package let node: Node

  package init(_ node: Node) { self.node = node }

  package init(_ operation: Operation, shape: Shape, dtype: DType) {
    node = Node(operation, shape: shape, dtype: dtype)
  }

  /// The lengths of the axes.
  public var shape: Shape { node.shape }
  /// The number of axes.
  public var ndim: Int { node.shape.rank }
  /// The number of elements.
  public var size: Int { node.shape.count }
  /// The dtype of the elements.
  public var dtype: DType { node.dtype }
  /// Bytes per element.
  public var itemsize: Int { node.dtype.itemSize }
  /// Bytes of all elements.
  public var nbytes: Int { node.shape.count * node.dtype.itemSize }

  /// An array on disk, of any form `StoredArray.open` takes; only metadata is read.
  ///
  /// - Throws: as `StoredArray.open`.
  public static func open(_ path: String) throws -> NDArray { NDArray(try StoredArray.open(path)) }

  /// An array that is open already.
  public init(_ stored: StoredArray) {
    self.init(.source(Source(stored.driver)), shape: stored.shape, dtype: stored.dtype)
  }

  package init(_ memory: MemoryDriver) {
    let description = memory.description
    self.init(
      .source(Source(memory, isInMemory: true)), shape: description.shape, dtype: description.dtype!)
  }

  /// The elements converted to another dtype, as NumPy's `astype(casting="unsafe")`.
  public func astype(_ dtype: DType) -> NDArray {
    dtype == self.dtype ? self : NDArray(.cast(node), shape: shape, dtype: dtype)
  }
}
