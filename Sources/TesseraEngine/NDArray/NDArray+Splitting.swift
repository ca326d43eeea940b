import TesseraCore
import TesseraStorage

// Parts along an axis: NumPy's `split` and its relatives. Views: nothing is copied.
extension NDArray {
  /// Equal parts along an axis.
  ///
  /// - Throws: `.usage` when the axis does not divide into that many, and for one out of bounds; `.memory` for more parts
  ///   than there is memory for.
  public func split(_ sections: Int, axis: Int = 0) throws -> [NDArray] {
    let axis = try normalized(axis: axis)
    guard sections > 0, shape[axis] % sections == 0 else {
      throw TesseraError(
        .usage, "array split does not result in an equal division", expected: "a divisor of \(shape[axis])",
        got: "\(sections)")
    }
    return try arraySplit(sections, axis: axis)
  }

  /// Parts along an axis that begin at these positions, the first one at 0; beyond the end they are empty.
  ///
  /// - Throws: `.usage` for an axis out of bounds.
  public func split(at positions: [Int], axis: Int = 0) throws -> [NDArray] {
    let axis = try normalized(axis: axis)
    let bounds = [0] + positions + [shape[axis]]
    return try zip(bounds, bounds.dropFirst()).map { start, stop in
      let whole = [Selection.Item](repeating: .slice(), count: axis)
      return try self[Selection(whole + [.slice(start: start, stop: stop)])]
    }
  }

  /// So many parts along an axis as equal as can be, the first ones longer by one: NumPy's `array_split`. Of more parts than
  /// there are positions the last ones are empty. At positions, `split` is the same.
  ///
  /// - Throws: `.usage` for no or negative sections and an axis out of bounds; `.memory` for more parts than there is memory
  ///   for.
  public func arraySplit(_ sections: Int, axis: Int = 0) throws -> [NDArray] {
    let number = try normalized(axis: axis)
    guard sections > 0 else {
      throw TesseraError(.usage, "number sections must be larger than 0", got: "\(sections)")
    }
    // Each has a node with a shape and a selection of its own, of some hundred bytes.
    try MemoryModel.requireAvailable(sections.saturatingMultiply(256), for: "\(sections) parts")
    let (length, longer) = shape[number].quotientAndRemainder(dividingBy: sections)
    return try split(at: (1..<sections).map { $0 * length + Swift.min($0, longer) }, axis: number)
  }

  /// Equal parts of the rows, which are axis 0.
  ///
  /// - Throws: `.usage` for fewer than two axes, and as `split`.
  public func vsplit(_ sections: Int) throws -> [NDArray] {
    try requireAxes(2, "vsplit")
    return try split(sections, axis: 0)
  }

  /// Parts of the rows that begin at these positions. Throws as `vsplit`.
  public func vsplit(at positions: [Int]) throws -> [NDArray] {
    try requireAxes(2, "vsplit")
    return try split(at: positions, axis: 0)
  }

  /// Equal parts of the columns, which are axis 1; of a vector, of its elements.
  ///
  /// - Throws: `.usage` for a scalar, and as `split`.
  public func hsplit(_ sections: Int) throws -> [NDArray] {
    try requireAxes(1, "hsplit")
    return try split(sections, axis: ndim > 1 ? 1 : 0)
  }

  /// Parts of the columns that begin at these positions. Throws as `hsplit`.
  public func hsplit(at positions: [Int]) throws -> [NDArray] {
    try requireAxes(1, "hsplit")
    return try split(at: positions, axis: ndim > 1 ? 1 : 0)
  }

  /// Equal parts along axis 2.
  ///
  /// - Throws: `.usage` for fewer than three axes, and as `split`.
  public func dsplit(_ sections: Int) throws -> [NDArray] {
    try requireAxes(3, "dsplit")
    return try split(sections, axis: 2)
  }

  /// Parts along axis 2 that begin at these positions. Throws as `dsplit`.
  public func dsplit(at positions: [Int]) throws -> [NDArray] {
    try requireAxes(3, "dsplit")
    return try split(at: positions, axis: 2)
  }
}
