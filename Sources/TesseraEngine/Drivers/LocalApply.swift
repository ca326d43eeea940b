import TesseraCore
import TesseraIO

/// A user's own function of lines: the iteration's last axis is a line.
struct LocalApply: LocalKernel {
  private let function: LineFunction
  private let operand: DType

  init(_ function: LineFunction, operand: DType) {
    self.function = function
    self.operand = operand
  }

  var dtype: DType { function.dtype }
  var width: Int? { function.count }
  /// Nobody knows what a function does, so none is another one.
  var name: String { "applied \(ProcessLimits.now)" }

  /// The lines of a block, and one of them and its results as the function has them.
  func scratchBytes(positions: Int, each: Int) -> Int {
    positions.saturatingAdd(1).saturatingMultiply(each).saturatingMultiply(operand.itemSize)
      .saturatingAdd((function.count ?? 1).saturatingMultiply(dtype.itemSize))
  }

  func compute(
    _ evaluator: BlockEvaluator, _ region: Region, _ grid: KeptGrid, positions: Int,
    scratch: UnsafeMutableRawBufferPointer, into values: UnsafeMutableRawPointer
  ) throws {
    let lines = scratch.baseAddress!
    try evaluator.forEachTile { tile in
      (lines + tile.offset * operand.itemSize).copyMemory(
        from: evaluator.pointer(toRoot: 0), byteCount: tile.count * operand.itemSize)
    }
    let lineBytes = function.length * operand.itemSize
    let resultBytes = (function.count ?? 1) * dtype.itemSize
    let step = region.count / max(1, positions) * operand.itemSize
    for line in 0..<positions {
      // Nobody knows how long a function takes, and lines may be many.
      try evaluator.interruption()
      let own = UnsafeRawBufferPointer(start: lines + line * step, count: lineBytes)
      try function.run(own, values + line * resultBytes)
    }
  }
}
