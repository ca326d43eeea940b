import TesseraCore
import TesseraIO

/// The places of rows among the distinct ones: rows are positions along the iteration's first axis.
struct LocalRowLookup: LocalKernel {
  private let rows: DistinctRows

  init(_ rows: DistinctRows) { self.rows = rows }

  var dtype: DType { .int64 }
  var width: Int? { nil }
  /// Which rows are known depends on the elements, so none is another one.
  var name: String { "places among rows \(ProcessLimits.now)" }

  func scratchBytes(positions: Int, each: Int) -> Int { rows.layout.scratchBytes }

  func compute(
    _ evaluator: BlockEvaluator, _ region: Region, _ grid: KeptGrid, positions: Int,
    scratch: UnsafeMutableRawBufferPointer, into values: UnsafeMutableRawPointer
  ) throws {
    var assembler = RowAssembler(rows.layout, scratch: scratch.baseAddress!)
    let places = values.assumingMemoryBound(to: Int64.self)
    var number = 0
    try evaluator.forEachTile { tile in
      try assembler.take(tile.count, evaluator.pointer(toRoot: 0)) { row in
        guard let rank = rows.rank(of: row, at: region.lower[0] + number) else {
          throw TesseraError(.corrupt, "an array changed since its distinct rows were found")
        }
        places[number] = Int64(rank)
        number += 1
      }
    }
  }
}
