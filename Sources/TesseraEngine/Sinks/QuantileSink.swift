package import TesseraCore
package import TesseraKernels
import TesseraStorage

/// Exact quantiles by refinement: every pass narrows the brackets of keys that hold the wanted ranks.
package final class QuantileSink: BarrierSink {
  private let shape: Shape
  private let axes: Set<Int>
  private let request: QuantileRequest
  private let dtype: DType
  private let memory: Int
  /// Touched by one thread at a time: `begin` and `finish` are called alone, `merge` in turn.
  nonisolated(unsafe) private var refinement: QuantileRefinement
  nonisolated(unsafe) private var merged: QuantileRefinement.Partial?
  nonisolated(unsafe) private var numbering: KeptNumbering?

  package init(
    _ request: QuantileRequest, over shape: Shape, axes: Set<Int>, _ dtype: DType, memory: Int, threads: Int
  ) throws {
    self.shape = shape
    self.axes = axes
    self.request = request
    self.dtype = dtype
    let kept = keptShape(shape, axes).count
    try QuantileSink.requireMemory(request, dtype, kept: kept, memory: memory, threads: threads)
    refinement = try QuantileRefinement(
      request, dtype, kept: kept, count: kept == 0 ? 0 : shape.count / kept, memory: memory,
      partials: threads)
    self.memory = refinement.memory
  }

  /// Refuses what the refinement would, naming a budget rather than the part of one that it gets.
  private static func requireMemory(
    _ request: QuantileRequest, _ dtype: DType, kept: Int, memory: Int, threads: Int
  ) throws {
    let least = QuantileRefinement.leastMemory(request, kept: kept, partials: threads)
    guard memory < least else { return }
    let buffers = least.saturatingAdd(try keptBytes(request, dtype, kept))
    let budget = max(
      least.saturatingMultiply(Evaluation.sinkShare), MemoryModel.leastBudget(buffers: buffers))
    throw TesseraError(
      .memory, "memory budget is too small for quantiles of \(kept) positions",
      got: ByteSize.format(memory.saturatingMultiply(Evaluation.sinkShare))
    ).naming(leastMemory: budget)
  }

  /// What is kept for each position beside counters and keys: pivots, ranks and their brackets, in arrays that grow by
  /// doubling, and results, as they are found and in their order.
  private static func keptBytes(_ request: QuantileRequest, _ dtype: DType, _ kept: Int) throws -> Int {
    let ranks = 2 * request.probabilities.count * 104
    let results = 2 * request.probabilities.count * (try request.resultDType(of: dtype).itemSize)
    return kept.saturatingMultiply(ranks + results + 40)
  }

  package var isOrderFree: Bool { true }
  package var expectedPasses: Int { refinement.expectedPasses }

  package func begin(_ grid: ChunkGrid) throws {
    if numbering == nil { numbering = KeptNumbering(try KeptGrid(grid, axes: axes)) }
    merged = nil
    refinement.begin()
  }

  package func makePartial() -> any PassPartial {
    Partial(refinement.isFinished ? nil : refinement.makePartial(), numbering!, dtype, of: self)
  }

  private func merge(_ gathered: QuantileRefinement.Partial) {
    if merged == nil { merged = gathered } else { merged!.merge(gathered) }
  }

  package func finish() throws -> Bool {
    if refinement.isFinished { return true }
    try refinement.advance(with: merged ?? refinement.makePartial())
    merged = nil
    return refinement.isFinished
  }

  package func memory(block: [Int], blocksPerLeaf: Int) -> SinkMemory {
    let kept = (try? QuantileSink.keptBytes(request, dtype, keptShape(shape, axes).count)) ?? .max
    return SinkMemory(shared: memory.saturatingAdd(kept))
  }

  package func result(_ field: String) throws -> MemoryDriver {
    let kept = keptShape(shape, axes)
    let width = request.probabilities.count
    let itemSize = try request.resultDType(of: dtype).itemSize
    let result = MemoryDriver(
      shape: try Shape(kept.dimensions + [width]), dtype: try request.resultDType(of: dtype))
    Buffer.withTemporary(kept.count * width * itemSize) { values in
      refinement.results(into: values.baseAddress!)
      numbering!.restore(
        UnsafeRawPointer(values.baseAddress!), width: width, itemSize: itemSize,
        to: result.bytes.baseAddress!)
    }
    return result
  }

  /// One thread's counters or keys, for all blocks it takes in a pass.
  private final class Partial: PassPartial {
    private var gathered: QuantileRefinement.Partial?
    private let numbering: KeptNumbering
    private let dtype: DType
    private let sink: QuantileSink
    private var steps: [Int] = []
    private var first = 0

    init(
      _ gathered: QuantileRefinement.Partial?, _ numbering: KeptNumbering, _ dtype: DType,
      of sink: QuantileSink
    ) {
      self.gathered = gathered
      self.numbering = numbering
      self.dtype = dtype
      self.sink = sink
    }

    func merge() {
      if let gathered { sink.merge(gathered) }
    }

    func begin(_ block: Region) {
      steps = numbering.grid.steps(block.lengths)
      first = numbering.starts[numbering.grid.ordinal(block)]
    }

    func take(_ tile: Tile, _ values: ArraySlice<UnsafeRawPointer>) {
      let walk = ReductionWalk(
        tile.lengths, isKept: numbering.grid.isKept, steps: steps, countsPositions: false)
      let kept = tile.lower.indices.reduce(first) {
        numbering.grid.isKept[$1] ? $0 + tile.lower[$1] * steps[$1] : $0
      }
      walk.forEachPlane(kept: kept, position: 0) { element, first, _ in
        let elements = values.first! + element * dtype.itemSize
        switch walk.form {
        case .columns:
          gathered?.accumulateColumns(first: first, rows: walk.rows, columns: walk.columns, values: elements)
        case .rows:
          gathered?.accumulateRows(first: first, rows: walk.rows, columns: walk.columns, values: elements)
        }
      }
    }
  }
}

private func keptShape(_ shape: Shape, _ axes: Set<Int>) -> Shape {
  Shape(known: shape.indices.filter { !axes.contains($0) }.map { shape[$0] })
}

/// Kept positions numbered block after block, so that those of a block are consecutive.
struct KeptNumbering: Sendable {
  let grid: KeptGrid
  /// The number of each block's first position.
  let starts: [Int]

  init(_ grid: KeptGrid) {
    self.grid = grid
    var starts: [Int] = []
    var next = 0
    for ordinal in 0..<grid.grid.count {
      starts.append(next)
      next += grid.grid.region(grid.grid.index(ordinal: ordinal)).count
    }
    self.starts = starts
  }

  /// Puts results, for each of `width` values those of all positions as numbered, in C order of the kept axes and the
  /// values.
  func restore(
    _ values: UnsafeRawPointer, width: Int, itemSize: Int, to target: UnsafeMutableRawPointer
  ) {
    let total = grid.grid.shape.count
    let strides = grid.grid.shape.strides.map { $0 * width * itemSize } + [itemSize]
    for (ordinal, start) in starts.enumerated() {
      let region = grid.grid.region(grid.grid.index(ordinal: ordinal))
      StridedCopy.copy(
        shape: region.lengths + [width], itemSize: itemSize, swapUnit: 1, from: values + start * itemSize,
        sourceStrides: Shape.strides(of: region.lengths).map { $0 * itemSize } + [total * itemSize],
        to: target + zip(region.lower, strides).reduce(0) { $0 + $1.0 * $1.1 }, targetStrides: strides)
    }
  }
}
