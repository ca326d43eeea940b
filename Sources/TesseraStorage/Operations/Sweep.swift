import TesseraCore

/// Arrays of one shape that are read, computed and written block by block in step.
package struct Sweep: Sendable {
  /// Their numbers, ascending; mostly one.
  package let parts: [Int]
  let source: any BlockSource
  /// In one pass; its blocks are those of the result, in whichever way it is made.
  let plan: TransferPlan
  /// In two passes, where that is less work; of one array alone.
  let spill: SpillPlan?
  /// What it takes, in bytes copied from the page cache.
  let cost: Double

  /// - Parameter loadedBytes: what reading the source once loads.
  init(
    _ parts: [Int], _ source: any BlockSource, _ plan: TransferPlan, spill: SpillPlan? = nil,
    loadedBytes: Int
  ) {
    (self.parts, self.source, self.plan, self.spill) = (parts, source, plan, spill)
    let reads = spill?.filling.blocks.sourceReads ?? plan.blocks.sourceReads
    cost = Double(loadedBytes) * reads + (spill?.fileCost ?? 0)
  }

  /// - Parameter source: what people know the source by.
  package func passes(_ source: String) -> [Explanation.Pass] {
    guard let spill else {
      var pass = plan.pass(source)
      pass.outputs = parts.count
      return [pass]
    }
    return spill.passes(source)
  }
}
