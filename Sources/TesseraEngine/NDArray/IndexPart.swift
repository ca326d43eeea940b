import TesseraCore

/// An item of an index that is not made of others.
struct IndexPart {
  let item: IndexItem
  /// Axes of length 1 behind those of its list.
  let trailing: Int

  /// The items that an item is made of: of a mesh, the last list has the last axis.
  static func parts(of item: IndexItem) -> [IndexPart] {
    guard case .mesh(let lists) = item else { return [IndexPart(item: item, trailing: 0)] }
    return lists.enumerated().map { IndexPart(item: $1, trailing: lists.count - 1 - $0) }
  }

  /// What it is without lists; nil for a list.
  var basic: Selection.Item? { if case .basic(let basic) = item { basic } else { nil } }

  var isEllipsis: Bool { if case .basic(.ellipsis) = item { true } else { false } }

  /// Axes of an array that it stands for; an ellipsis stands for those that are left.
  var axisCount: Int {
    switch item {
    case .basic(.ellipsis), .basic(.newAxis): 0
    case .array(let array) where array.dtype == .bool: array.ndim
    default: 1
    }
  }
}
