import TesseraCore

// Differences and sums of equally spaced samples, and of others. Lazy, in the pass that needs them.
extension NDArray {
  /// The derivative along an axis by differences of neighbours: NumPy's `gradient`. In between it is (next - previous) / 2h; at
  /// the ends the difference of two elements, or of three.
  ///
  /// Floats and complex numbers keep their dtype, integers give float64.
  ///
  /// - Parameters:
  ///   - spacing: h, the distance of neighbours.
  ///   - edgeOrder: 1, or 2 for ends that are right for parabolas too.
  /// - Throws: `.usage` for bools, an axis out of bounds or of fewer than `edgeOrder` + 1 elements, and other orders.
  public func gradient(spacing: Double = 1, axis: Int, edgeOrder: Int = 1) throws -> NDArray {
    let number = try normalized(axis: axis)
    guard edgeOrder == 1 || edgeOrder == 2 else {
      throw TesseraError(.usage, "order of the edges", expected: "1 or 2", got: "\(edgeOrder)")
    }
    let length = shape[number]
    guard length > edgeOrder else {
      throw TesseraError(
        .usage, "length of axis \(number) of a gradient", expected: "at least \(edgeOrder + 1)",
        got: "\(length)")
    }
    let isInteger = dtype.kind == .signed || dtype.kind == .unsigned
    let values = isInteger ? astype(.float64) : self
    func window(_ start: Int, _ count: Int) throws -> NDArray {
      try values.part(start..<start + count, number)
    }
    let between = try (window(2, length - 2) - window(0, length - 2)) / (2 * spacing)
    func edge(_ start: Int, _ weights: [Double]) throws -> NDArray {
      if edgeOrder == 1 { return try (window(start + 1, 1) - window(start, 1)) / spacing }
      return try NDArray.weighted(window(start, 3), weights.map { $0 / spacing }, number)
    }
    let first = try edge(0, [-1.5, 2, -0.5])
    let last = try edge(length - edgeOrder - 1, [0.5, -2, 1.5])
    return try concatenate([first, between, last], axis: number)
  }

  /// The sum of the elements along an axis, each times its weight, one after another.
  private static func weighted(_ array: NDArray, _ weights: [Double], _ axis: Int) throws -> NDArray {
    let terms = try weights.enumerated().map { try array.part($0.offset..<$0.offset + 1, axis) * $0.element }
    return try terms.dropFirst().reduce(terms[0]) { try $0 + $1 }
  }

  /// The derivatives along all axes.
  ///
  /// - Parameter spacing: the distance of neighbours along each axis, or one number for all of them.
  /// - Throws: as for one axis; `.usage` also for another number of spacings.
  public func gradient(spacing: [Double] = [1], edgeOrder: Int = 1) throws -> [NDArray] {
    guard spacing.count == 1 || spacing.count == ndim else {
      throw TesseraError(.usage, "spacings of a gradient", expected: "1 or \(ndim)", got: "\(spacing.count)")
    }
    return try (0..<ndim).map {
      try gradient(spacing: spacing[spacing.count == 1 ? 0 : $0], axis: $0, edgeOrder: edgeOrder)
    }
  }

  /// The integral along an axis by the trapezoidal rule, of samples that are `dx` apart: NumPy's `trapezoid`; 0 of fewer than
  /// two. Floats and complex numbers keep their dtype, integers and bools give float64.
  ///
  /// Neighbours are added in the array's dtype first, in which short integers wrap, as in NumPy.
  ///
  /// - Throws: `.usage` for an axis out of bounds.
  /// - Complexity: one pass.
  public func trapezoid(dx: Double = 1, axis: Int = -1) throws -> NDArray {
    let number = try normalized(axis: axis)
    return try (neighbours(number) * dx / 2.0).sum(axis: number)
  }

  /// The same of samples at positions `x`: a vector, or an array whose differences along the axis broadcast with this one's.
  ///
  /// - Throws: also for positions of another number.
  public func trapezoid(x: NDArray, axis: Int = -1) throws -> NDArray {
    let number = try normalized(axis: axis)
    var distances = try x.diff(axis: x.ndim == 1 ? 0 : axis)
    if x.ndim == 1 {
      var dimensions = [Int](repeating: 1, count: ndim)
      dimensions[number] = distances.size
      distances = try distances.reshape(dimensions)
    }
    return try (distances * neighbours(number) / 2.0).sum(axis: axis)
  }

  /// The sums of two neighbours along an axis.
  private func neighbours(_ axis: Int) throws -> NDArray {
    let count = Swift.max(shape[axis] - 1, 0)
    return try part(Swift.min(1, shape[axis])..<shape[axis], axis) + part(0..<count, axis)
  }

  /// The differences of neighbours of all elements in C order, with more before and behind them: NumPy's `ediff1d`.
  ///
  /// - Parameter toEnd: what follows them, in C order and cast to the array's dtype; likewise `toBegin`.
  /// - Throws: `.usage` for bools, and what is of a kind that the dtype does not hold.
  public func ediff1d(toEnd: NDArray? = nil, toBegin: NDArray? = nil) throws -> NDArray {
    let flat = try ravel()
    let differences = try flat.part(Swift.min(1, size)..<size, 0) - flat.part(0..<Swift.max(size - 1, 0), 0)
    func cast(_ values: NDArray) throws -> NDArray {
      guard values.dtype.kind.isHeld(by: dtype.kind) else {
        throw TesseraError(
          .usage, "dtype of what surrounds differences", expected: "of the kind of \(dtype)",
          got: values.dtype.name)
      }
      return try values.astype(dtype).ravel()
    }
    let parts = try [toBegin.map(cast), differences, toEnd.map(cast)].compactMap { $0 }
    return try concatenate(parts)
  }
}

extension DType.Kind {
  /// Whether NumPy casts it to that kind by its rule 'same_kind'.
  fileprivate func isHeld(by other: DType.Kind) -> Bool { rank <= other.rank }

  private var rank: Int {
    switch self {
    case .bool: 0
    case .unsigned: 1
    case .signed: 2
    case .floating: 3
    case .complex: 4
    }
  }
}
