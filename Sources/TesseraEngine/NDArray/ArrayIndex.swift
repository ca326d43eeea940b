public import TesseraCore

/// One item of an index: a position, a range, a list of positions, an array of them, a mask, or one of NumPy's special
/// ones.
public protocol ArrayIndex {
  /// The same as a value.
  var indexItem: IndexItem { get }
}

/// An item of an index as a value, for `indexed(by:)`.
public enum IndexItem: Sendable {
  /// A position, a slice, an ellipsis or a new axis.
  case basic(Selection.Item)
  /// Positions along an axis.
  case positions([Int])
  /// Whole numbers, positions along an axis; or a mask of as many axes as it has.
  case array(NDArray)
  /// What `ix` makes: lists each of which has an axis of its own.
  case mesh([IndexItem])
}

extension IndexItem: ArrayIndex { public var indexItem: IndexItem { self } }
extension NDArray: ArrayIndex { public var indexItem: IndexItem { .array(self) } }
extension Array: ArrayIndex where Element == Int { public var indexItem: IndexItem { .positions(self) } }
extension Selection.Item: ArrayIndex { public var indexItem: IndexItem { .basic(self) } }
extension Int: ArrayIndex { public var indexItem: IndexItem { .basic(.index(self)) } }
extension Range<Int>: ArrayIndex {
  public var indexItem: IndexItem { .basic(.slice(start: lowerBound, stop: upperBound)) }
}
extension ClosedRange<Int>: ArrayIndex {
  public var indexItem: IndexItem { .basic(.slice(start: lowerBound, stop: stop(behind: upperBound))) }
}
extension PartialRangeThrough<Int>: ArrayIndex {
  public var indexItem: IndexItem { .basic(.slice(stop: stop(behind: upperBound))) }
}
extension PartialRangeFrom<Int>: ArrayIndex {
  public var indexItem: IndexItem { .basic(.slice(start: lowerBound)) }
}
extension PartialRangeUpTo<Int>: ArrayIndex {
  public var indexItem: IndexItem { .basic(.slice(stop: upperBound)) }
}

/// What a slice that includes `last` stops at; nil, the end, behind -1, since 0 would be the beginning.
private func stop(behind last: Int) -> Int? { last == -1 || last == .max ? nil : last + 1 }

/// As many whole axes as are missing: NumPy's `...`.
public let ellipsis = Selection.Item.ellipsis
/// An axis of length 1: NumPy's `newaxis`.
public let newAxis = Selection.Item.newAxis
/// Python's `start:stop:step`; negative bounds count from the end.
public func slice(_ start: Int? = nil, _ stop: Int? = nil, step: Int? = nil) -> Selection.Item {
  .slice(start: start, stop: stop, step: step)
}

/// Lists of which an index takes all combinations: NumPy's `ix_`. `x[ix([0, 2], [1, 3])]` has rows 0 and 2 of columns 1 and
/// 3.
///
/// Lists stay apart, so the index takes no more memory than they do.
///
/// - Parameter lists: positions along an axis each: lists, or arrays of one axis, of whole numbers or bools, which are
///   computed when an array is indexed.
/// - Throws: `.usage` for anything else than a list, and arrays of another number of axes.
public func ix(_ lists: any ArrayIndex...) throws -> IndexItem {
  .mesh(
    try lists.map { list in
      switch list.indexItem {
      case .positions: return list.indexItem
      case .array(let array) where array.ndim == 1: return list.indexItem
      default: throw TesseraError(.usage, "Cross index must be 1 dimensional")
      }
    })
}
