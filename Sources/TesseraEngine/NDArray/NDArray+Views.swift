public import TesseraCore

// Views: other ways to walk the same elements; nothing is copied or read.
extension NDArray {
  private func view(_ map: AccessMap, _ dimensions: [Int]) throws -> NDArray {
    NDArray(.view(map, node), shape: try Shape(dimensions), dtype: dtype)
  }

  /// NumPy's basic indexing.
  ///
  /// - Throws: `.usage` as `Selection.resolve`.
  public subscript(_ selection: Selection) -> NDArray {
    get throws {
      let resolved = try selection.resolve(shape)
      return try view(AccessMap(resolved), resolved.resultShape.dimensions)
    }
  }

  /// The axes in another order, reversed when none is given: NumPy's `transpose`.
  ///
  /// - Throws: `.usage` unless every axis is given once.
  public func transposed(_ axes: [Int]? = nil) throws -> NDArray {
    let order = try axes.map { try normalized($0) } ?? Array((0..<ndim).reversed())
    guard order.count == ndim else {
      throw TesseraError(.usage, "axes don't match array", expected: "\(ndim)", got: "\(order.count)")
    }
    return try view(AccessMap(transposing: order), order.map { shape[$0] })
  }

  /// Axes moved to new positions, the others in their order: NumPy's `moveaxis`.
  ///
  /// - Throws: `.usage` for axes out of bounds or given twice, and for other numbers of sources and destinations.
  public func moveaxis(_ source: [Int], _ destination: [Int]) throws -> NDArray {
    let (from, to) = (try normalized(source), try normalized(destination))
    guard from.count == to.count else {
      throw TesseraError(
        .usage, "source and destination axes", expected: "as many of both", got: "\(from.count), \(to.count)")
    }
    var order = (0..<ndim).filter { !from.contains($0) }
    for (place, axis) in zip(to, from).sorted(by: { $0.0 < $1.0 }) { order.insert(axis, at: place) }
    return try transposed(order)
  }

  /// One axis moved to a new position. Throws as the same for several.
  public func moveaxis(_ source: Int, _ destination: Int) throws -> NDArray {
    try moveaxis([source], [destination])
  }

  /// Two axes in one another's place.
  ///
  /// - Throws: `.usage` for axes out of bounds.
  public func swapaxes(_ first: Int, _ second: Int) throws -> NDArray {
    var order = Array(0..<ndim)
    order.swapAt(try normalized(axis: first), try normalized(axis: second))
    return try transposed(order)
  }

  /// Elements in reverse order along axes, all of them by default.
  ///
  /// - Throws: `.usage` for axes out of bounds or given twice.
  public func flip(axis: (any ArrayAxes)? = nil) throws -> NDArray {
    let axes = try axis?.list(ndim) ?? Array(0..<ndim)
    return try self[
      Selection((0..<ndim).map { axes.contains($0) ? .slice(step: -1) : .slice() })]
  }

  /// New axes of length 1 at these positions of the result.
  ///
  /// - Throws: `.usage` for positions out of bounds or given twice.
  public func expandDims(axis: any ArrayAxes) throws -> NDArray {
    let rank = ndim + axis.axes.values.count
    let places = try axis.list(rank)
    return try self[Selection((0..<rank).map { places.contains($0) ? .newAxis : .slice() })]
  }

  /// Without axes of length 1, all of them or those given; axis 0 or -1 of a scalar is no mistake, as in NumPy.
  ///
  /// - Throws: `.usage` for an axis of another length, and axes out of bounds or given twice.
  public func squeeze(axis: (any ArrayAxes)? = nil) throws -> NDArray {
    let axes = try axesOfUfunc(axis)?.list(ndim) ?? (0..<ndim).filter { shape[$0] == 1 }
    if let wrong = axes.first(where: { shape[$0] != 1 }) {
      throw TesseraError(
        .usage, "cannot select an axis to squeeze out which has size not equal to one", expected: "1",
        got: "\(shape[wrong])")
    }
    return try self[Selection((0..<ndim).map { axes.contains($0) ? .index(0) : .slice() })]
  }

  /// The same elements with one axis or more, a scalar as one element: NumPy's `atleast_1d`.
  public func atLeast1D() throws -> NDArray { ndim == 0 ? try reshape([1]) : self }

  /// The same with two axes or more, one axis as a row: NumPy's `atleast_2d`.
  public func atLeast2D() throws -> NDArray { ndim < 2 ? try reshape([1, size]) : self }

  /// The same with three axes or more: NumPy's `atleast_3d`. One axis becomes the middle one, two the first ones.
  public func atLeast3D() throws -> NDArray {
    switch ndim {
    case 0, 1: return try reshape([1, size, 1])
    case 2: return try expandDims(axis: 2)
    default: return self
    }
  }

  /// The elements repeated to a larger shape, as NumPy's `broadcast_to`.
  ///
  /// - Throws: `.usage` for a shape that it does not broadcast to.
  public func broadcast(to dimensions: [Int]) throws -> NDArray {
    let target = try Shape(dimensions)
    guard target.rank >= ndim, try NDArray.broadcastShape(shape, target) == target else {
      throw TesseraError(.usage, "cannot broadcast shape \(shape) to \(target)")
    }
    return target == shape ? self : try view(.broadcast(shape, to: target), dimensions)
  }

  /// The same elements in C order under another shape; one length may be -1, and follows from the others.
  ///
  /// - Throws: `.usage` for a shape of another number of elements, and for -1 where it does not follow.
  public func reshape(_ dimensions: [Int]) throws -> NDArray {
    var dimensions = dimensions
    if let open = dimensions.firstIndex(of: -1) {
      let others = dimensions.enumerated().filter { $0.offset != open }.map(\.element)
      let known = others.contains { $0 < 0 } ? 0 : others.saturatingProduct()
      guard known > 0, size % known == 0 else { throw cannotReshape(dimensions) }
      dimensions[open] = size / known
    }
    let target = try Shape(dimensions)
    guard target.count == size else { throw cannotReshape(dimensions) }
    return target == shape ? self : NDArray(.reshape(node), shape: target, dtype: dtype)
  }

  /// All elements in C order, as one axis.
  public func ravel() throws -> NDArray { try reshape([size]) }

  /// The elements of a diagonal of two axes, which become the last axis of the result: NumPy's `diagonal`.
  ///
  /// - Parameter offset: how many columns above the main diagonal; negative ones are below.
  /// - Throws: `.usage` for fewer than two axes, and axes that are out of bounds or the same.
  public func diagonal(offset: Int = 0, axis1: Int = 0, axis2: Int = 1) throws -> NDArray {
    guard ndim >= 2 else {
      throw TesseraError(.usage, "diag requires an array of at least two dimensions", got: "\(shape)")
    }
    let pair = [try normalized(axis: axis1), try normalized(axis: axis2)]
    guard pair[0] != pair[1] else { throw TesseraError(.usage, "axis1 and axis2 cannot be the same") }
    let others = (0..<ndim).filter { !pair.contains($0) }
    let (rows, columns) = (shape[pair[0]], shape[pair[1]])
    let offset = Swift.min(Swift.max(offset, -rows), columns)
    let start = offset < 0 ? -offset * columns : offset
    let count = offset < 0 ? Swift.min(rows + offset, columns) : Swift.min(rows, columns - offset)
    let stop = count > 0 ? start + (count - 1) * (columns + 1) + 1 : start
    return try transposed(others + pair).reshape(others.map { shape[$0] } + [rows * columns])[
      ellipsis, slice(start, stop, step: columns + 1)]
  }

  private func cannotReshape(_ dimensions: [Int]) -> TesseraError {
    TesseraError(.usage, "cannot reshape array of size \(size) into shape \(Shape.describe(dimensions))")
  }
}
