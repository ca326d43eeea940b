import TesseraCore
import TesseraStorage

// Other elements in place of those that an index takes.
extension AdvancedIndex {
  /// - Parameters:
  ///   - array: that it was made for.
  ///   - values: of its dtype.
  /// - Throws: `.usage` for values that do not broadcast to the shape of what is taken; `.memory` as `groups`, and for positions
  ///   that cannot be sorted.
  func replace(in array: NDArray, with values: NDArray) throws -> NDArray {
    let region = try Selection(view).resolve(array.shape)
    let whole = region.resultShape
    let target = dimensions(whole)
    let given = try aligned(values, to: target)
    if target.contains(0) { return array }
    let groups = try groups(whole).map { group in
      let (positions, places) = try group.ascending()
      return Replacement(group: group, picks: Picks(axes: group.axes, positions: positions), places: places)
    }
    let spread = try spread(given, over: groups, whole)
    // The fewest positions first: others are replaced in what those take.
    let all = groups.map(\.picks).sorted { $0.positions.count < $1.positions.count }
    let part = try array[Selection(view)].replacing(all: all[...], with: spread)
    return try array.replacing(region: region, with: part)
  }

  /// A group of lists, of which each position is replaced once.
  private struct Replacement {
    let group: IndexGroup
    let picks: Picks
    /// For each position the place of its value; nil where that is its own.
    let places: [Int]?
  }

  /// Values with an axis for each of what is taken, of length 1 where they repeat.
  private func aligned(_ values: NDArray, to target: [Int]) throws -> NDArray {
    let extra = max(0, values.ndim - target.count)
    let own = Array(values.shape.dimensions.dropFirst(extra))
    guard values.shape.dimensions.prefix(extra).allSatisfy({ $0 == 1 }),
      zip(own.reversed(), target.reversed()).allSatisfy({ $0 == $1 || $0 == 1 })
    else {
      throw TesseraError(
        .usage,
        "shape mismatch: value array of shape \(values.shape) could not be broadcast to indexing result of "
          + "shape \(Shape.describe(target))")
    }
    return try values.reshape([Int](repeating: 1, count: target.count - own.count) + own)
  }

  /// Values in the order of the view's axes, with one for the positions of each group in place of its first. Only values that
  /// differ from position to position are brought into their order.
  private func spread(
    _ given: NDArray, over groups: [Replacement], _ whole: Shape
  ) throws -> NDArray {
    let order = self.order
    let listed = Set(groups.flatMap(\.picks.axes))
    /// The axes of `given`, and the lengths of the result and of what is made of the values for it; an axis each.
    var (axes, lengths, parts): ([[Int]], [Int], [Replacement?]) = ([], [], [])
    for axis in whole.indices {
      if let own = groups.first(where: { $0.picks.axes[0] == axis }) {
        axes.append(own.group.own.map { order.firstIndex(of: .list($0))! })
        lengths.append(own.picks.positions.count)
        parts.append(own)
      } else if !listed.contains(axis) {
        axes.append([order.firstIndex(of: .view(axis))!])
        lengths.append(whole[axis])
        parts.append(nil)
      }
    }
    var values = try joined(given, axes)
    for (axis, part) in parts.enumerated() where values.shape[axis] != 1 {
      if let places = part?.places { values = try values.taken(.listed(places), axis: axis) }
    }
    return try values.broadcast(to: lengths)
  }

  /// Values with these axes joined to one each, which has length 1 where values repeat along all of them.
  private func joined(_ given: NDArray, _ axes: [[Int]]) throws -> NDArray {
    let used = axes.flatMap { $0 }
    let order = self.order
    // What is left has length 1.
    let ordered = try given.transposed(used + given.shape.indices.filter { !used.contains($0) })
    var (full, joined): ([Int], [Int]) = ([], [])
    for own in axes {
      let isSame = own.allSatisfy { given.shape[$0] == 1 }
      let lengths = own.map { axis in
        if !isSame, case .list(let number) = order[axis] { self.lengths[number] } else { given.shape[axis] }
      }
      full += lengths
      joined.append(lengths.reduce(1, *))
    }
    let left = [Int](repeating: 1, count: given.ndim - used.count)
    return try ordered.broadcast(to: full + left).reshape(joined)
  }
}

extension IndexGroup {
  /// Its positions from the least on, each once; and of each the last place in the list, nil where they ascend already.
  ///
  /// - Throws: `.memory`.
  fileprivate func ascending() throws -> (positions: [Int], places: [Int]?) {
    if zip(positions, positions.dropFirst()).allSatisfy({ $0 < $1 }) { return (positions, nil) }
    try MemoryModel.requireAvailable(positions.count.saturatingMultiply(24), for: "positions to replace")
    var places = Array(positions.indices)
    places.sort { (positions[$0], $0) < (positions[$1], $1) }
    let last = places.indices.last
    let kept = places.indices.filter { $0 == last || positions[places[$0]] != positions[places[$0 + 1]] }
    let ordered = kept.map { places[$0] }
    return (ordered.map { positions[$0] }, ordered)
  }
}

extension NDArray {
  /// The array with values at the positions that are in all of these, which have axes of their own.
  ///
  /// - Parameter values: of the shape that is picked by all.
  fileprivate func replacing(all: ArraySlice<Picks>, with values: NDArray) throws -> NDArray {
    guard let picks = all.first else { return values }
    var inner = values
    if all.count > 1 {
      let rest = all.dropFirst().map { $0.narrowed(by: picks) }
      inner = try picked(picks).replacing(all: rest[...], with: values)
    }
    return NDArray(.replace(picks, node, by: inner.node), shape: shape, dtype: dtype)
  }

  private func picked(_ picks: Picks) throws -> NDArray {
    if picks.axes.count == 1 { return try taken(.listed(picks.positions), axis: picks.axes[0]) }
    return NDArray(.pick(picks, node), shape: try picks.shape(of: shape), dtype: dtype)
  }
}

extension Picks {
  /// The same of an array of which others were picked, along other axes.
  fileprivate func narrowed(by others: Picks) -> Picks {
    let removed = others.axes.dropFirst()
    return Picks(
      axes: axes.map { axis in axis - removed.count { $0 < axis } }, positions: positions)
  }
}
