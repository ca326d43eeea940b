import TesseraCore
import TesseraStorage

/// NumPy's indexing by several items of which one at least is a list, an array of positions or a mask.
///
/// Slices and new axes are a view of the array, and so are lists of one position. Lists that share axes of what all are
/// broadcast to are one list of positions along several axes (`Picks`); others are taken one after another.
struct AdvancedIndex {
  /// Slices and new axes, an axis each. Those of lists are whole; a mask without axes has a new one.
  private(set) var view: [Selection.Item] = []
  private(set) var lists: [IndexList] = []
  /// Whether something stands between lists.
  private var isDivided = false
  /// What lists are broadcast to.
  private(set) var lengths: [Int] = []
  /// How many positions lists that are put together may have.
  let mostPositions: Int

  /// - Throws: as the subscript of `NDArray`.
  init(_ parts: [IndexPart], of array: NDArray, _ options: TransferOptions) throws {
    mostPositions = options.memory / 16
    try AdvancedIndex.check(parts, array)
    let missing = array.ndim - parts.reduce(0) { $0 + $1.axisCount }
    var (axis, working, hasGap) = (0, options, false)
    for part in parts {
      guard let list = try list(part, axis: axis, working) else {
        add(part, missing)
        axis += part.isEllipsis ? missing : part.axisCount
        hasGap = !lists.isEmpty
        continue
      }
      isDivided = isDivided || hasGap
      lists.append(list)
      let own = part.axisCount == 0 ? Selection.Item.newAxis : .slice()
      view += [Selection.Item](repeating: own, count: list.axes.count)
      axis += part.axisCount
      working.heldBytes = working.heldBytes.saturatingAdd(list.positions.count.saturatingMultiply(8))
    }
    if !parts.contains(where: \.isEllipsis) { view += [Selection.Item](repeating: .slice(), count: missing) }
    lengths = try AdvancedIndex.broadcast(lists)
    // NumPy takes any positions where there are none to take, but not by themselves.
    for number in lists.indices where !lengths.contains(0) || lists[number].shape.isEmpty {
      try lists[number].countFromFront(in: array.shape)
    }
  }

  /// What can be told before anything is computed, in NumPy's order.
  private static func check(_ parts: [IndexPart], _ array: NDArray) throws {
    guard parts.count(where: \.isEllipsis) <= 1 else {
      throw TesseraError(.usage, "an index can only have a single ellipsis ('...')")
    }
    let used = parts.reduce(0) { $0 + $1.axisCount }
    try array.requireAxes(used)
    var axis = 0
    for part in parts {
      switch part.item {
      case .array(let index): try array.requireIndices(index, axis: axis)
      case .basic(.index(let position)):
        var list = IndexList(axes: [], axis: axis, positions: [position], shape: [])
        try list.countFromFront(in: array.shape)
      default: break
      }
      axis += part.isEllipsis ? array.ndim - used : part.axisCount
    }
  }

  /// The positions that a part lists; nil for slices, new axes and an ellipsis.
  ///
  /// - Throws: `.usage` for a mesh in a mesh, which `ix` does not make; as `evaluate`.
  private func list(_ part: IndexPart, axis: Int, _ options: TransferOptions) throws -> IndexList? {
    let ones = [Int](repeating: 1, count: part.trailing)
    switch part.item {
    case .basic(.index(let position)):
      return IndexList(axes: [view.count], axis: axis, positions: [position], shape: [])
    case .positions(let list):
      return IndexList(axes: [view.count], axis: axis, positions: list, shape: [list.count] + ones)
    case .array(let array) where array.dtype == .bool:
      let marked = try array.flatnonzero(options: options)
      let axes = Array(view.count..<view.count + max(1, array.ndim))
      return IndexList(axes: axes, axis: nil, positions: marked, shape: [marked.count] + ones)
    case .array(let array):
      let numbers = try array.positions(options)
      return IndexList(
        axes: [view.count], axis: axis, positions: numbers, shape: array.shape.dimensions + ones)
    case .basic: return nil
    case .mesh: throw TesseraError(.usage, "Cross index must be 1 dimensional", got: "a mesh in a mesh")
    }
  }

  private mutating func add(_ part: IndexPart, _ missing: Int) {
    if part.isEllipsis {
      view += [Selection.Item](repeating: .slice(), count: missing)
    } else if let basic = part.basic {
      view.append(basic)
    }
  }

  private static func broadcast(_ lists: [IndexList]) throws -> [Int] {
    let rank = lists.map(\.shape.count).max() ?? 0
    var lengths = [Int](repeating: 1, count: rank)
    for list in lists {
      for axis in list.ownAxes(rank) {
        let length = list.shape[axis - (rank - list.shape.count)]
        guard lengths[axis] == 1 || lengths[axis] == length else { throw cannotBroadcast(lists) }
        lengths[axis] = length
      }
    }
    return lengths
  }

  /// A mask counts for each of its axes, a position by itself not at all, as in NumPy.
  private static func cannotBroadcast(_ lists: [IndexList]) -> TesseraError {
    let shapes = lists.filter { !$0.shape.isEmpty }.flatMap { list in
      list.axes.map { _ in Shape.describe(list.shape) }
    }
    return TesseraError(
      .usage,
      "shape mismatch: indexing arrays could not be broadcast together with shapes "
        + shapes.joined(separator: " "))
  }
}

extension AdvancedIndex {
  /// Where an axis of what was taken comes from.
  enum Origin: Hashable {
    /// An axis of the view.
    case view(Int)
    /// All axes of a group, not yet apart.
    case group(Int)
    /// An axis of what lists are broadcast to.
    case list(Int)
  }

  /// The axes of the result.
  var order: [Origin] {
    let listed = Set(lists.flatMap(\.axes))
    let first = isDivided ? 0 : lists[0].axes[0]
    let kept = view.indices.filter { !listed.contains($0) }
    let (before, behind) = (kept.filter { $0 < first }, kept.filter { $0 >= first })
    return before.map(Origin.view) + lengths.indices.map(Origin.list) + behind.map(Origin.view)
  }

  /// The elements of the array that it was made for.
  func take(from array: NDArray) throws -> NDArray {
    let whole = try array[Selection(view)]
    if lengths.contains(0) { return try .zeros(dimensions(whole.shape), dtype: array.dtype) }
    let groups = try groups(whole.shape)
    var (taken, origins) = (whole, whole.shape.indices.map { Origin.view($0) })
    // Single positions first: what is left is less.
    for number in groups.indices.sorted(by: { groups[$0].own.isEmpty && !groups[$1].own.isEmpty }) {
      let axes = groups[number].axes.map { origins.firstIndex(of: .view($0))! }
      taken = try AdvancedIndex.take(groups[number], along: axes, of: taken)
      if !groups[number].own.isEmpty { origins[axes[0]] = .group(number) }
      for axis in axes.dropFirst(groups[number].own.isEmpty ? 0 : 1).reversed() { origins.remove(at: axis) }
    }
    return try arranged(taken, origins, groups)
  }

  /// The lengths of the result.
  func dimensions(_ whole: Shape) -> [Int] {
    order.map { origin in
      switch origin {
      case .view(let axis): whole[axis]
      case .list(let axis): lengths[axis]
      case .group: preconditionFailure("a group of lists in a result")
      }
    }
  }

  /// What the group's axes, which have these numbers now, become: none, or one in place of the first.
  private static func take(_ group: IndexGroup, along axes: [Int], of array: NDArray) throws -> NDArray {
    if group.own.isEmpty {
      var items = [Selection.Item](repeating: .slice(), count: array.ndim)
      var rest = group.positions[0]
      for (axis, stride) in zip(axes, Shape.strides(of: axes.map { array.shape[$0] })) {
        items[axis] = .index(rest / stride)
        rest %= stride
      }
      return try array[Selection(items)]
    }
    if axes.count == 1 { return try array.taken(.listed(group.positions), axis: axes[0]) }
    let picks = Picks(axes: axes, positions: group.positions)
    return NDArray(.pick(picks, array.node), shape: try picks.shape(of: array.shape), dtype: array.dtype)
  }

  /// Each axis in its place, and those of length 1 that no list has.
  private func arranged(
    _ taken: NDArray, _ origins: [Origin], _ groups: [IndexGroup]
  ) throws -> NDArray {
    var (dimensions, apart): ([Int], [Origin]) = ([], [])
    for (origin, length) in zip(origins, taken.shape.dimensions) {
      if case .group(let number) = origin {
        dimensions += groups[number].own.map { lengths[$0] }
        apart += groups[number].own.map(Origin.list)
      } else {
        dimensions.append(length)
        apart.append(origin)
      }
    }
    let places = order.compactMap { apart.firstIndex(of: $0) }
    let split = try taken.reshape(dimensions)
    let ordered = places == Array(apart.indices) ? split : try split.transposed(places)
    if places.count == order.count { return ordered }
    return try ordered[Selection(order.map { apart.contains($0) ? .slice() : .newAxis })]
  }
}
