import TesseraCore

/// Positions along an axis, or in C order of several, that an index takes.
struct IndexList {
  /// Of the view that slices and new axes make; ascending.
  let axes: [Int]
  /// The array's axis by which its positions are yet to be checked and counted from the front; nil for those of a mask.
  let axis: Int?
  var positions: [Int]
  /// What it is broadcast as.
  let shape: [Int]

  /// The axes of what it is broadcast to, `rank` of them, along which it does not repeat or have one position alone.
  func ownAxes(_ rank: Int) -> Set<Int> {
    Set(shape.indices.filter { shape[$0] != 1 }.map { rank - shape.count + $0 })
  }

  /// Checks positions and counts them from the front.
  ///
  /// - Throws: `.usage` for one that is out of bounds.
  mutating func countFromFront(in shape: Shape) throws {
    guard let axis else { return }
    let length = shape[axis]
    if let wrong = positions.first(where: { $0 >= length || $0 < -length }) {
      throw TesseraError(.usage, "index \(wrong) is out of bounds for axis \(axis) with size \(length)")
    }
    if positions.contains(where: { $0 < 0 }) {
      positions = positions.map { $0 < 0 ? $0 + length : $0 }
    }
  }
}
