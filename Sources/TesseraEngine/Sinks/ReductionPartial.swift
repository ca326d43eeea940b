import TesseraCore
import TesseraKernels

/// Accumulators of one thread for the kept positions of one block of the pass at a time.
struct ReductionTaker {
  let reducer: Reducer
  let hasMask: Bool
  let countsPositions: Bool

  private var grid: KeptGrid
  private var block = Region(lower: [], lengths: [])
  private var steps: [Int] = []
  private var walk: ReductionWalk?
  private var walked: [Int] = []

  init(_ reducer: Reducer, hasMask: Bool, grid: KeptGrid) {
    self.reducer = reducer
    self.hasMask = hasMask
    self.grid = grid
    countsPositions = reducer.operation == .argMinimum || reducer.operation == .argMaximum
  }

  mutating func begin(_ block: Region) {
    if steps.isEmpty || block.lengths != self.block.lengths {
      steps = grid.steps(block.lengths)
      walk = nil
    }
    self.block = block
  }

  /// Adds a tile to accumulators of the block's kept positions: its own reducer's, or those of several that reduce the
  /// same operand in the same way.
  mutating func take(
    _ tile: Tile, _ values: ArraySlice<UnsafeRawPointer>, into targets: [ReducerTarget]
  ) {
    if walk == nil || walked != tile.lengths {
      walk = ReductionWalk(
        tile.lengths, isKept: grid.isKept, steps: steps, countsPositions: countsPositions)
      walked = tile.lengths
    }
    var kept = 0
    var position = 0
    for axis in tile.lower.indices {
      if grid.isKept[axis] {
        kept += tile.lower[axis] * steps[axis]
      } else {
        position += (block.lower[axis] + tile.lower[axis]) * steps[axis]
      }
    }
    let walk = walk!
    let source = values.first!
    let mask = hasMask ? values[values.startIndex + 1] : nil
    walk.forEachPlane(kept: kept, position: position) { element, first, position in
      let elements = source + element * reducer.operand.itemSize
      switch walk.form {
      case .columns:
        Reducer.accumulateColumns(
          targets, first: first, rows: walk.rows, columns: walk.columns, values: elements,
          mask: mask.map { $0 + element }, position: position, step: walk.step)
      case .rows:
        Reducer.accumulateRows(
          targets, first: first, rows: walk.rows, columns: walk.columns, values: elements,
          mask: mask.map { $0 + element }, position: position, step: walk.step)
      }
    }
  }
}

/// What one thread gathers of some consecutive blocks: accumulators for each block of kept positions among them.
final class ReductionPartial: PassPartial {
  typealias Part = (ordinal: Int, accumulators: Buffer, blocks: Int)

  private var parts: [Part] = []
  private var taker: ReductionTaker
  private let grid: KeptGrid
  private let sink: ReductionSink
  private var current = 0
  private var capacity = 0
  /// Of the current block: this partial's accumulators and those of others that take the same tiles.
  private var targets: [ReducerTarget] = []

  /// - Parameter sink: gives accumulators, and takes those back that are complete.
  init(_ taker: ReductionTaker, grid: KeptGrid, of sink: ReductionSink) {
    self.taker = taker
    self.grid = grid
    self.sink = sink
  }

  func begin(_ block: Region) {
    taker.begin(block)
    let ordinal = grid.ordinal(block)
    if parts.indices.contains(current), parts[current].ordinal == ordinal {
      // Mostly: blocks that follow one another along what is reduced.
      parts[current].blocks += 1
      return
    }
    capacity = grid.kept(block.lengths).reduce(1, *)
    if let known = parts.lastIndex(where: { $0.ordinal == ordinal }) {
      current = known
    } else {
      // Blocks that hold all of what is reduced have nothing to be merged with.
      if grid.blocksEach == 1, let last = parts.popLast() { sink.complete(last.ordinal, last.accumulators) }
      parts.append((ordinal, sink.accumulators(capacity), 0))
      current = parts.count - 1
    }
    parts[current].blocks += 1
    targets = []
  }

  func merge() { sink.merge(parts) }

  func take(_ tile: Tile, _ values: ArraySlice<UnsafeRawPointer>) throws {
    try take(tile, values, beside: [])
  }

  /// The sinks' `companionship` tells that they are reductions along the same axes.
  func take(_ tile: Tile, _ values: ArraySlice<UnsafeRawPointer>, beside others: [any PassPartial]) throws {
    if targets.isEmpty { targets = try [target] + others.map(ReductionPartial.target) }
    withExtendedLifetime((self, others)) { taker.take(tile, values, into: targets) }
  }

  private static func target(of partial: any PassPartial) throws -> ReducerTarget {
    guard let reduction = partial as? ReductionPartial else {
      throw TesseraError(.unsupported, "sinks of different kinds that take tiles together")
    }
    return reduction.target
  }

  /// What takes the current block; it stays where it is until the next one.
  private var target: ReducerTarget {
    ReducerTarget(taker.reducer, parts[current].accumulators.bytes.baseAddress!, capacity: capacity)
  }
}
