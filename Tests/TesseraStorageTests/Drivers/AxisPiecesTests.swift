import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraStorage

@Suite struct AxisPiecesTests {
  /// Position by position, as a plain loop finds them.
  private func listed(_ axis: StridedRegion.Axis, _ length: Int) -> [AxisPieces.Piece] {
    var pieces: [AxisPieces.Piece] = []
    for place in 0..<axis.count {
      let position = axis.start + place * axis.step
      if let last = pieces.last, last.chunk == position / length {
        pieces[pieces.count - 1].axis.count += 1
      } else {
        pieces.append(
          .init(
            chunk: position / length, axis: .init(start: position % length, step: axis.step, count: 1),
            place: place))
      }
    }
    return pieces
  }

  @Test(arguments: 0..<2000)
  func areThoseOfEveryPosition(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let shape = Int.random(in: 1...60, using: &random)
    let length = Int.random(in: 1...12, using: &random)
    let size = Int.random(in: 1...15, using: &random)
    let isBackward = Bool.random(using: &random)
    let start = Int.random(in: 0..<shape, using: &random)
    let most = (isBackward ? start : shape - 1 - start) / size + 1
    let axis = StridedRegion.Axis(
      start: start, step: isBackward ? -size : size, count: Int.random(in: 0...most, using: &random))
    let pieces = AxisPieces(axis, chunkLength: length)
    #expect((0..<pieces.count).map { pieces[$0] } == listed(axis, length), "seed \(seed): \(axis), \(length)")
  }
}
