package import TesseraCore
import TesseraKernels

/// What a local evaluation computes for a box of kept positions once everything it depends on is loaded.
package protocol LocalKernel: Sendable {
  /// Of the results.
  var dtype: DType { get }
  /// Results per kept position, along a last axis of their own; nil for one without that axis.
  var width: Int? { get }
  /// What tells it from other kernels over the same operands.
  var name: String { get }
  /// Bytes of memory that `compute` is lent, for so many kept positions of so many elements each.
  func scratchBytes(positions: Int, each: Int) -> Int
  /// - Parameters:
  ///   - region: the box of the iteration that `evaluator` has loaded: all of the reduced axes.
  ///   - positions: kept positions in it.
  ///   - values: room for the results, in C order.
  func compute(
    _ evaluator: BlockEvaluator, _ region: Region, _ grid: KeptGrid, positions: Int,
    scratch: UnsafeMutableRawBufferPointer, into values: UnsafeMutableRawPointer) throws
}

/// A reduction as the kernels give it.
struct LocalReduction: LocalKernel {
  let reducer: Reducer
  let field: ReductionField
  let hasMask: Bool

  var dtype: DType { reducer.resultDType(field) }
  var width: Int? { nil }
  var name: String { "\(reducer.name) \(field)" }

  func scratchBytes(positions: Int, each: Int) -> Int { positions.saturatingMultiply(reducer.bytesPerItem) }

  func compute(
    _ evaluator: BlockEvaluator, _ region: Region, _ grid: KeptGrid, positions: Int,
    scratch: UnsafeMutableRawBufferPointer, into values: UnsafeMutableRawPointer
  ) throws {
    let accumulators = scratch.baseAddress!
    reducer.reset(accumulators, capacity: positions)
    let targets = [ReducerTarget(reducer, accumulators, capacity: positions)]
    var taker = ReductionTaker(reducer, hasMask: hasMask, grid: grid)
    taker.begin(region)
    try evaluator.forEachTile { tile in
      let operands = (0..<(hasMask ? 2 : 1)).map { evaluator.pointer(toRoot: $0) }
      taker.take(tile, operands[...], into: targets)
    }
    reducer.finish(
      field, UnsafeRawPointer(accumulators), capacity: positions, first: 0, count: positions, into: values)
  }
}

/// Quantiles of lines: the iteration's reduced axes are its last ones.
struct LocalQuantiles: LocalKernel {
  let request: QuantileRequest
  let operand: DType

  var dtype: DType { (try? request.resultDType(of: operand)) ?? .float64 }
  var width: Int? { request.probabilities.count }
  var name: String { "\(request)" }

  func scratchBytes(positions: Int, each: Int) -> Int {
    positions.saturatingMultiply(each).saturatingMultiply(operand.itemSize).saturatingAdd(
      LineQuantiles.scratchBytes(columns: each) + 64
    )
    .saturatingAdd(positions.saturatingMultiply(request.probabilities.count * dtype.itemSize))
  }

  func compute(
    _ evaluator: BlockEvaluator, _ region: Region, _ grid: KeptGrid, positions: Int,
    scratch: UnsafeMutableRawBufferPointer, into values: UnsafeMutableRawPointer
  ) throws {
    let each = region.count / max(1, positions)
    let count = request.probabilities.count
    let lineBytes = (LineQuantiles.scratchBytes(columns: each) + 63) / 64 * 64
    let work = UnsafeMutableRawBufferPointer(rebasing: scratch[..<lineBytes])
    let results = scratch.baseAddress! + lineBytes
    let lines = results + positions * count * dtype.itemSize
    try evaluator.forEachTile { tile in
      (lines + tile.offset * operand.itemSize).copyMemory(
        from: evaluator.pointer(toRoot: 0), byteCount: tile.count * operand.itemSize)
    }
    try LineQuantiles.quantiles(
      request, operand, rows: positions, columns: each, values: UnsafeRawPointer(lines), scratch: work,
      into: results, stride: positions)
    // Probabilities come last here, so that a piece of the results is a piece of kept positions.
    StridedCopy.copy(
      shape: [positions, count], itemSize: dtype.itemSize, swapUnit: 1, from: UnsafeRawPointer(results),
      sourceStrides: [dtype.itemSize, positions * dtype.itemSize], to: values,
      targetStrides: [count * dtype.itemSize, dtype.itemSize])
  }
}
