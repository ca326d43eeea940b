/// One axis of a copy: its length and how many bytes apart its elements are on each side.
struct CopyAxis {
  var length: Int
  var source: Int
  var target: Int

  /// Counts the axis from its other end; returns where its first element now is on each side.
  mutating func flip() -> (source: Int, target: Int) {
    defer {
      source = -source
      target = -target
    }
    return ((length - 1) * source, (length - 1) * target)
  }
}

/// A copy in its simplest equal form: the fewest axes, the target's fastest one last, no negative target
/// strides, and elements as large as can be moved at once.
struct CopyPlan {
  private(set) var axes: [CopyAxis] = []
  /// Bytes per element: 1, 2, 4, 8 or 16.
  private(set) var itemSize: Int
  /// Bytes of the scalars that are reversed; 1 for none.
  let swapUnit: Int
  /// Where the first element is, relative to the caller's pointers.
  private(set) var sourceOffset = 0
  private(set) var targetOffset = 0

  /// No axis may have the length 0.
  init(shape: [Int], itemSize: Int, swapUnit: Int, sourceStrides: [Int], targetStrides: [Int]) {
    self.itemSize = itemSize
    self.swapUnit = swapUnit
    axes.reserveCapacity(shape.count + 1)
    for axis in shape.indices where shape[axis] > 1 {
      append(CopyAxis(length: shape[axis], source: sourceStrides[axis], target: targetStrides[axis]))
    }
    if !CopyPlan.hasSwapKernel(itemSize, swapUnit) {
      append(CopyAxis(length: itemSize / swapUnit, source: swapUnit, target: swapUnit))
      self.itemSize = swapUnit
    }
    sortBySpeed()
    coalesce()
    widenItem()
  }

  /// Whether one kernel call reverses the scalars of such elements; otherwise the scalars of an element
  /// become an axis.
  private static func hasSwapKernel(_ itemSize: Int, _ swapUnit: Int) -> Bool {
    swapUnit == 1 || (itemSize == swapUnit && itemSize <= 8) || (itemSize == 2 * swapUnit && itemSize >= 8)
  }

  private mutating func append(_ axis: CopyAxis) {
    var axis = axis
    if axis.target < 0 {
      let offset = axis.flip()
      sourceOffset += offset.source
      targetOffset += offset.target
    }
    axes.append(axis)
  }

  /// Smallest target stride last. An insertion sort: axes are few, and most often sorted already.
  private mutating func sortBySpeed() {
    for index in axes.indices.dropFirst() {
      var place = index
      while place > 0, isFaster(axes[place - 1], axes[place]) {
        axes.swapAt(place - 1, place)
        place -= 1
      }
    }
  }

  private func isFaster(_ a: CopyAxis, _ b: CopyAxis) -> Bool {
    a.target != b.target ? a.target < b.target : abs(a.source) < abs(b.source)
  }

  /// Joins neighbours that one stride can walk on both sides.
  private mutating func coalesce() {
    guard var last = axes.indices.last else { return }
    while last > 0 {
      let inner = axes[last]
      let outer = axes[last - 1]
      if outer.source == inner.length * inner.source, outer.target == inner.length * inner.target {
        axes[last - 1] = CopyAxis(
          length: outer.length * inner.length, source: inner.source, target: inner.target)
        axes.remove(at: last)
      }
      last -= 1
    }
  }

  /// Makes one element of an innermost run as long as a larger element.
  private mutating func widenItem() {
    guard let run = contiguousRun, [2, 4, 8, 16].contains(run) else { return }
    axes.removeLast()
    itemSize = run
  }

  /// Bytes of the innermost axis when both sides hold it in one piece and no bytes are reversed.
  var contiguousRun: Int? {
    guard swapUnit == 1, let inner = axes.last, inner.source == itemSize, inner.target == itemSize else {
      return nil
    }
    return inner.length * itemSize
  }

  /// The other axis of a plane whose columns are the last axis: the one along which the source is faster
  /// than along the columns, if any.
  var sourceFastestAxis: Int? {
    guard let inner = axes.last, inner.source != 0 else { return nil }
    var best: Int?
    for index in axes.indices.dropLast() where axes[index].source != 0 {
      if abs(axes[index].source) < abs(axes[best ?? axes.count - 1].source) { best = index }
    }
    return best
  }

  /// Takes an axis out, counted so that the source's stride is positive.
  mutating func removeForward(_ index: Int) -> CopyAxis {
    var axis = axes.remove(at: index)
    if axis.source < 0 {
      let offset = axis.flip()
      sourceOffset += offset.source
      targetOffset += offset.target
    }
    return axis
  }

  mutating func removeLast() -> CopyAxis? { axes.popLast() }
}
