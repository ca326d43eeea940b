import TesseraCore

// Positions added to an axis and taken from it: NumPy's `insert` and `delete`. Nothing is copied or read.

/// An array without one position along an axis.
///
/// - Parameters:
///   - position: from the end when negative.
///   - axis: nil for a position in C order of all elements, a 1-D result.
/// - Throws: `.usage` for a position or an axis out of bounds.
public func delete(_ array: NDArray, _ position: Int, axis: Int? = nil) throws -> NDArray {
  try delete(array, [position], axis: axis)
}

/// The same without several positions, in any order; one that comes twice is taken once.
///
/// - Throws: as for one position.
/// - Complexity: where more than 64 stretches are left, memory of 16 bytes for each, which plans count.
public func delete(_ array: NDArray, _ positions: [Int], axis: Int? = nil) throws -> NDArray {
  guard let axis else { return try delete(array.ravel(), positions, axis: 0) }
  let number = try array.normalized(axis: axis)
  let length = array.shape[number]
  let deleted = try Set(positions.map { try array.position($0, of: length, number) }).sorted()
  if deleted.isEmpty { return array }
  let starts = [0] + deleted.map { $0 + 1 }
  let runs = zip(starts, deleted + [length]).map { $0..<$1 }
  return try array.gathered(runs.filter { !$0.isEmpty }, number)
}

/// The same without a range of positions, whose bounds are those of a slice: from the end when negative, and cut off at the
/// ends of the axis.
///
/// - Throws: `.usage` for an axis out of bounds.
public func delete(_ array: NDArray, _ range: Range<Int>, axis: Int? = nil) throws -> NDArray {
  guard let axis else { return try delete(array.ravel(), range, axis: 0) }
  let number = try array.normalized(axis: axis)
  let length = array.shape[number]
  func bound(_ bound: Int) -> Int { min(max(bound < 0 ? bound + length : bound, 0), length) }
  let (start, stop) = (bound(range.lowerBound), bound(range.upperBound))
  if start >= stop { return array }
  return try array.gathered([0..<start, stop..<length].filter { !$0.isEmpty }, number)
}

/// An array with values before a position along an axis, in the array's dtype.
///
/// - Parameters:
///   - position: from the end when negative; the length of the axis for behind the last.
///   - values: one element, or what broadcasts to an array that has the axis in front: for rows (axis 0) and columns
///     (axis 1) of a matrix, a vector is one of them. Of several that are inserted, the axis is the first one of `values`.
///   - axis: nil for a position in C order of all elements, a 1-D result.
/// - Throws: `.usage` for a position or an axis out of bounds, and values of another shape or more axes.
public func insert(
  _ array: NDArray, _ position: Int, _ values: NDArray, axis: Int? = nil
) throws -> NDArray {
  guard let axis else { return try insert(array.ravel(), position, values, axis: 0) }
  let number = try array.normalized(axis: axis)
  let given = try array.inserted(values).moveaxis(0, number)
  return try array.inserting(given, before: position, number)
}

/// The same with a number.
///
/// - Throws: also for one that the dtype cannot hold.
public func insert(
  _ array: NDArray, _ position: Int, _ value: some ArrayScalar, axis: Int? = nil
) throws -> NDArray {
  try insert(array, position, NDArray(value.scalar.element(of: array.dtype)), axis: axis)
}

/// The same before several positions, which are those of the array as it was: one value for each, in the order of the
/// list where positions are equal.
///
/// - Parameter values: broadcast to the array's shape with the axis as long as the list; before a single position there may
///   be more of them.
/// - Throws: as for one position.
/// - Complexity: where the result is made of more than 64 stretches, memory of 16 bytes for each, which plans count.
public func insert(
  _ array: NDArray, _ positions: [Int], _ values: NDArray, axis: Int? = nil
) throws -> NDArray {
  guard let axis else { return try insert(array.ravel(), positions, values, axis: 0) }
  let number = try array.normalized(axis: axis)
  let (given, length) = (try array.inserted(values), array.shape[number])
  if positions.count == 1 { return try array.inserting(given, before: positions[0], number) }
  let places = try positions.map { try array.position($0, of: length, number, orEnd: true) }
  let all = try given.broadcast(to: array.dimensions(positions.count, number))
  var (ranges, done): ([Range<Int>], Int) = ([], 0)
  for value in places.indices.sorted(by: { (places[$0], $0) < (places[$1], $1) }) {
    if places[value] > done { ranges.append(done..<places[value]) }
    done = places[value]
    ranges.append(length + value..<length + value + 1)
  }
  if length > done { ranges.append(done..<length) }
  return try concatenate([array, all], axis: number).gathered(ranges, number)
}

/// The same with a number before each position.
///
/// - Throws: also for one that the dtype cannot hold.
public func insert(
  _ array: NDArray, _ positions: [Int], _ value: some ArrayScalar, axis: Int? = nil
) throws -> NDArray {
  try insert(array, positions, NDArray(value.scalar.element(of: array.dtype)), axis: axis)
}

extension NDArray {
  /// These ranges of an axis, one after another.
  func gathered(_ ranges: [Range<Int>], _ axis: Int) throws -> NDArray {
    guard ranges.count > NDArray.mostStretches else {
      if ranges.isEmpty { return try part(0..<0, axis) }
      return try concatenate(ranges.map { try part($0, axis) }, axis: axis)
    }
    var end = 0
    let ends = ranges.map { range in
      end = end.saturatingAdd(range.count)
      return end
    }
    return try taken(.stretches(starts: ranges.map(\.lowerBound), ends: ends), axis: axis)
  }

  /// Stretches that are arrays of their own; of more, bounds are listed.
  private static let mostStretches = 64

  /// A range of an axis.
  func part(_ range: Range<Int>, _ axis: Int) throws -> NDArray {
    let whole = [Selection.Item](repeating: .slice(), count: axis)
    return try self[Selection(whole + [.slice(start: range.lowerBound, stop: range.upperBound)])]
  }

  /// The shape with another length of an axis.
  fileprivate func dimensions(_ length: Int, _ axis: Int) -> [Int] {
    var dimensions = shape.dimensions
    dimensions[axis] = length
    return dimensions
  }

  /// A position counted from the front.
  fileprivate func position(
    _ position: Int, of length: Int, _ axis: Int, orEnd: Bool = false
  ) throws -> Int {
    guard position >= -length, position < length || orEnd && position == length else {
      throw TesseraError(
        .usage, "index \(position) is out of bounds for axis \(axis) with size \(length)")
    }
    return position < 0 ? position + length : position
  }

  /// Values to be inserted in this array, of its dtype and with as many axes.
  fileprivate func inserted(_ values: NDArray) throws -> NDArray {
    guard values.ndim <= ndim else {
      throw TesseraError(
        .usage, "values to insert", expected: "at most \(ndim) axes", got: "shape \(values.shape)")
    }
    return try values.astype(dtype).expandDims(axis: Array(0..<ndim - values.ndim))
  }

  /// All of the values before one position of an axis.
  fileprivate func inserting(_ values: NDArray, before index: Int, _ axis: Int) throws -> NDArray {
    let length = shape[axis]
    let place = try position(index, of: length, axis, orEnd: true)
    let all = try values.broadcast(to: dimensions(values.shape[axis], axis))
    return try concatenate([try part(0..<place, axis), all, try part(place..<length, axis)], axis: axis)
  }
}
