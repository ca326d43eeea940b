public import TesseraCore

// A user's own functions of whole lines: NumPy's `apply_along_axis`. Lazy; each line is computed when it is read, several at a
// time by several threads.
extension NDArray {
  /// The results of a function of each line along an axis: NumPy's `apply_along_axis` of a function that gives a number. The
  /// shape is that of the array without the axis.
  ///
  /// Where another axis has no positions there are no lines, and the result is empty; NumPy raises, as it does not know the
  /// dtype. The function is called once for each line in an evaluation, or more often where results are read again, in any
  /// order.
  ///
  /// - Throws: `.usage` when `T` is not the array's dtype, and for an axis out of bounds. When it is computed, whatever the
  ///   function throws, and `.memory` for lines that do not fit the budget three times over. What the function needs by
  ///   itself is not counted.
  /// - Complexity: one pass along the last axis; along another, lines are read some 4 MiB at a time, each time with all the
  ///   chunks or pages that they lie in.
  public func applyAlongAxis<T: Element, U: Element>(
    _ function: @escaping @Sendable ([T]) throws -> U, axis: Int
  ) throws -> NDArray {
    let number = try axisOfLines(T.self, axis)
    return try applied(
      LineFunction(length: shape[number], count: nil, dtype: U.dtype) { line, result in
        result.storeBytes(of: try function(lineElements(line, as: T.self)), as: U.self)
      }, axis: number)
  }

  /// The same for a function that gives a line: NumPy's `apply_along_axis` of a function that gives an array of one axis, which
  /// takes the place of the one that lines lie along.
  ///
  /// - Parameter count: elements of each result. NumPy calls the function to find out; here nothing is read yet.
  ///   For 0 it is never called.
  /// - Throws: `.usage` for a negative `count` and, when it is computed, for a result of another number of elements; as for
  ///   functions that give a number, with results of any length beside the lines.
  public func applyAlongAxis<T: Element, U: Element>(
    _ function: @escaping @Sendable ([T]) throws -> [U], axis: Int, count: Int
  ) throws -> NDArray {
    let number = try axisOfLines(T.self, axis)
    guard count >= 0 else {
      throw TesseraError(.usage, "elements of a result", expected: "0 or more", got: "\(count)")
    }
    return try applied(
      LineFunction(length: shape[number], count: count, dtype: U.dtype) { line, result in
        let found = try function(lineElements(line, as: T.self))
        guard found.count == count else {
          throw TesseraError(
            .usage, "elements of a function's result", expected: "\(count)", got: "\(found.count)")
        }
        found.withUnsafeBytes { bytes in
          if let first = bytes.baseAddress { result.copyMemory(from: first, byteCount: bytes.count) }
        }
      }, axis: number)
  }

  private func axisOfLines<T: Element>(_ type: T.Type, _ axis: Int) throws -> Int {
    try requireElement(type)
    return try normalized(axis: axis)
  }

  private func applied(_ function: LineFunction, axis: Int) throws -> NDArray {
    var kept = shape.dimensions
    kept.remove(at: axis)
    let target = try Shape(kept + (function.count.map { [$0] } ?? []))
    if target.count == 0 {
      return try NDArray.zeros(target.dimensions, dtype: function.dtype).withAxis(of: function, at: axis)
    }
    // Lines without elements are read as lines of one, which nobody looks at.
    let lines =
      try function.length == 0
      ? NDArray.zeros(kept + [1], dtype: dtype) : moveaxis(axis, -1)
    let application = Application(function, of: lines.node)
    return try NDArray(.barrier(application), shape: target, dtype: function.dtype)
      .withAxis(of: function, at: axis)
  }

  /// With the last axis, if it is that of a function's results, where the lines' was.
  private func withAxis(of function: LineFunction, at axis: Int) throws -> NDArray {
    try function.count == nil ? self : moveaxis(-1, axis)
  }
}

/// The elements that these bytes are.
private func lineElements<T: Element>(_ bytes: UnsafeRawBufferPointer, as _: T.Type) -> [T] {
  let count = bytes.count / MemoryLayout<T>.stride
  return [T](unsafeUninitializedCapacity: count) { elements, written in
    UnsafeMutableRawBufferPointer(elements).copyMemory(from: bytes)
    written = count
  }
}
