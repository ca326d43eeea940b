/// NumPy's basic indexing: integers, slices with steps, an ellipsis and new axes.
public struct Selection: Sendable, Hashable {
  public enum Item: Sendable, Hashable {
    /// One position, negative from the end; the axis is dropped.
    case index(Int)
    /// `start:stop:step`, each optional, negatives as in Python.
    case slice(start: Int? = nil, stop: Int? = nil, step: Int? = nil)
    /// As many whole axes as are missing.
    case ellipsis
    /// An axis of length 1.
    case newAxis
  }

  public var items: [Item]

  public init(_ items: [Item]) { self.items = items }

  /// Everything.
  public static let all = Selection([.ellipsis])
}

/// A selection applied to a shape: start, step and length along each axis of the array.
public struct StridedRegion: Sendable, Hashable {
  public struct Axis: Sendable, Hashable {
    /// The first position taken; any value when `count` is 0.
    public var start: Int
    /// Never 0; negative steps walk backwards.
    public var step: Int
    public var count: Int

    package init(start: Int, step: Int, count: Int) {
      self.start = start
      self.step = step
      self.count = count
    }
  }

  /// One per axis of the array.
  public var axes: [Axis]
  /// The shape of the result: dropped and added axes considered. Its count is the product of `axes`' counts.
  public var resultShape: Shape
  /// The array's axis that each axis of the result comes from; nil for one that was added.
  public var resultAxes: [Int?]

  package init(axes: [Axis], resultShape: Shape, resultAxes: [Int?]) {
    self.axes = axes
    self.resultShape = resultShape
    self.resultAxes = resultAxes
  }

  /// Every axis kept.
  package init(axes: [Axis]) {
    self.init(axes: axes, resultShape: Shape(known: axes.map(\.count)), resultAxes: Array(axes.indices))
  }

  public init(_ region: Region) {
    self.init(
      axes: region.lower.indices.map {
        Axis(start: region.lower[$0], step: 1, count: region.lengths[$0])
      })
  }

  /// The counts along the array's own axes.
  public var counts: [Int] { axes.map(\.count) }
  public var isEmpty: Bool { axes.contains { $0.count == 0 } }

  /// The smallest box that holds every selected position.
  public var bounds: Region {
    Region(
      axes.map { axis in
        if axis.count == 0 { return 0..<0 }
        let last = axis.start + (axis.count - 1) * axis.step
        return min(axis.start, last)..<max(axis.start, last) + 1
      })
  }
}

extension Selection {
  /// Applies the selection to an array of that shape, as NumPy does.
  ///
  /// - Throws: `TesseraError` of kind `.usage` for too many indices, two ellipses, a zero step or an
  ///   index out of bounds.
  public func resolve(_ shape: Shape) throws -> StridedRegion {
    let consumed = items.count { $0 != .newAxis && $0 != .ellipsis }
    guard consumed <= shape.rank else {
      throw TesseraError(
        .usage, "too many indices", expected: "at most \(shape.rank) for shape \(shape)",
        got: "\(consumed)")
    }
    guard items.count(where: { $0 == .ellipsis }) <= 1 else {
      throw TesseraError(.usage, "an index can only have a single ellipsis ('...')")
    }
    let filler = [Item](repeating: .slice(), count: shape.rank - consumed)
    let split = items.firstIndex(of: .ellipsis)
    let full =
      Array(items[..<(split ?? items.count)]) + filler + (split.map { Array(items[($0 + 1)...]) } ?? [])

    var axes: [StridedRegion.Axis] = []
    var result: [Int] = []
    var resultAxes: [Int?] = []
    for item in full {
      switch item {
      case .newAxis:
        result.append(1)
        resultAxes.append(nil)
      case .index(let position):
        axes.append(try Selection.resolve(index: position, axis: axes.count, shape))
      case .slice(let start, let stop, let step):
        let axis = try Selection.resolve(start, stop, step, length: shape[axes.count])
        resultAxes.append(axes.count)
        axes.append(axis)
        result.append(axis.count)
      case .ellipsis: break
      }
    }
    return StridedRegion(axes: axes, resultShape: try Shape(result), resultAxes: resultAxes)
  }

  private static func resolve(index: Int, axis: Int, _ shape: Shape) throws -> StridedRegion.Axis {
    let length = shape[axis]
    guard index < length, index >= -length else {
      throw TesseraError(
        .usage, "index \(index) is out of bounds for axis \(axis) with size \(length)")
    }
    return .init(start: index < 0 ? index + length : index, step: 1, count: 1)
  }

  /// CPython's `PySlice_AdjustIndices`: bounds are clamped, so any start and stop are valid.
  private static func resolve(
    _ start: Int?, _ stop: Int?, _ step: Int?, length: Int
  ) throws -> StridedRegion.Axis {
    let step = max(step ?? 1, -Int.max)
    guard step != 0 else { throw TesseraError(.usage, "slice step cannot be zero") }
    let lowest = step < 0 ? -1 : 0
    let highest = step < 0 ? length - 1 : length
    func clamp(_ bound: Int) -> Int {
      bound < 0 ? max(bound + length, lowest) : min(bound, highest)
    }
    let first = start.map(clamp) ?? (step < 0 ? highest : lowest)
    let end = stop.map(clamp) ?? (step < 0 ? lowest : highest)
    let span = step > 0 ? end - first : first - end
    let magnitude = step.magnitude
    let count = span <= 0 ? 0 : Int((UInt(span) - 1) / magnitude) + 1
    // A step longer than the axis selects one element; keep arithmetic on it from overflowing.
    return .init(start: first, step: count <= 1 ? 1 : step, count: count)
  }
}
