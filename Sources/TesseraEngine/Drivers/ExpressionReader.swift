import TesseraCore
import TesseraKernels
import TesseraStorage

/// Computes parts of elementwise expressions of one shape, all of them from leaves that are read once.
///
/// Any number of threads may read at the same time.
final class ExpressionReader: Sendable {
  let program: Program
  private let block: [Int]
  private let itemSizes: [Int]
  private let evaluators: Pool<BlockEvaluator>
  /// The expressions are worth reading in the pieces that their largest leaf is.
  let granule: [Int]
  /// Bytes that one reader needs.
  let scratchBytes: Int

  /// - Parameter program: over `shape`, with a root for each expression.
  init(_ program: Program, shape: Shape) {
    self.program = program
    itemSizes = program.roots.map { program.values[$0].dtype.itemSize }
    block = BlockShape.choose(program, over: shape)
    granule = zip(BlockShape.granule(program, over: shape), shape.dimensions).map { min($0, max($1, 1)) }
    scratchBytes = BlockEvaluator.bytes(program, block: block)
    evaluators = Pool { BlockEvaluator(program) }
  }

  /// Copies a box of each expression into its target.
  ///
  /// - Parameters:
  ///   - strides: of each target, in bytes.
  ///   - interruption: throws when the work was asked to stop.
  func read(
    _ selection: StridedRegion, into targets: [UnsafeMutableRawPointer], strides: [[Int]],
    interruption: @escaping @Sendable () throws -> Void
  ) throws {
    if selection.isEmpty { return }
    try evaluators.with { evaluator in
      try forEachPiece(of: selection) { piece, place in
        try evaluator.load(piece, interruption: interruption)
        try evaluator.forEachTile { tile in
          let lower = zip(place, tile.lower).map { $0 + $1 }
          for root in targets.indices {
            let offset = zip(lower, strides[root]).reduce(0) { $0 + $1.0 * $1.1 }
            StridedCopy.copy(
              shape: tile.lengths, itemSize: itemSizes[root], swapUnit: 1,
              from: evaluator.pointer(toRoot: root),
              sourceStrides: Shape.strides(of: tile.lengths).map { $0 * itemSizes[root] },
              to: targets[root] + offset, targetStrides: strides[root])
          }
        }
      }
    }
  }

  /// Cuts a selection where blocks of the array end, so that a leaf's chunk is read for one piece.
  private func forEachPiece(of selection: StridedRegion, _ body: (StridedRegion, [Int]) throws -> Void) throws
  {
    let cuts = selection.axes.enumerated().map { number, axis in self.cuts(axis, length: block[number]) }
    try Region(cuts.map { 0..<$0.count }).forEachIndex { choice in
      let ranges = zip(cuts, choice).map { $0[$1] }
      let axes = zip(selection.axes, ranges).map { axis, range in
        StridedRegion.Axis(
          start: axis.start + range.lowerBound * axis.step, step: axis.step, count: range.count)
      }
      try body(StridedRegion(axes: axes), ranges.map(\.lowerBound))
    }
  }

  private func cuts(_ axis: StridedRegion.Axis, length: Int) -> [Range<Int>] {
    var cuts: [Range<Int>] = []
    var place = 0
    while place < axis.count {
      let position = axis.start + place * axis.step
      let within = position % length
      let room = axis.step > 0 ? (length - 1 - within) / axis.step : within / -axis.step
      let count = min(room + 1, axis.count - place)
      cuts.append(place..<place + count)
      place += count
    }
    return cuts
  }

  /// Lets go of memory that is kept for readers.
  func finishReading() {
    evaluators.drain()
    program.finishReading()
  }
}
