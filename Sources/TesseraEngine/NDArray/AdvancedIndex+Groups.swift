import TesseraCore
import TesseraStorage

// Lists that are taken in step, since they share an axis of what all are broadcast to.
extension AdvancedIndex {
  /// - Parameter whole: the shape of the view.
  /// - Throws: `.memory` for lists that are broadcast to more positions than fit half of the budget.
  func groups(_ whole: Shape) throws -> [IndexGroup] {
    var groups: [(lists: [Int], own: Set<Int>)] = []
    for number in lists.indices {
      var (members, own) = ([number], lists[number].ownAxes(lengths.count))
      for other in groups where !other.own.isDisjoint(with: own) {
        members += other.lists
        own.formUnion(other.own)
      }
      groups.removeAll { !$0.own.isDisjoint(with: own) }
      groups.append((members.sorted(), own))
    }
    return try groups.map { members, own in
      let (together, axes) = (members.map { lists[$0] }, own.sorted())
      return IndexGroup(
        axes: together.flatMap(\.axes), own: axes, positions: try positions(of: together, axes, whole))
    }
  }

  /// The positions of several lists in C order of all their axes.
  private func positions(of members: [IndexList], _ own: [Int], _ whole: Shape) throws -> [Int] {
    if members.count == 1 { return members[0].positions }
    let counts = own.map { lengths[$0] }
    let count = try Shape(counts).count
    guard count <= mostPositions else {
      throw TesseraError(
        .memory, "positions of an index",
        expected: "at most \(mostPositions), 8 bytes each in half of --memory", got: "\(count)")
    }
    try MemoryModel.requireAvailable(count.saturatingMultiply(8), for: "positions of an index")
    var positions = [Int](repeating: 0, count: count)
    for list in members {
      let length = list.axes.reduce(1) { $0 * whole[$1] }
      let strides = strides(of: list, own)
      let isWhole = list.positions.count == count
      for place in 0..<count {
        let from = isWhole ? place : AdvancedIndex.offset(place, counts, strides)
        positions[place] = positions[place] * length + list.positions[from]
      }
    }
    return positions
  }

  /// How far apart a list's neighbours along these axes are; 0 where it repeats.
  private func strides(of list: IndexList, _ own: [Int]) -> [Int] {
    let (first, dense) = (lengths.count - list.shape.count, Shape.strides(of: list.shape))
    return own.map { axis in
      axis < first || list.shape[axis - first] == 1 ? 0 : dense[axis - first]
    }
  }

  /// Where a list of these strides has what stands at a place in C order of `counts`.
  private static func offset(_ place: Int, _ counts: [Int], _ strides: [Int]) -> Int {
    var (rest, offset) = (place, 0)
    for axis in counts.indices.reversed() {
      offset += rest % counts[axis] * strides[axis]
      rest /= counts[axis]
    }
    return offset
  }
}
