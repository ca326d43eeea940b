import TesseraCore

// Planes turned and mirrored: views, nothing is copied.
extension NDArray {
  /// The array turned by 90 degrees in the plane of two axes, from the first towards the second: NumPy's `rot90`.
  ///
  /// - Parameter k: how many times; negative ones turn the other way.
  /// - Throws: `.usage` for axes out of bounds, and one given twice.
  public func rot90(k: Int = 1, axes: (Int, Int) = (0, 1)) throws -> NDArray {
    let (first, second) = (try normalized(axis: axes.0), try normalized(axis: axes.1))
    guard first != second else { throw TesseraError(.usage, "Axes must be different.", got: "\(axes)") }
    switch (k % 4 + 4) % 4 {
    case 0: return self
    case 1: return try flip(axis: second).swapaxes(first, second)
    case 2: return try flip(axis: [first, second])
    default: return try swapaxes(first, second).flip(axis: second)
    }
  }

  /// The columns in reverse order, which are axis 1.
  ///
  /// - Throws: `.usage` for fewer than two axes.
  public func fliplr() throws -> NDArray {
    try requireAxes(2, "fliplr")
    return try flip(axis: 1)
  }

  /// The rows in reverse order, which are axis 0.
  ///
  /// - Throws: `.usage` for a scalar.
  public func flipud() throws -> NDArray {
    try requireAxes(1, "flipud")
    return try flip(axis: 0)
  }

  /// - Throws: `.usage` for fewer axes than `name` works on.
  func requireAxes(_ count: Int, _ name: String) throws {
    guard ndim >= count else {
      throw TesseraError(.usage, "axes for \(name)", expected: "\(count) or more", got: "\(ndim)")
    }
  }
}
