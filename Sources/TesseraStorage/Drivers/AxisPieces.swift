import TesseraCore

/// The stretches of one axis of a selection that fall into one chunk each; chunks without any are left out.
///
/// Computed when asked for: with chunks of one element a list of them would be far larger than what is read.
struct AxisPieces {
  struct Piece: Equatable {
    var chunk: Int
    /// In the chunk's own coordinates.
    var axis: StridedRegion.Axis
    /// Where the stretch begins in the result.
    var place: Int
  }

  private let axis: StridedRegion.Axis
  private let length: Int
  /// How many stretches there are.
  let count: Int

  /// - Parameter chunkLength: at least 1.
  init(_ axis: StridedRegion.Axis, chunkLength: Int) {
    (self.axis, length) = (axis, chunkLength)
    guard axis.count > 1, axis.step.magnitude < UInt(chunkLength) else {
      count = axis.count
      return
    }
    // With steps shorter than chunks none is left out.
    let last = axis.start + (axis.count - 1) * axis.step
    count = abs(last / chunkLength - axis.start / chunkLength) + 1
  }

  subscript(number: Int) -> Piece {
    let place = place(number)
    let position = axis.start + place * axis.step
    let (chunk, within) = position.quotientAndRemainder(dividingBy: length)
    let end = number + 1 < count ? self.place(number + 1) : axis.count
    return Piece(
      chunk: chunk, axis: .init(start: within, step: axis.step, count: end - place), place: place)
  }

  /// The first position of the selection in a stretch.
  private func place(_ number: Int) -> Int {
    if count == axis.count || number == 0 { return number }
    // Elements of the axis before the chunk, seen in the direction of the steps.
    let within = axis.start % length
    let before = axis.step > 0 ? number * length - within : (number - 1) * length + within + 1
    let step = Int(axis.step.magnitude)
    return (before + step - 1) / step
  }
}
