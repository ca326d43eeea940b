import TesseraCore
import TesseraKernels

/// Lines in ascending order: the iteration's last axis is sorted.
struct LocalSort: LocalKernel {
  private let result: Sorting.Result
  private let operand: DType
  private let columns: Int
  private let lineSort: LineSort

  init(_ result: Sorting.Result, operand: DType, columns: Int) {
    self.result = result
    self.operand = operand
    self.columns = columns
    lineSort = LineSort(operand, columns: columns)
  }

  var dtype: DType { result == .elements ? operand : .int64 }
  var width: Int? { columns }
  var name: String { "sorted \(result)" }

  /// What one line is sorted with, rounded up so that the lines behind it are aligned.
  private var lineScratch: Int {
    let bytes = result == .elements ? lineSort.sortScratchBytes : lineSort.argsortScratchBytes
    return bytes.saturatingAdd(63) / 64 * 64
  }

  func scratchBytes(positions: Int, each: Int) -> Int {
    lineScratch.saturatingAdd(positions.saturatingMultiply(each).saturatingMultiply(operand.itemSize))
  }

  func compute(
    _ evaluator: BlockEvaluator, _ region: Region, _ grid: KeptGrid, positions: Int,
    scratch: UnsafeMutableRawBufferPointer, into values: UnsafeMutableRawPointer
  ) throws {
    let work = scratch.baseAddress!
    let lines = work + lineScratch
    try evaluator.forEachTile { tile in
      (lines + tile.offset * operand.itemSize).copyMemory(
        from: evaluator.pointer(toRoot: 0), byteCount: tile.count * operand.itemSize)
    }
    for line in 0..<positions {
      let first = line * columns
      let own = UnsafeRawPointer(lines + first * operand.itemSize)
      switch result {
      case .elements: lineSort.sort(own, scratch: work, into: values + first * operand.itemSize)
      case .positions:
        let target = values.assumingMemoryBound(to: Int64.self)
        lineSort.argsort(own, scratch: work, into: target + first)
      }
    }
  }
}
