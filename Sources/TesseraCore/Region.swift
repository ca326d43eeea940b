/// A half-open box of an array: `lower[axis] ..< lower[axis] + lengths[axis]` along every axis.
public struct Region: Sendable, Hashable {
  public var lower: [Int]
  public var lengths: [Int]

  public init(lower: [Int], lengths: [Int]) {
    precondition(lower.count == lengths.count, "a region has as many starts as lengths")
    self.lower = lower
    self.lengths = lengths
  }

  /// The whole of an array of that shape.
  public init(_ shape: Shape) {
    self.init(lower: [Int](repeating: 0, count: shape.rank), lengths: shape.dimensions)
  }

  /// One range per axis.
  public init(_ ranges: [Range<Int>]) {
    self.init(lower: ranges.map(\.lowerBound), lengths: ranges.map(\.count))
  }

  /// The number of axes.
  public var rank: Int { lower.count }
  /// Elements in the box; 1 for a scalar.
  public var count: Int { lengths.reduce(1, *) }
  public var isEmpty: Bool { lengths.contains(0) }
  public func range(_ axis: Int) -> Range<Int> { lower[axis]..<lower[axis] + lengths[axis] }

  /// The part both have; empty (zero lengths) where they do not meet.
  public func intersection(_ other: Region) -> Region {
    var result = self
    for axis in lower.indices {
      let start = max(lower[axis], other.lower[axis])
      let end = min(lower[axis] + lengths[axis], other.lower[axis] + other.lengths[axis])
      result.lower[axis] = start
      result.lengths[axis] = max(0, end - start)
    }
    return result
  }

  /// Whether `other`, of the same rank, lies within this box.
  public func contains(_ other: Region) -> Bool {
    zip(lower.indices, other.lower).allSatisfy { axis, start in
      start >= lower[axis] && start + other.lengths[axis] <= lower[axis] + lengths[axis]
    }
  }

  /// Whether the box lies inside an array of that shape.
  public func fits(_ shape: Shape) -> Bool {
    rank == shape.rank
      && lower.indices.allSatisfy {
        lower[$0] >= 0 && lengths[$0] >= 0 && lengths[$0] <= shape[$0]
          && lower[$0] <= shape[$0] - lengths[$0]
      }
  }
}

extension Region: CustomStringConvertible {
  /// As slices: `[0:10, 3:4]`.
  public var description: String {
    let slices = zip(lower, lengths).map { start, length in
      // Boxes that fit no array are printed too, in messages that say so.
      let (end, overflow) = start.addingReportingOverflow(length)
      return "\(start):\(overflow ? Int.max : end)"
    }
    return "[" + slices.joined(separator: ", ") + "]"
  }
}
