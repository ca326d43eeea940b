import TesseraCore

/// How the blocks of a pass fall to the positions a reduction keeps.
package struct KeptGrid {
  let shape: Shape
  let isKept: [Bool]
  /// Blocks of kept positions.
  let grid: ChunkGrid
  /// Blocks of the pass that share one block of kept positions.
  let blocksEach: Int
  /// Per axis of the pass: positions along what is reduced, in the whole array, between neighbours.
  let reducedSteps: [Int]

  init(_ pass: ChunkGrid, axes: Set<Int>) throws {
    let shape = pass.shape
    self.shape = shape
    let kept = shape.indices.filter { !axes.contains($0) }
    isKept = shape.indices.map { !axes.contains($0) }
    grid = try ChunkGrid(
      shape: Shape(known: kept.map { shape[$0] }), chunkShape: kept.map { pass.chunkShape[$0] })
    blocksEach = axes.reduce(1) { $0 * pass.counts[$1] }
    var steps = [Int](repeating: 0, count: shape.rank)
    var step = 1
    for axis in shape.indices.reversed() where axes.contains(axis) {
      steps[axis] = step
      step = step.saturatingMultiply(max(shape[axis], 1))
    }
    reducedSteps = steps
  }

  /// The kept part of a box of the pass.
  func kept(_ values: [Int]) -> [Int] { zip(values, isKept).filter(\.1).map(\.0) }

  /// Which block of kept positions a block of the pass belongs to.
  func ordinal(_ block: Region) -> Int {
    grid.ordinal(zip(kept(block.lower), grid.chunkShape).map { $0 / $1 })
  }

  /// Per axis of a block: kept positions in the block, or reduced ones in the array, between neighbours.
  func steps(_ lengths: [Int]) -> [Int] {
    var steps = reducedSteps
    var step = 1
    for axis in lengths.indices.reversed() where isKept[axis] {
      steps[axis] = step
      step *= lengths[axis]
    }
    return steps
  }
}
