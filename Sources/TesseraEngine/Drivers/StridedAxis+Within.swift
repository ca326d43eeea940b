package import TesseraCore

extension StridedRegion.Axis {
  /// The positions of an axis that lie in a range: the first one, how many, and their place among all.
  package struct Piece {
    package var start: Int
    package var count: Int
    package var place: Int
  }

  package func within(_ range: Range<Int>) -> Piece {
    guard count > 0 else { return Piece(start: 0, count: 0, place: 0) }
    let magnitude = Int(step.magnitude)
    // Positions before the range, in the order of the walk.
    let skipped =
      step > 0
      ? max(0, (range.lowerBound - start + magnitude - 1) / magnitude)
      : max(0, (start - (range.upperBound - 1) + magnitude - 1) / magnitude)
    guard skipped < count else { return Piece(start: 0, count: 0, place: 0) }
    let first = start + skipped * step
    guard range.contains(first) else { return Piece(start: 0, count: 0, place: 0) }
    let room = step > 0 ? (range.upperBound - 1 - first) / magnitude : (first - range.lowerBound) / magnitude
    return Piece(start: first, count: min(room + 1, count - skipped), place: skipped)
  }
}
