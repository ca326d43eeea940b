import TesseraCore
public import TesseraStorage

// Positions that are listed or marked: NumPy's `take`, `compress` and `flatnonzero`.
extension NDArray {
  /// The elements at these positions along an axis, in the order asked for and with repeats: NumPy's `take`.
  ///
  /// The shape is that of the array with `indices.count` in place of the axis's length. Nothing is read.
  ///
  /// - Parameters:
  ///   - indices: negative ones from the end.
  ///   - axis: nil for positions in C order of all elements, a 1-D result.
  /// - Throws: `.usage` for an index or an axis out of bounds.
  /// - Complexity: read again, positions near one another are read together; of a compressed store, a chunk once for
  ///   all of its positions in a block. Memory of 8 bytes for each position, which plans count: that of `indices` itself
  ///   where none is negative, a list of its own otherwise.
  public func take(_ indices: [Int], axis: Int? = nil) throws -> NDArray {
    guard let axis, !isScalarWithAxis(axis) else { return try ravel().take(indices, axis: 0) }
    let number = try normalized(axis: axis)
    let length = shape[number]
    if length == 0, !indices.isEmpty {
      throw TesseraError(.usage, "cannot do a non-empty take from an empty axes.")
    }
    if let wrong = indices.first(where: { $0 >= length || $0 < -length }) {
      throw TesseraError(.usage, "index \(wrong) is out of bounds for axis \(number) with size \(length)")
    }
    let isCounted = indices.allSatisfy { $0 >= 0 }
    return try taken(
      .listed(isCounted ? indices : indices.map { $0 < 0 ? $0 + length : $0 }), axis: number)
  }

  /// The same for an array of indices, whose shape takes the axis's place.
  ///
  /// - Parameter indices: of whole numbers or bools; computed now.
  /// - Throws: `.usage` for other dtypes, and for uint64, which does not fit int64; as `take` and `evaluate`.
  /// - Complexity: one pass over `indices`, 16 bytes of memory for each.
  public func take(
    _ indices: NDArray, axis: Int? = nil, options: TransferOptions = .init()
  ) throws -> NDArray {
    guard [.bool, .signed, .unsigned].contains(indices.dtype.kind), indices.dtype != .uint64 else {
      throw TesseraError(
        .usage,
        "Cannot cast array data from dtype('\(indices.dtype)') to dtype('int64') according to the rule 'safe'"
      )
    }
    guard let axis, !isScalarWithAxis(axis) else {
      return try ravel().take(indices, axis: 0, options: options)
    }
    let number = try normalized(axis: axis)
    let dimensions = shape.dimensions
    return try take(indices.positions(options), axis: number).reshape(
      dimensions[..<number] + indices.shape.dimensions + dimensions[(number + 1)...])
  }

  /// The elements at positions that are within an axis.
  func taken(_ positions: Positions, axis: Int) throws -> NDArray {
    var dimensions = shape.dimensions
    dimensions[axis] = positions.count
    return NDArray(.take(positions, node, axis: axis), shape: try Shape(dimensions), dtype: dtype)
  }

  /// Whole numbers as Swift values, in C order; computed now. Those that int64 does not have wrap.
  func positions(_ options: TransferOptions) throws -> [Int] {
    try astype(.int64).elements(as: Int.self, options: options)
  }

  /// The positions along an axis at which a condition holds: NumPy's `compress`. With a mask of the array's own shape,
  /// `x.compress(mask.ravel())` is NumPy's `x[mask]`; with one for rows, `x.compress(mask, axis: 0)`.
  ///
  /// - Parameters:
  ///   - condition: 1-D; what is not zero counts as true. It may be shorter than the axis, whose rest is left out, and
  ///     longer, where it is false. Computed now.
  ///   - axis: nil for all elements in C order, a 1-D result.
  /// - Throws: `.usage` for a condition of another rank, or true beyond the axis; as `evaluate`.
  /// - Complexity: one pass over `condition`; memory of 8 bytes for each position that is kept.
  public func compress(
    _ condition: NDArray, axis: Int? = nil, options: TransferOptions = .init()
  ) throws -> NDArray {
    guard condition.ndim == 1 else {
      throw TesseraError(.usage, "condition must be a 1-d array", got: "shape \(condition.shape)")
    }
    return try take(condition.flatnonzero(options: options), axis: axis)
  }

  /// The positions of elements that are not zero, in C order: NumPy's `flatnonzero`. Computed now, in pieces.
  ///
  /// - Throws: `.memory` when so many positions do not fit half of the budget, or what is computed does not fit beside them;
  ///   as `evaluate`.
  /// - Complexity: one pass; memory of 8 bytes for each position.
  public func flatnonzero(options: TransferOptions = .init()) throws -> [Int] {
    let (flat, held) = try astype(.bool).ravel().withFinishedBarriers(options)
    var positions: [Int] = []
    var working = options
    for start in stride(from: 0, to: size, by: NDArray.maskPiece) {
      try options.checkCancellation()
      let piece = try flat[start..<Swift.min(size, start + NDArray.maskPiece)]
      working.heldBytes = options.heldBytes.saturatingAdd(held).saturatingAdd(positions.count * 8)
      let isSet = try piece.elements(as: Bool.self, options: working)
      for (place, isSet) in isSet.enumerated() where isSet { positions.append(start + place) }
      guard positions.count <= options.memory / 16 else {
        throw TesseraError(
          .memory, "positions of a mask",
          expected: "at most \(options.memory / 16), 8 bytes each in half of --memory",
          got: "\(positions.count) among the first \(start + isSet.count)")
      }
    }
    return positions
  }

  /// The same elements, of which parts are computed without what reductions beneath them had to read; and the bytes that
  /// stay in memory for it.
  private func withFinishedBarriers(_ options: TransferOptions) throws -> (array: NDArray, held: Int) {
    var evaluation = Evaluation([node], options: options, gathersOutputs: false)
    try evaluation.run()
    let driver = try NodeSource.driver(of: node, results: evaluation.finished)
    return (NDArray(.source(Source(driver)), shape: shape, dtype: dtype), evaluation.heldBytes)
  }

  /// Elements of a mask that are computed at a time.
  private static let maskPiece = 4 << 20
}
