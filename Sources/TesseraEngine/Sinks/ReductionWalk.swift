import TesseraCore

/// How a tile's axes fall to a reduction: loops around a plane of rows and columns that one kernel call takes.
///
/// Neighbouring axes of one kind are walked as one. Of the innermost two groups one is kept and the other reduced, or
/// there is one only.
struct ReductionWalk {
  struct Group {
    var length: Int
    var isKept: Bool
    /// Elements between neighbours in the tile.
    var stride: Int
    /// Kept positions, or positions along what is reduced, between neighbours.
    var step: Int
  }

  enum Form { case columns, rows }

  private(set) var outer: [Group] = []
  private(set) var form = Form.rows
  private(set) var rows = 1
  private(set) var columns = 1
  /// Between neighbouring reduced positions of the plane.
  private(set) var step = 1

  /// - Parameters:
  ///   - lengths: the tile's.
  ///   - steps: for each axis, kept positions in the block or reduced positions in the array between neighbours.
  ///   - countsPositions: whether reduced positions matter, so that only evenly spaced ones are joined.
  init(_ lengths: [Int], isKept: [Bool], steps: [Int], countsPositions: Bool) {
    var groups: [Group] = []
    var stride = 1
    for axis in lengths.indices.reversed() {
      defer { stride *= lengths[axis] }
      if lengths[axis] == 1 { continue }
      if let last = groups.last, last.isKept == isKept[axis],
        steps[axis] == last.step * last.length || (!last.isKept && !countsPositions)
      {
        groups[groups.count - 1].length *= lengths[axis]
      } else {
        groups.append(Group(length: lengths[axis], isKept: isKept[axis], stride: stride, step: steps[axis]))
      }
    }
    // Innermost first so far.
    guard let inner = groups.first else { return }
    var used = 1
    if inner.isKept {
      form = .columns
      columns = inner.length
      if groups.count > 1, !groups[1].isKept {
        (rows, step, used) = (groups[1].length, groups[1].step, 2)
      }
    } else {
      (columns, step) = (inner.length, inner.step)
      if groups.count > 1, groups[1].isKept { (rows, used) = (groups[1].length, 2) }
    }
    outer = groups.dropFirst(used).reversed()
  }

  /// Calls `body` for each plane: where its elements begin, its first kept position and its first reduced one.
  func forEachPlane(kept: Int, position: Int, _ body: (_ element: Int, _ kept: Int, _ position: Int) -> Void)
  {
    func loop(_ level: Int, _ element: Int, _ kept: Int, _ position: Int) {
      guard level < outer.count else { return body(element, kept, position) }
      let group = outer[level]
      for index in 0..<group.length {
        loop(
          level + 1, element + index * group.stride, group.isKept ? kept + index * group.step : kept,
          group.isKept ? position : position + index * group.step)
      }
    }
    loop(0, 0, kept, position)
  }
}
