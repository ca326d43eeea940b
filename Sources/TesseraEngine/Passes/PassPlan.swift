package import TesseraCore
import TesseraIO
package import TesseraStorage

/// One sweep over the blocks of an iteration: what is read, and what takes it. Pure; made before anything is read.
package struct PassPlan: Sendable {
  /// What a sink takes of the program's roots.
  package struct Task: Sendable {
    package var sink: any PassSink
    package var roots: Range<Int>
  }

  package let shape: Shape
  package let program: Program
  package let tasks: [Task]
  package let grid: ChunkGrid
  /// Consecutive blocks whose results are gathered before they are merged, fixed by the layout alone.
  package let blocksPerLeaf: Int
  package let threads: Int
  package let bytesRead: Int
  /// Bytes of the elements that are gone over, next to nothing of results alone.
  package var computedBytes: Int { program.isDerived ? 0 : shape.count.saturatingMultiply(8) }
  package let predictedPeak: Int
  /// Resident pages of mapped files.
  package let window: Int
  /// The part of the window for blocks that are computed where they are mapped, if the page cache holds them so that it is
  /// worth it; 0 where they are copied.
  package let lent: Int

  private static let leafBytes = 8 << 20
  private static let leastLeaves = 64
  /// What strided reads of mapped files need, to take more than a few elements at a time.
  private static let leastWindow = 6 * Mapping.faultAround
  /// What reducing short rows takes for a while, in each thread.
  static let kernelBytes = 512 << 10

  /// - Parameters:
  ///   - block: the shape of the blocks; chosen when nil.
  ///   - held: bytes of results that earlier passes left in memory.
  /// - Throws: `.memory` when not even one thread fits the budget, naming the least that would do.
  package init(
    over shape: Shape, _ program: Program, _ tasks: [Task], block: [Int]? = nil, held: Int,
    options: TransferOptions
  ) throws {
    self.shape = shape
    self.program = program
    self.tasks = tasks
    let block =
      block
      ?? BlockShape.chooseCut(
        program, over: shape, whole: tasks.reduce(into: []) { $0.formUnion($1.sink.wholeAxes) })
    grid = try ChunkGrid(shape: shape, chunkShape: block)
    let itemSize = program.leaves.map(\.dtype.itemSize).max() ?? 1
    let blockBytes = max(1, block.saturatingProduct(itemSize))
    func memory(_ blocksPerLeaf: Int) -> SinkMemory {
      tasks.map { $0.sink.memory(block: block, blocksPerLeaf: blocksPerLeaf) }.reduce(SinkMemory(shared: 0)) {
        SinkMemory(
          perThread: $0.perThread.saturatingAdd($1.perThread), shared: $0.shared.saturatingAdd($1.shared))
      }
    }
    // Large accumulators are merged less often.
    let wanted = max(PassPlan.leafBytes, memory(1).perThread.saturatingMultiply(4)) / blockBytes
    let least = (tasks.map(\.sink.leastLeafBytes).max() ?? 0) / blockBytes
    blocksPerLeaf = max(1, min(max(least, min(wanted, grid.count / PassPlan.leastLeaves)), 1 << 20))

    let model = try MemoryModel(options)
    let sinks = memory(blocksPerLeaf)
    let perThread = BlockEvaluator.bytes(program, block: block).saturatingAdd(sinks.perThread)
      .saturatingAdd(PassPlan.kernelBytes)
    let shared = held.saturatingAdd(sinks.shared)
    let leaves = (grid.count + blocksPerLeaf - 1) / blocksPerLeaf
    let most = max(1, min(options.threads, leaves))
    guard
      let threads = (1...most).reversed().first(where: {
        perThread.saturatingMultiply($0).saturatingAdd(shared) <= model.buffers
      })
    else {
      throw model.tooSmall(
        for: "blocks of \(Shape.describe(block))", buffers: perThread.saturatingAdd(shared))
    }
    self.threads = threads
    window = model.window
    let lent = PassPlan.lentBytes(program, block).saturatingMultiply(threads)
    let isSafe = program.callsNobody && tasks.allSatisfy(\.sink.takesChangingValues)
    self.lent = isSafe && lent <= model.window / 2 && model.window - lent >= PassPlan.leastWindow ? lent : 0
    predictedPeak = model.predictedPeak(
      buffers: perThread.saturatingMultiply(threads).saturatingAdd(shared))
    bytesRead = program.storedBytesRead(shape)
  }

  /// What may be resident of the mapped files of one thread's block.
  private static func lentBytes(_ program: Program, _ block: [Int]) -> Int {
    program.leaves.lazy.filter { !$0.source.isInMemory }.reduce(0) { sum, leaf in
      let own = leaf.map.compact(block).saturatingProduct(leaf.dtype.itemSize)
      return sum.saturatingAdd(PageLender.mostResident(own))
    }
  }

  package func explanation() -> Explanation.Pass {
    let distinct = program.sourceNames.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    var pass = Explanation.Pass(
      source: distinct.joined(separator: ", "), shape: shape, blockShape: grid.chunkShape, blocks: grid.count,
      threads: threads, sourceReads: 1, bytesRead: bytesRead, bytesWritten: 0,
      predictedPeakBytes: predictedPeak)
    pass.purpose = .compute
    pass.outputs = 0
    return pass
  }
}
