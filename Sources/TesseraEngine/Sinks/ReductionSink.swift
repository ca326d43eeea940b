package import TesseraCore
import TesseraIO
package import TesseraKernels

/// Reduces a pass's blocks along axes: one accumulator per kept position.
///
/// Blocks of kept positions are finished, and their accumulators given back, as soon as the last block they depend on
/// is merged.
package final class ReductionSink: BarrierSink {
  private struct State {
    var grid: KeptGrid?
    /// Per block of kept positions: accumulators, and blocks of the pass merged so far.
    var open: [Int: (accumulators: Buffer, blocks: Int)] = [:]
    var finished: Set<Int> = []
    var results: [ReductionField: MemoryDriver] = [:]
  }

  private let reducer: Reducer
  private let axes: Set<Int>
  private let shape: Shape
  private let hasMask: Bool
  private let fields: [ReductionField]
  /// Touched by one thread at a time: `begin` and `finish` are called alone, `merge` in turn.
  nonisolated(unsafe) private var state = State()
  private let idle = Lock<[Buffer]>([])

  package init(_ reducer: Reducer, over shape: Shape, axes: Set<Int>, hasMask: Bool, fields: [ReductionField])
  {
    self.reducer = reducer
    self.axes = axes
    self.shape = shape
    self.hasMask = hasMask
    self.fields = fields
  }

  private var keptShape: Shape {
    Shape(known: shape.indices.filter { !axes.contains($0) }.map { shape[$0] })
  }

  package func begin(_ grid: ChunkGrid) throws {
    state.grid = try KeptGrid(grid, axes: axes)
    for field in fields {
      state.results[field] = MemoryDriver(shape: keptShape, dtype: reducer.resultDType(field))
    }
  }

  package func makePartial() -> any PassPartial {
    let grid = state.grid!
    return ReductionPartial(ReductionTaker(reducer, hasMask: hasMask, grid: grid), grid: grid) { [self] in
      accumulators($0)
    }
  }

  private func accumulators(_ capacity: Int) -> Buffer {
    let buffer = idle.withLock { $0.popLast() } ?? Buffer()
    reducer.reset(buffer.reserve(capacity * reducer.bytesPerItem).baseAddress!, capacity: capacity)
    return buffer
  }

  package func merge(_ partial: any PassPartial) throws {
    let grid = state.grid!
    for part in (partial as! ReductionPartial).parts {
      let capacity = grid.grid.region(grid.grid.index(ordinal: part.ordinal)).count
      if let open = state.open[part.ordinal] {
        withExtendedLifetime((open.accumulators, part.accumulators)) {
          reducer.merge(
            open.accumulators.bytes.baseAddress!, capacity: capacity, first: 0,
            with: UnsafeRawPointer(part.accumulators.bytes.baseAddress!), otherCapacity: capacity,
            otherFirst: 0, count: capacity)
        }
        state.open[part.ordinal]!.blocks += part.blocks
        idle.withLock { $0.append(part.accumulators) }
      } else {
        state.open[part.ordinal] = (part.accumulators, part.blocks)
      }
      if let open = state.open[part.ordinal], open.blocks == grid.blocksEach {
        finish(part.ordinal, open.accumulators)
        state.open[part.ordinal] = nil
        idle.withLock { $0.append(open.accumulators) }
      }
    }
  }

  /// Writes the results of one block of kept positions to their places.
  private func finish(_ ordinal: Int, _ accumulators: Buffer) {
    let region = state.grid!.grid.region(state.grid!.grid.index(ordinal: ordinal))
    let count = region.count
    for field in fields {
      let result = state.results[field]!
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
    state.finished.insert(ordinal)
  }

  package func finish() throws -> Bool {
    // Nothing was reduced where an axis has length 0.
    let grid = state.grid!.grid
    for ordinal in 0..<grid.count where !state.finished.contains(ordinal) {
      finish(ordinal, accumulators(grid.region(grid.index(ordinal: ordinal)).count))
    }
    idle.withLock { $0.removeAll() }
    return true
  }

  package func result(_ field: String) throws -> MemoryDriver {
    guard let known = fields.first(where: { "\($0)" == field }), let result = state.results[known] else {
      preconditionFailure("no result \(field)")
    }
    return result
  }

  package func memory(block: [Int]) -> SinkMemory {
    let positions = shape.indices.filter { !axes.contains($0) }.reduce(1) {
      $0.saturatingMultiply(min(block[$1], shape[$1]))
    }
    let isKeptWhole = shape.indices.allSatisfy { axes.contains($0) || block[$0] >= shape[$0] }
    // Accumulators of kept positions that one leaf leaves open: all of them in the worst case.
    let open = isKeptWhole || axes.allSatisfy { block[$0] >= shape[$0] } ? positions : keptShape.count
    let results = fields.reduce(0) { $0 + reducer.resultDType($1).itemSize }.saturatingMultiply(
      keptShape.count)
    let each = open.saturatingMultiply(reducer.bytesPerItem)
    return SinkMemory(perThread: each, shared: each.saturatingAdd(results))
  }
}
