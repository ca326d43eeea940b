package import TesseraCore
import TesseraIO
import TesseraKernels
package import TesseraStorage

/// An elementwise expression as something that can be read: what is asked for is computed block by block.
package final class ExpressionDriver: ComputedDriver {
  package let description: ArrayDescription
  package let program: Program
  private let block: [Int]
  private let itemSize: Int
  private let evaluators: Pool<BlockEvaluator>
  package let granule: [Int]
  package let isSequential: Bool
  package let scratchBytes: Int

  /// - Parameter program: with one root, over `shape`.
  package init(_ program: Program, shape: Shape, dtype: DType) {
    description = ArrayDescription(computed: shape, dtype: dtype)
    self.program = program
    itemSize = dtype.itemSize
    block = BlockShape.choose(program, over: shape)
    // The expression is worth reading in the pieces that its largest leaf is.
    granule = zip(BlockShape.granule(program, over: shape), shape.dimensions).map { min($0, max($1, 1)) }
    isSequential = program.isSequential
    scratchBytes = BlockEvaluator.bytes(program, block: block)
    evaluators = Pool { BlockEvaluator(program) }
  }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    try evaluators.with { evaluator in
      try forEachPiece(of: selection) { piece, place in
        let offset = zip(place, strides).reduce(0) { $0 + $1.0 * $1.1 }
        try evaluator.load(piece)
        try evaluator.forEachTile { tile in
          copy(tile, evaluator, to: target + offset, strides)
        }
      }
    }
  }

  private func copy(
    _ tile: Tile, _ evaluator: BlockEvaluator, to target: UnsafeMutableRawPointer, _ strides: [Int]
  ) {
    StridedCopy.copy(
      shape: tile.lengths, itemSize: itemSize, swapUnit: 1, from: evaluator.pointer(toRoot: 0),
      sourceStrides: Shape.strides(of: tile.lengths).map { $0 * itemSize },
      to: target + zip(tile.lower, strides).reduce(0) { $0 + $1.0 * $1.1 }, targetStrides: strides)
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

  package func finishReading() {
    evaluators.drain()
    program.finishReading()
  }

  package var storedBytesRead: Int { program.storedBytesRead(description.shape) }
  package var sourceNames: [String] { program.sourceNames }
  package func storedBytes() throws -> Int { 0 }

  package func fingerprint() throws -> String {
    let leaves = try program.leaves.map { "\(try $0.source.driver.fingerprint()) \($0.map)" }
    return "expression \(program.fingerprint) of \(leaves.joined(separator: "; "))"
  }
}

extension Program {
  /// The instructions as text; a user's own functions are not known by what they do, so they never match.
  var fingerprint: String {
    instructions.map { entry in
      if case .custom = entry.instruction { return "custom \(ProcessLimits.now)" }
      return "\(entry.result)=\(entry.instruction)"
    }.joined(separator: ",") + " \(values.map { "\($0.origin) \($0.dtype)" }) \(roots)"
  }
}
