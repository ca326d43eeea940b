public import TesseraCore

// A user's own elementwise functions, compiled into the user's program: they run fused with everything else, on tiles in
// cache, from several threads at once.
extension NDArray {
  /// Each element through a function: a ufunc of one's own.
  ///
  /// - Throws: `.usage` when `T` is not the array's dtype; whatever the function throws, when computed.
  @inlinable
  public func map<T: Element, U: Element>(_ function: @escaping @Sendable (T) throws -> U) throws -> NDArray {
    try requireElement(T.self)
    return try custom(
      CustomOperation { count, operands, result in
        for index in 0..<count {
          let value = operands[0].element(index, as: T.self)
          result.storeBytes(
            of: try function(value), toByteOffset: index * MemoryLayout<U>.stride, as: U.self)
        }
      }, [], U.dtype)
  }

  /// Pairs of elements through a function of two: a ufunc of one's own, with broadcasting.
  ///
  /// - Throws: `.usage` for other dtypes than `T` and `V`, or shapes that do not broadcast; whatever the function throws,
  ///   when computed.
  @inlinable
  public func zipMap<T: Element, V: Element, U: Element>(
    _ other: NDArray, _ function: @escaping @Sendable (T, V) throws -> U
  ) throws -> NDArray {
    try requireElement(T.self)
    try other.requireElement(V.self)
    return try custom(
      CustomOperation { count, operands, result in
        for index in 0..<count {
          let first = operands[0].element(index, as: T.self)
          let second = operands[1].element(index, as: V.self)
          result.storeBytes(
            of: try function(first, second), toByteOffset: index * MemoryLayout<U>.stride, as: U.self)
        }
      }, [other], U.dtype)
  }

  /// Triples of elements through a function of three: a ufunc of one's own, with broadcasting.
  ///
  /// - Throws: as `zipMap` of two.
  @inlinable
  public func zipMap<T: Element, V: Element, W: Element, U: Element>(
    _ second: NDArray, _ third: NDArray, _ function: @escaping @Sendable (T, V, W) throws -> U
  ) throws -> NDArray {
    try requireElement(T.self)
    try second.requireElement(V.self)
    try third.requireElement(W.self)
    return try custom(
      CustomOperation { count, operands, result in
        for index in 0..<count {
          let first = operands[0].element(index, as: T.self)
          let second = operands[1].element(index, as: V.self)
          let third = operands[2].element(index, as: W.self)
          result.storeBytes(
            of: try function(first, second, third), toByteOffset: index * MemoryLayout<U>.stride, as: U.self)
        }
      }, [second, third], U.dtype)
  }

  @usableFromInline
  func custom(_ operation: CustomOperation, _ others: [NDArray], _ dtype: DType) throws -> NDArray {
    let common = try others.reduce(shape) { try NDArray.broadcastShape($0, $1.shape) }
    return NDArray(.custom(operation, [node] + others.map(\.node)), shape: common, dtype: dtype)
  }

  @usableFromInline
  func requireElement<T: Element>(_ type: T.Type) throws {
    guard T.dtype == dtype else {
      throw TesseraError(.usage, "element type", expected: "\(dtype)", got: "\(T.dtype)")
    }
  }
}
