import TesseraCore

/// The lengths of a product of stacks of matrices, and how it is cut.
package struct ProductGeometry: Sendable, Hashable {
  /// Rows of A, columns of B, and the axis that is summed.
  let m, n, k: Int
  /// The axes before the matrices' own: slabs, when there are any, then the stack's.
  let leading: [Int]
  let tiles: ProductTiles
  /// Positions of the summed axis that one slab takes; nil without slabs.
  let slabLength: Int?

  /// - Parameter stack: the lengths of the axes before the matrices' own.
  init(m: Int, n: Int, k: Int, stack: [Int], tiles: ProductTiles, slabLength: Int? = nil) {
    (self.m, self.n, self.k, self.tiles, self.slabLength) = (m, n, k, tiles, slabLength)
    leading = (slabLength.map { [(k + $0 - 1) / $0] } ?? []) + stack
  }

  /// Of the result, slabs included.
  var dimensions: [Int] { leading + [m, n] }
  var stackAxes: Range<Int> { (slabLength == nil ? 0 : 1)..<leading.count }

  /// What is summed for a position along the leading axes.
  func summed(_ index: [Int]) -> Range<Int> {
    guard let slabLength else { return 0..<k }
    return index[0] * slabLength..<min(k, (index[0] + 1) * slabLength)
  }

  /// The tiles along the rows, and along the columns, as an axis is cut.
  var rowCuts: AxisCuts { AxisCuts(length: m, tile: tiles.rows) }
  var columnCuts: AxisCuts { AxisCuts(length: n, tile: tiles.columns) }
}

/// An axis cut into tiles.
struct AxisCuts: Sendable {
  let length: Int
  let tile: Int

  func range(_ number: Int) -> Range<Int> { number * tile..<min(length, (number + 1) * tile) }

  /// Consecutive tiles that are wanted whole, or one of which a part is wanted.
  struct Span {
    var range: Range<Int>
    /// Where the first wanted position goes.
    var place: Int
    var isWhole: Bool
  }

  /// The tiles that a selection touches, joined where they are wanted whole and in order.
  func spans(_ axis: StridedRegion.Axis) -> [Span] {
    guard axis.count > 0 else { return [] }
    let last = axis.start + (axis.count - 1) * axis.step
    let (low, high) = (min(axis.start, last), max(axis.start, last))
    var spans: [Span] = []
    for number in low / tile...high / tile {
      let range = range(number)
      let isWhole =
        (axis.step == 1 || axis.count == 1) && axis.start <= range.lowerBound && range.upperBound <= high + 1
      let place = axis.step > 0 ? max(0, range.lowerBound - axis.start) : 0
      if isWhole, let before = spans.last, before.isWhole {
        spans[spans.count - 1].range = before.range.lowerBound..<range.upperBound
      } else {
        spans.append(Span(range: range, place: place, isWhole: isWhole))
      }
    }
    return spans
  }
}
