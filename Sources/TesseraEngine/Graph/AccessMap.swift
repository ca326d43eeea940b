package import TesseraCore

/// Where the elements of a base array are found from the axes of an iteration: every basic NumPy view (slices
/// with steps, transposes, flips, new axes, dropped axes, broadcasts) is one.
///
/// Position `start + step * i` along a base axis, `i` being the position along the iteration axis `source`;
/// `start` alone where no axis is followed. An iteration axis that no base axis follows repeats the elements.
package struct AccessMap: Sendable, Hashable {
  package struct Axis: Sendable, Hashable {
    package var start: Int
    package var step: Int
    package var source: Int?
  }

  /// Axes of the iteration.
  package let rank: Int
  /// One per axis of the base array; no two follow the same source.
  package let axes: [Axis]

  package init(rank: Int, axes: [Axis]) {
    self.rank = rank
    self.axes = axes
  }

  package static func identity(_ rank: Int) -> AccessMap {
    AccessMap(rank: rank, axes: (0..<rank).map { Axis(start: 0, step: 1, source: $0) })
  }

  /// NumPy's broadcasting of an array of shape `from` to shape `to`, which it must fit.
  package static func broadcast(_ from: Shape, to: Shape) -> AccessMap {
    let missing = to.rank - from.rank
    return AccessMap(
      rank: to.rank,
      axes: from.indices.map { axis in
        let isRepeated = from[axis] == 1 && to[axis + missing] != 1
        return Axis(start: 0, step: 1, source: isRepeated ? nil : axis + missing)
      })
  }

  /// Basic indexing; the iteration is over the result's axes.
  package init(_ selection: StridedRegion) {
    var sources = [Int?](repeating: nil, count: selection.axes.count)
    for (number, axis) in selection.resultAxes.enumerated() {
      if let axis { sources[axis] = number }
    }
    self.init(
      rank: selection.resultShape.rank,
      axes: zip(selection.axes, sources).map { Axis(start: $0.start, step: $0.step, source: $1) })
  }

  /// Axes of the base in another order: `order[i]` is the base axis that iteration axis `i` walks.
  package init(transposing order: [Int]) {
    var axes = [Axis](repeating: Axis(start: 0, step: 1, source: nil), count: order.count)
    for (number, axis) in order.enumerated() { axes[axis].source = number }
    self.init(rank: order.count, axes: axes)
  }

  /// The map to the base of `inner`, whose iteration axes are this map's base axes.
  package func composed(with inner: AccessMap) -> AccessMap {
    AccessMap(
      rank: rank,
      axes: inner.axes.map { axis in
        guard let source = axis.source else { return axis }
        let outer = axes[source]
        return Axis(
          start: axis.start + axis.step * outer.start, step: axis.step * outer.step, source: outer.source)
      })
  }

  /// What a box of the iteration, with steps, needs of the base, axis by axis.
  package func resolve(_ region: StridedRegion) -> StridedRegion {
    StridedRegion(
      axes: axes.map { axis in
        guard let source = axis.source else { return .init(start: axis.start, step: 1, count: 1) }
        let outer = region.axes[source]
        return .init(
          start: axis.start + axis.step * outer.start, step: axis.step * outer.step, count: outer.count)
      })
  }

  /// Whether every iteration axis is followed: no element is repeated.
  package var isInjective: Bool { axes.count { $0.source != nil } == rank }
  /// Whether all of the iteration sees one element.
  package var isScalar: Bool { !axes.contains { $0.source != nil } }

  /// The lengths of a box of the iteration without its repetitions: 1 along axes nobody follows.
  package func compact(_ lengths: [Int]) -> [Int] {
    var compact = [Int](repeating: 1, count: rank)
    for axis in axes {
      if let source = axis.source { compact[source] = lengths[source] }
    }
    return compact
  }

  /// The granule of the base as seen from the iteration: 1 along axes nobody follows.
  package func granule(_ base: [Int]) -> [Int] {
    var granule = [Int](repeating: 1, count: rank)
    for (axis, length) in zip(axes, base) {
      if let source = axis.source { granule[source] = max(1, length / Int(axis.step.magnitude)) }
    }
    return granule
  }
}
