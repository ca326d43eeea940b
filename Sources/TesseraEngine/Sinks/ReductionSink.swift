package import TesseraCore
import TesseraIO
package import TesseraKernels

/// Reduces a pass's blocks along axes: one accumulator per kept position.
///
/// Blocks of kept positions are finished, and their accumulators given back, as soon as the last block they depend on
/// is merged.
package final class ReductionSink: BarrierSink {
  private let reducer: Reducer
  private let axes: Set<Int>
  private let shape: Shape
  private let hasMask: Bool
  private let fields: [ReductionField]
  /// Those of the fields that somebody asks for.
  nonisolated(unsafe) private var wanted: [ReductionField] = []
  /// Written by `begin`, alone.
  nonisolated(unsafe) private var grid: KeptGrid?
  nonisolated(unsafe) private var results: [ReductionField: MemoryDriver] = [:]
  /// Per block of kept positions: accumulators, and blocks of the pass merged so far. Touched by `merge`, in turn.
  nonisolated(unsafe) private var open: [Int: (accumulators: Buffer, blocks: Int)] = [:]
  private let idle = Lock<[Buffer]>([])

  package init(_ reducer: Reducer, over shape: Shape, axes: Set<Int>, hasMask: Bool, fields: [ReductionField])
  {
    self.reducer = reducer
    self.axes = axes
    self.shape = shape
    self.hasMask = hasMask
    self.fields = fields
  }

  package var companionship: String? {
    // Positions are walked in another way.
    let countsPositions = reducer.operation == .argMinimum || reducer.operation == .argMaximum
    return "\(axes.sorted()) \(hasMask) \(countsPositions)"
  }

  package var takesChangingValues: Bool { true }

  private var keptShape: Shape {
    Shape(known: shape.indices.filter { !axes.contains($0) }.map { shape[$0] })
  }

  package func want(_ field: String) {
    let field = fields.first { "\($0)" == field }
    if let field, !wanted.contains(field) { wanted.append(field) }
  }

  package func begin(_ grid: ChunkGrid) throws {
    self.grid = try KeptGrid(grid, axes: axes)
    for field in wanted {
      results[field] = MemoryDriver(shape: keptShape, dtype: reducer.resultDType(field))
    }
  }

  package func makePartial() -> any PassPartial {
    let grid = grid!
    return ReductionPartial(ReductionTaker(reducer, hasMask: hasMask, grid: grid), grid: grid, of: self)
  }

  /// Reset accumulators for so many kept positions.
  func accumulators(_ capacity: Int) -> Buffer {
    let buffer = idle.withLock { $0.popLast() } ?? Buffer()
    reducer.reset(buffer.reserve(capacity * reducer.bytesPerItem).baseAddress!, capacity: capacity)
    return buffer
  }

  /// Takes in what was gathered of some consecutive blocks.
  func merge(_ parts: [ReductionPartial.Part]) {
    let grid = grid!
    for part in parts {
      let capacity = grid.grid.region(grid.grid.index(ordinal: part.ordinal)).count
      if let open = open[part.ordinal] {
        withExtendedLifetime((open.accumulators, part.accumulators)) {
          reducer.merge(
            open.accumulators.bytes.baseAddress!, capacity: capacity, first: 0,
            with: UnsafeRawPointer(part.accumulators.bytes.baseAddress!), otherCapacity: capacity,
            otherFirst: 0, count: capacity)
        }
        self.open[part.ordinal]!.blocks += part.blocks
        idle.withLock { $0.append(part.accumulators) }
      } else {
        open[part.ordinal] = (part.accumulators, part.blocks)
      }
      if let open = open[part.ordinal], open.blocks == grid.blocksEach {
        complete(part.ordinal, open.accumulators)
        self.open[part.ordinal] = nil
      }
    }
  }

  /// Writes the results of one block of kept positions to their places, and takes the accumulators back.
  ///
  /// May be called by several threads for different blocks.
  func complete(_ ordinal: Int, _ accumulators: Buffer) {
    let region = grid!.grid.region(grid!.grid.index(ordinal: ordinal))
    let count = region.count
    for field in wanted {
      let result = results[field]!
      let itemSize = reducer.resultDType(field).itemSize
      let strides = keptShape.strides.map { $0 * itemSize }
      Buffer.withTemporary(count * itemSize) { values in
        withExtendedLifetime(accumulators) {
          reducer.finish(
            field, UnsafeRawPointer(accumulators.bytes.baseAddress!), capacity: count, first: 0, count: count,
            into: values.baseAddress!)
        }
        StridedCopy.copy(
          shape: region.lengths, itemSize: itemSize, swapUnit: 1, from: UnsafeRawPointer(values.baseAddress!),
          sourceStrides: Shape.strides(of: region.lengths).map { $0 * itemSize },
          to: result.bytes.baseAddress! + zip(region.lower, strides).reduce(0) { $0 + $1.0 * $1.1 },
          targetStrides: strides)
      }
    }
    idle.withLock { $0.append(accumulators) }
  }

  package func finish() throws -> Bool {
    let grid = grid!
    if grid.blocksEach == 0 {
      // Nothing was reduced where an axis has length 0.
      for ordinal in 0..<grid.grid.count {
        complete(ordinal, accumulators(grid.grid.region(grid.grid.index(ordinal: ordinal)).count))
      }
    }
    idle.withLock { $0.removeAll() }
    return true
  }

  package func result(_ field: String) throws -> MemoryDriver {
    guard let known = wanted.first(where: { "\($0)" == field }), let result = results[known] else {
      preconditionFailure("no result \(field)")
    }
    return result
  }

  package func memory(block: [Int], blocksPerLeaf: Int) -> SinkMemory {
    let each = block.indices.map { min(block[$0], max(shape[$0], 1)) }
    let kept = shape.indices.filter { !axes.contains($0) }
    let positions = kept.map { each[$0] }.saturatingProduct()
    let all = kept.map { shape[$0] }.saturatingProduct()
    let results = wanted.reduce(0) { $0 + reducer.resultDType($1).itemSize }
    // The results of a block, before they go to their places.
    let finishing = positions.saturatingMultiply(16)
    var inLeaf = positions
    var open = 0
    if let first = shape.indices.first(where: { axes.contains($0) && each[$0] < shape[$0] }) {
      inLeaf = min(all, positions.saturatingMultiply(blocksPerLeaf))
      // Leaves are merged in order, so outside the first axis that is cut only one block is open at a time.
      open = kept.map { $0 < first ? each[$0] : shape[$0] }.saturatingProduct()
    }
    return SinkMemory(
      perThread: inLeaf.saturatingMultiply(reducer.bytesPerItem).saturatingAdd(finishing),
      shared: open.saturatingMultiply(reducer.bytesPerItem).saturatingAdd(all.saturatingMultiply(results)))
  }
}
