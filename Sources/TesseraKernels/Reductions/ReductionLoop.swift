import CTesseraKernels
import TesseraCore

/// What one loop over values gathers: for one target, or for two that have work in common.
enum ReductionLoop {
  case one(ReducerTarget)
  /// A sum is what moments begin with.
  case momentsAndSum(ReducerTarget, ReducerTarget)
  /// Values are loaded, and compared with themselves (as NaN is not equal to itself), once.
  case extrema(least: ReducerTarget, greatest: ReducerTarget)

  /// The loops that serve all of the targets, which are of one dtype. Those that skip NaNs have loops of their own.
  static func loops(for targets: [ReducerTarget]) -> [ReductionLoop] {
    var left = targets
    var loops: [ReductionLoop] = []
    func pair(_ first: ReductionOperation, _ second: ReductionOperation) -> (ReducerTarget, ReducerTarget)? {
      func place(_ operation: ReductionOperation) -> Int? {
        left.firstIndex { $0.reducer.operation == operation && !$0.reducer.skipsNaN }
      }
      guard let one = place(first), let other = place(second) else { return nil }
      defer { for index in [max(one, other), min(one, other)] { left.remove(at: index) } }
      return (left[one], left[other])
    }
    guard let operand = targets.first?.reducer.operand else { return [] }
    if [.float16, .bfloat16, .float32, .complex64].contains(operand), let both = pair(.moments, .sum) {
      loops.append(.momentsAndSum(both.0, both.1))
    }
    if operand.kind != .complex, let both = pair(.minimum, .maximum) {
      loops.append(.extrema(least: both.0, greatest: both.1))
    }
    return loops + left.map { .one($0) }
  }
}

/// Tiles whose columns are reduced.
extension ReductionLoop {
  func takeColumns(
    first: Int, rows: Int, columns: Int, values: UnsafeRawPointer, mask: UnsafeRawPointer?,
    _ positions: ReducedPositions
  ) {
    let parts = self.parts
    let byPart = parts == 2 ? mask.map { doubled($0, count: rows * columns) } : nil
    defer { byPart?.deallocate() }
    let mask = byPart.map { UnsafeRawPointer($0) } ?? mask
    var tile = tessera_tile(
      first: first * parts, rows: rows, columns: columns * parts, values: values,
      mask: mask?.assumingMemoryBound(to: UInt8.self), position: Int64(positions.start),
      step: Int64(positions.step), group: positions.group, group_step: Int64(positions.groupStep),
      skips_nan: skipsNaN ? 1 : 0)
    switch self {
    case .one(let target):
      target.reducer.accumulate(target.accumulators, capacity: target.capacity, &tile)
    case .momentsAndSum(let moments, let sum):
      tessera_moments_and_sums_columns(
        moments.reducer.kernelDType.rawValue, moments.memory, sum.memory, &tile)
    case .extrema(let least, let greatest):
      tessera_extrema_columns(least.reducer.operand.rawValue, least.memory, greatest.memory, &tile)
    }
  }

  private var skipsNaN: Bool {
    if case .one(let target) = self { target.reducer.skipsNaN } else { false }
  }

  private var parts: Int {
    switch self {
    case .one(let target), .momentsAndSum(let target, _), .extrema(let target, _): target.reducer.parts
    }
  }

  /// The mask of the parts of complex numbers: each byte twice.
  private func doubled(_ mask: UnsafeRawPointer, count: Int) -> UnsafeMutableRawPointer {
    let target = UnsafeMutableRawPointer.allocate(byteCount: 2 * count, alignment: 64)
    tessera_copy_plane(1, 1, count, 2, mask, 1, 0, target, 2, 1)
    return target
  }
}

/// Tiles whose rows are reduced, without a mask.
extension ReductionLoop {
  func takeRows(_ tile: tessera_tile) {
    var tile = tile
    tile.skips_nan = skipsNaN ? 1 : 0
    withUnsafePointer(to: tile) { tile in
      switch self {
      case .one(let target): target.takeRows(tile)
      case .momentsAndSum(let moments, let sum):
        tessera_moments_and_sums_rows(moments.reducer.operand.rawValue, moments.memory, sum.memory, tile)
      case .extrema(let least, let greatest):
        tessera_extrema_rows(least.reducer.operand.rawValue, least.memory, greatest.memory, tile)
      }
    }
  }
}

extension ReducerTarget {
  fileprivate var memory: tessera_accumulators {
    tessera_accumulators(memory: accumulators, capacity: capacity * reducer.parts)
  }

  fileprivate func takeRows(_ tile: UnsafePointer<tessera_tile>) {
    let dtype = reducer.operand.rawValue
    switch reducer.operation {
    case .sum: tessera_sum_rows(dtype, memory, tile)
    case .minimum, .maximum, .fmin, .fmax: tessera_extremum_rows(reducer.extremumKind, dtype, memory, tile)
    case .moments: tessera_moments_rows(dtype, memory, tile)
    case .numbers: tessera_numbers_rows(dtype, memory, tile)
    default: preconditionFailure("\(reducer.operation) has no loop over rows")
    }
  }
}
