import TesseraCore

// Elements moved along, repeated and surrounded: NumPy's `roll`, `tile`, `repeat`, `pad`. Nothing is copied or read.
extension NDArray {
  /// The elements moved on by so many places along an axis, those that fall off the end coming in at the beginning.
  ///
  /// - Parameters:
  ///   - shift: negative ones move to the beginning.
  ///   - axis: nil for all elements in C order; the shape stays.
  /// - Throws: `.usage` for an axis out of bounds.
  public func roll(_ shift: Int, axis: Int? = nil) throws -> NDArray {
    guard let axis else { return try ravel().roll(shift, axis: 0).reshape(shape.dimensions) }
    let number = try normalized(axis: axis)
    let length = shape[number]
    let places = length == 0 ? 0 : (shift % length + length) % length
    if places == 0 { return self }
    let parts = try split(at: [length - places], axis: number)
    return try concatenate([parts[1], parts[0]], axis: number)
  }

  /// The same along several axes, each by its own shift; shifts of one axis add up.
  ///
  /// - Throws: `.usage` for axes out of bounds, and for other numbers of shifts and axes.
  public func roll(_ shifts: [Int], axis axes: [Int]) throws -> NDArray {
    guard shifts.count == axes.count else {
      throw TesseraError(
        .usage, "shifts and axes", expected: "as many of both", got: "\(shifts.count), \(axes.count)")
    }
    return try zip(shifts, axes).reduce(self) { try $0.roll($1.0, axis: $1.1) }
  }

  /// The whole array repeated along its last axes, or along new ones in front of it: NumPy's `tile`.
  ///
  /// - Throws: `.usage` for negative numbers.
  public func tile(_ repeats: [Int]) throws -> NDArray {
    try NDArray.requireCounts(repeats)
    let rank = Swift.max(ndim, repeats.count)
    let counts = [Int](repeating: 1, count: rank - repeats.count) + repeats
    let lengths = [Int](repeating: 1, count: rank - ndim) + shape.dimensions
    let spread = zip(counts, lengths).flatMap { [$0, $1] }
    let items = lengths.indices.flatMap { axis -> [Selection.Item] in
      axis < rank - ndim ? [.newAxis, .newAxis] : [.newAxis, .slice()]
    }
    return try self[Selection(items)].broadcast(to: spread)
      .reshape(zip(counts, lengths).map { $0.saturatingMultiply($1) })
  }

  /// The whole array repeated along its last axis.
  public func tile(_ count: Int) throws -> NDArray { try tile([count]) }

  /// Every element so many times in a row: NumPy's `repeat`.
  ///
  /// - Parameter axis: nil for all elements in C order, a 1-D result.
  /// - Throws: `.usage` for a negative number, and an axis out of bounds.
  public func `repeat`(_ count: Int, axis: Int? = nil) throws -> NDArray {
    guard let axis, !isScalarWithAxis(axis) else { return try ravel().repeat(count, axis: 0) }
    try NDArray.requireCounts([count])
    let number = try normalized(axis: axis)
    var spread = shape.dimensions
    spread.insert(count, at: number + 1)
    var lengths = shape.dimensions
    lengths[number] = lengths[number].saturatingMultiply(count)
    return try expandDims(axis: number + 1).broadcast(to: spread).reshape(lengths)
  }

  /// Every element along an axis as often as the number at its position says.
  ///
  /// - Parameter axis: nil for all elements in C order, a 1-D result.
  /// - Throws: `.usage` for negative numbers, for another number of them than there are positions (one stands for all),
  ///   an axis out of bounds, and results that are too large.
  /// - Complexity: memory of 8 bytes for each number, which plans count.
  public func `repeat`(_ counts: [Int], axis: Int? = nil) throws -> NDArray {
    guard let axis, !isScalarWithAxis(axis) else { return try ravel().repeat(counts, axis: 0) }
    if counts.count == 1 { return try self.repeat(counts[0], axis: axis) }
    try NDArray.requireCounts(counts)
    let number = try normalized(axis: axis)
    guard counts.count == shape[number] else {
      throw TesseraError(
        .usage, "operands could not be broadcast together with shape (\(shape[number]),) (\(counts.count),)")
    }
    var end = 0
    let ends = counts.map { count in
      end = end.saturatingAdd(count)
      return end
    }
    return try taken(.repeated(ends: ends), axis: number)
  }

  private static func requireCounts(_ counts: [Int]) throws {
    if let negative = counts.first(where: { $0 < 0 }) {
      throw TesseraError(
        .usage, "repeats may not contain negative values", expected: "0 or more", got: "\(negative)")
    }
  }

  /// What surrounds an array that is padded.
  public enum PadMode: Sendable {
    /// A number, converted to the array's dtype.
    case constant(any ArrayScalar)
    /// The outermost elements.
    case edge
    /// Elements mirrored at the outermost ones, which are not repeated.
    case reflect
    /// Elements mirrored beyond the outermost ones, which are repeated.
    case symmetric
    /// Elements of the other end.
    case wrap
  }

  /// The array with more elements before and after those of each axis: NumPy's `pad`.
  ///
  /// - Parameter widths: how many, for each axis; a single pair is that of all axes.
  /// - Throws: `.usage` for negative widths, for another number of pairs than there are axes, for an empty axis that there
  ///   is nothing to extend with, for an integer that the dtype does not have, and for results that are too large.
  /// - Complexity: no memory, however wide. Read again, what is added reads the elements that it repeats.
  public func pad(_ widths: [(before: Int, after: Int)], mode: PadMode = .constant(0)) throws -> NDArray {
    guard widths.count == 1 || widths.count == ndim else {
      throw TesseraError(
        .usage, "widths of padding", expected: "one pair, or \(ndim)", got: "\(widths.count)")
    }
    if widths.contains(where: { $0.before < 0 || $0.after < 0 }) {
      throw TesseraError(.usage, "index can't contain negative values")
    }
    let all = (0..<ndim).map { widths[widths.count == 1 ? 0 : $0] }
    switch mode {
    case .constant(let value): return try surrounded(all, by: value)
    case .edge: return try extended(all, .edge)
    case .reflect: return try extended(all, .reflect)
    case .symmetric: return try extended(all, .symmetric)
    case .wrap: return try extended(all, .wrap)
    }
  }

  /// The same with as many elements on every side.
  public func pad(_ width: Int, mode: PadMode = .constant(0)) throws -> NDArray {
    try pad([(width, width)], mode: mode)
  }

  private func surrounded(
    _ widths: [(before: Int, after: Int)], by value: any ArrayScalar
  ) throws -> NDArray {
    try widths.indices.reduce(self) { array, axis in
      let width = widths[axis]
      if width.before == 0, width.after == 0 { return array }
      let parts = try [width.before, width.after].map { count in
        var dimensions = array.shape.dimensions
        dimensions[axis] = count
        return try NDArray.full(dimensions, value, dtype: dtype)
      }
      return try concatenate([parts[0], array, parts[1]], axis: axis)
    }
  }

  /// Axis by axis, what is added being taken from this array itself, so that there are two more parts for each axis rather
  /// than three times as many. Short axes come first: along those before it every position of a part is looked up.
  private func extended(
    _ widths: [(before: Int, after: Int)], _ mode: Positions.BeyondEnds
  ) throws -> NDArray {
    let axes = widths.indices.filter { widths[$0].before > 0 || widths[$0].after > 0 }
      .sorted { (shape[$0], $0) < (shape[$1], $1) }
    if let empty = axes.first(where: { shape[$0] == 0 }) {
      throw TesseraError(
        .usage, "can't extend empty axis \(empty) using modes other than 'constant' or 'empty'")
    }
    // Before positions are computed that may be beyond any number.
    _ = try Shape(zip(shape.dimensions, widths).map { $0.saturatingAdd($1.before).saturatingAdd($1.after) })
    func positions(_ range: Range<Int>, _ axis: Int) -> Positions {
      .beyond(range: range, length: shape[axis], mode)
    }
    var result = self
    for (number, axis) in axes.enumerated() {
      let (width, length) = (widths[axis], shape[axis])
      let parts = try [-width.before..<0, length..<length + width.after].map { range in
        try axes[..<number].reduce(taken(positions(range, axis), axis: axis)) { part, before in
          let all = -widths[before].before..<shape[before] + widths[before].after
          return try part.taken(positions(all, before), axis: before)
        }
      }
      result = try concatenate([parts[0], result, parts[1]], axis: axis)
    }
    return result
  }
}
