public import TesseraCore

// Coordinates of grids, and numbers evenly spaced on a logarithmic scale. Lazy; they take no memory.
extension NDArray {
  /// `base` to the powers of `count` numbers from `start` to `stop`: NumPy's `logspace`.
  ///
  /// - Parameter dtype: float64 is what they are computed in; integers lose their fractions.
  /// - Throws: `.usage` for a negative count.
  public static func logspace(
    _ start: Double, _ stop: Double, count: Int = 50, endpoint: Bool = true, base: Double = 10,
    dtype: DType = .float64
  ) throws -> NDArray {
    let exponents = try linspace(start, stop, count: count, endpoint: endpoint)
    return try NDArray.binary(.power, base, exponents).astype(dtype)
  }

  /// `count` numbers from `start` to `stop` of which each is the same multiple of the one before: NumPy's `geomspace`.
  ///
  /// The first is `start` and, unless `endpoint` is false, the last is `stop` to the bit. Of numbers of different signs what
  /// lies between them is NaN.
  ///
  /// - Parameter dtype: as for `logspace`.
  /// - Throws: `.usage` for a negative count, and where either is 0.
  public static func geomspace(
    _ start: Double, _ stop: Double, count: Int = 50, endpoint: Bool = true, dtype: DType = .float64
  ) throws -> NDArray {
    guard start != 0, stop != 0 else {
      throw TesseraError(.usage, "Geometric sequence cannot include zero", got: "\(start) to \(stop)")
    }
    guard count >= 0 else {
      throw TesseraError(.usage, "number of samples", expected: "0 or more", got: "\(count)")
    }
    let first = try full([Swift.min(count, 1)], start)
    if count < 2 { return first.astype(dtype) }
    let sign: Double = start < 0 ? -1 : 1
    let ends = try [start, stop].map { try NDArray.unary(.log10, NDArray($0 * sign)) }
    let step = try (ends[1] - ends[0]) / Double(endpoint ? count - 1 : count)
    let exponents = try arange(1, endpoint ? count - 1 : count, dtype: .float64) * step + ends[0]
    let between = try NDArray.binary(.power, 10.0, exponents) * sign
    let last = try full([endpoint ? 1 : 0], stop)
    return try concatenate([first, between, last]).astype(dtype)
  }

  /// The order of the axes of a grid.
  public enum MeshIndexing: Sendable {
    /// Of points in the plane: the first array runs along axis 1, the second along axis 0.
    case xy
    /// Of a matrix: each array runs along the axis of its own number.
    case ij
  }

  /// The positions along each axis of an array of that shape, one axis in front: NumPy's `indices`.
  ///
  /// - Parameter dtype: any but bool and complex ones.
  /// - Throws: `.usage` for negative lengths and other dtypes.
  public static func indices(_ shape: [Int], dtype: DType = .int64) throws -> NDArray {
    _ = try Shape(shape)
    if shape.isEmpty { return try zeros([0], dtype: dtype) }
    return try stack(meshgrid(shape.map { try arange($0, dtype: dtype) }, indexing: .ij))
  }
}

/// The coordinates of the points of a grid whose lines are at these positions, an array for each of those given: NumPy's
/// `meshgrid`. Nothing is copied or read.
///
/// - Parameters:
///   - arrays: lines; what has another number of axes is taken in C order. They keep their dtypes.
///   - indexing: which axis the first two run along.
///   - sparse: with length 1 along all axes but their own, so that they broadcast.
/// - Throws: `.usage` for more points than there can be.
public func meshgrid(
  _ arrays: [NDArray], indexing: NDArray.MeshIndexing = .xy, sparse: Bool = false
) throws -> [NDArray] {
  var lengths = [Int](repeating: 1, count: arrays.count)
  let lines = try arrays.enumerated().map { number, array in
    let axis = indexing == .xy && arrays.count > 1 && number < 2 ? 1 - number : number
    lengths[axis] = array.size
    var dimensions = [Int](repeating: 1, count: arrays.count)
    dimensions[axis] = array.size
    return try array.reshape(dimensions)
  }
  return sparse ? lines : try lines.map { try $0.broadcast(to: lengths) }
}
