package import TesseraCore
import TesseraKernels
package import TesseraStorage

/// A reduction whose results are read piece by piece, each computed from all it depends on at that moment: what a
/// row-wise norm over more rows than fit in memory needs.
package final class LocalReductionDriver: ComputedDriver {
  package let description: ArrayDescription
  private let reduction: Reduction
  private let program: Program
  private let pass: ChunkGrid
  private let kept: KeptGrid
  private let workers: Pool<Worker>

  /// One thread's memory, and the piece computed last.
  private final class Worker {
    let evaluator: BlockEvaluator
    let accumulators = Buffer()
    let values = Buffer()
    var held: Int?
    init(_ program: Program) { evaluator = BlockEvaluator(program) }
  }

  package init(_ reduction: Reduction, _ program: Program) throws {
    self.reduction = reduction
    self.program = program
    let shape = reduction.iterationShape
    pass = try ChunkGrid(
      shape: shape, chunkShape: BlockShape.choose(program, over: shape, whole: reduction.axes))
    kept = try KeptGrid(pass, axes: reduction.axes)
    description = ArrayDescription(
      computed: kept.grid.shape, dtype: reduction.reducer.resultDType(reduction.reductionField))
    workers = Pool { Worker(program) }
  }

  package var granule: [Int] { kept.grid.chunkShape }
  package var isSequential: Bool { program.isSequential }
  package var scratchBytes: Int {
    let positions = kept.grid.chunkCount
    return BlockEvaluator.bytes(program, block: pass.chunkShape).saturatingAdd(
      positions.saturatingMultiply(reduction.reducer.bytesPerItem + 16))
  }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    try workers.with { worker in
      try kept.grid.chunks(touching: selection.bounds).forEachIndex { index in
        let box = kept.grid.region(index)
        let pieces = zip(selection.axes, zip(box.lower, box.lengths)).map {
          $0.within($1.0..<$1.0 + $1.1)
        }
        guard !pieces.contains(where: { $0.count == 0 }) else { return }
        try compute(kept.grid.ordinal(index), box, worker)
        copy(pieces, box, worker, selection, target, strides)
      }
    }
  }

  private func compute(_ ordinal: Int, _ box: Region, _ worker: Worker) throws {
    if worker.held == ordinal { return }
    worker.held = nil
    var region = Region(pass.shape)
    var number = 0
    for axis in region.lower.indices where kept.isKept[axis] {
      (region.lower[axis], region.lengths[axis]) = (box.lower[number], box.lengths[number])
      number += 1
    }
    let reducer = reduction.reducer
    let count = box.count
    let accumulators = worker.accumulators.reserve(count * reducer.bytesPerItem).baseAddress!
    reducer.reset(accumulators, capacity: count)
    var taker = ReductionTaker(reducer, hasMask: reduction.operands.count > 1, grid: kept)
    try worker.evaluator.load(StridedRegion(region))
    taker.begin(region)
    try worker.evaluator.forEachTile { tile in
      let values = reduction.operands.indices.map { worker.evaluator.pointer(toRoot: $0) }
      taker.take(tile, values[...], into: accumulators, capacity: count)
    }
    let values = worker.values.reserve(count * description.dtype!.itemSize)
    reducer.finish(
      reduction.reductionField, UnsafeRawPointer(accumulators), capacity: count, first: 0, count: count,
      into: values.baseAddress!)
    worker.held = ordinal
  }

  private func copy(
    _ pieces: [StridedRegion.Axis.Piece], _ box: Region, _ worker: Worker, _ selection: StridedRegion,
    _ target: UnsafeMutableRawPointer, _ strides: [Int]
  ) {
    let itemSize = description.dtype!.itemSize
    let own = Shape.strides(of: box.lengths).map { $0 * itemSize }
    var source = 0
    var place = 0
    for (axis, piece) in pieces.enumerated() {
      source += (piece.start - box.lower[axis]) * own[axis]
      place += piece.place * strides[axis]
    }
    StridedCopy.copy(
      shape: pieces.map(\.count), itemSize: itemSize, swapUnit: 1,
      from: UnsafeRawPointer(worker.values.bytes.baseAddress! + source),
      sourceStrides: zip(selection.axes, own).map { $0.step * $1 }, to: target + place,
      targetStrides: strides)
  }

  package var storedBytesRead: Int { program.storedBytesRead(reduction.iterationShape) }
  package func storedBytes() throws -> Int { 0 }
  package func fingerprint() throws -> String {
    let leaves = try program.leaves.map { "\(try $0.source.driver.fingerprint()) \($0.map)" }
    return "\(reduction.key) \(reduction.field) \(program.fingerprint) of \(leaves.joined(separator: "; "))"
  }
}

extension StridedRegion.Axis {
  /// The positions of an axis that lie in a range: the first one, how many, and their place among all.
  struct Piece {
    var start: Int
    var count: Int
    var place: Int
  }

  func within(_ range: Range<Int>) -> Piece {
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
