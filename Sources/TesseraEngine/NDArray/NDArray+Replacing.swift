import TesseraCore
public import TesseraStorage

// Arrays are immutable, so what NumPy assigns to a part of one is another array: `x[i] = y` as `x = x.replacing(i, with: y)`.
extension NDArray {
  /// The array with other elements in a part that an index chooses: NumPy's `x[0:3, ...] = y` is
  /// `x.replacing(0..<3, ellipsis, with: y)`, `x[rows, columns] = y` is `x.replacing(rows, columns, with: y)`, and
  /// `x[rows] += 1` is `x.replacing(rows, with: x[rows] + 1)`. Lazy.
  ///
  /// The dtype stays; values are cast to it as by `astype`. Where an element is chosen several times, it has the value of the last
  /// time, in C order of the values.
  ///
  /// - Parameters:
  ///   - items: as of the subscript. Arrays among them are computed now, but for a mask by itself whose positions all have the
  ///     same values: it stays an expression, as with `where`.
  ///   - values: broadcast to the shape of `x[items]`; leading axes of length 1 may be too many, but for a mask of the array's
  ///     shape by itself.
  /// - Throws: `.usage` and `.memory` as the subscript, and `.usage` for values that do not broadcast; as `evaluate`.
  /// - Complexity: read again, the array is read, and then what was replaced in it; ranges are read of the values alone.
  ///   Memory, which plans count, of 8 bytes for each position of a list, or of lists that are broadcast together, and as much
  ///   for their order where they do not ascend; 24 while they are sorted. Where a range has a step other than 1 and -1
  ///   and makes more than 64 stretches, 32 for each of its positions. A mask by itself with one value takes none.
  public func replacing<each Index: ArrayIndex>(
    _ items: repeat each Index, with values: NDArray, options: TransferOptions = .init()
  ) throws -> NDArray {
    var list: [IndexItem] = []
    repeat list.append((each items).indexItem)
    return try replacing(at: list, with: values, options: options)
  }

  /// The same with a number.
  ///
  /// - Throws: also for one that the dtype cannot hold.
  public func replacing<each Index: ArrayIndex>(
    _ items: repeat each Index, with value: some ArrayScalar, options: TransferOptions = .init()
  ) throws -> NDArray {
    var list: [IndexItem] = []
    repeat list.append((each items).indexItem)
    return try replacing(at: list, with: value, options: options)
  }

  /// The same for a list of items.
  public func replacing(
    at items: [IndexItem], with values: NDArray, options: TransferOptions = .init()
  ) throws -> NDArray {
    let parts = items.flatMap { IndexPart.parts(of: $0) }
    let basic = parts.compactMap(\.basic)
    if basic.count == parts.count {
      return try replacing(region: Selection(basic).resolve(shape), with: values.astype(dtype))
    }
    if items.count == 1, case .array(let mask) = items[0], mask.dtype == .bool {
      if let replaced = try replacing(where: mask, with: values.astype(dtype)) { return replaced }
    }
    return try AdvancedIndex(parts, of: self, options).replace(in: self, with: values.astype(dtype))
  }

  /// The same for a list of items, with a number.
  ///
  /// - Throws: also for one that the dtype cannot hold.
  public func replacing(
    at items: [IndexItem], with value: some ArrayScalar, options: TransferOptions = .init()
  ) throws -> NDArray {
    try replacing(at: items, with: NDArray(value.scalar.element(of: dtype)), options: options)
  }

  /// - Parameter values: of the array's dtype.
  func replacing(region: StridedRegion, with values: NDArray) throws -> NDArray {
    let given = try values.filling(region)
    return region.isEmpty ? self : try replaced(region.axes.map(\.ascending)[...], by: given)
  }

  /// Values as the elements of a region, in the order and with the axes of the array.
  private func filling(_ region: StridedRegion) throws -> NDArray {
    let target = region.resultShape
    let extra = Swift.max(0, ndim - target.rank)
    let own = Shape(known: Array(shape.dimensions.dropFirst(extra)))
    guard shape.dimensions.prefix(extra).allSatisfy({ $0 == 1 }),
      (try? NDArray.broadcastShape(own, target)) == target
    else {
      throw TesseraError(.usage, "could not broadcast input array from shape \(shape) into shape \(target)")
    }
    var (items, next): ([Selection.Item], Int) = ([], 0)
    for axis in region.resultAxes {
      guard let axis else {
        items.append(.index(0))
        continue
      }
      items += [Selection.Item](repeating: .newAxis, count: axis - next)
      items.append(region.axes[axis].step < 0 ? .slice(step: -1) : .slice())
      next = axis + 1
    }
    items += [Selection.Item](repeating: .newAxis, count: region.axes.count - next)
    return try reshape(own.dimensions).broadcast(to: target.dimensions)[Selection(items)]
  }

  /// - Parameter axes: what is replaced of the axes from their first index on, never nothing; all of those before are.
  private func replaced(_ axes: ArraySlice<StridedRegion.Axis>, by values: NDArray) throws -> NDArray {
    guard let own = axes.first else { return values }
    let (axis, rest) = (axes.startIndex, axes.dropFirst())
    let length = shape[axis]
    if own.count == length { return try replaced(rest, by: values) }
    let whole = [Selection.Item](repeating: .slice(), count: axis)
    let end = own.start + (own.count - 1) * own.step + 1
    let chosen = try self[Selection(whole + [.slice(start: own.start, stop: end, step: own.step)])]
    let inner = try chosen.replaced(rest, by: values)
    if own.step == 1 {
      let parts = [try part(0..<own.start, axis), inner, try part(end..<length, axis)]
      return try concatenate(parts.filter { $0.shape[axis] > 0 }, axis: axis)
    }
    try MemoryModel.requireAvailable(own.count.saturatingMultiply(64), for: "positions to replace")
    return try concatenate([self, inner], axis: axis).gathered(own.replaced(in: length), axis)
  }
}

extension StridedRegion.Axis {
  /// The same positions, from the least on.
  fileprivate var ascending: Self {
    step > 0 ? self : Self(start: start + (count - 1) * step, step: -step, count: count)
  }

  /// Of an axis of that length and the positions that replace these behind it, the ranges that are left.
  fileprivate func replaced(in length: Int) -> [Range<Int>] {
    var (ranges, done): ([Range<Int>], Int) = ([], 0)
    for number in 0..<count {
      let position = start + number * step
      if position > done { ranges.append(done..<position) }
      ranges.append(length + number..<length + number + 1)
      done = position + 1
    }
    if done < length { ranges.append(done..<length) }
    return ranges
  }
}
