import TesseraCore
import Testing

@testable import TesseraStorage

@Suite struct BlockPlanTests {
  /// One job for a plan, random.
  private struct Job: CustomStringConvertible {
    var shape: [Int]
    var unit: [Int]
    var file: [Int]?
    var granule: [Int]
    var isContiguous: Bool
    var bytes: Int
    var least: Int
    static let itemSize = 4

    init(seed: Int, longest: Int) {
      var random = SeededGenerator(seed: UInt64(seed))
      let rank = Int.random(in: 0...3, using: &random)
      shape = (0..<rank).map { _ in Int.random(in: 0...longest, using: &random) }
      unit = shape.map { _ in Int.random(in: 1...6, using: &random) }
      file = Bool.random(using: &random) ? unit.map { $0 * Int.random(in: 1...6, using: &random) } : nil
      granule = shape.map { max(1, min($0, Int.random(in: 1...8, using: &random))) }
      isContiguous = file == nil && Bool.random(using: &random)
      if isContiguous {
        // As the sinks of flat files ask: part of a row, or whole rows.
        var isWhole = true
        for axis in shape.indices.reversed() {
          unit[axis] = isWhole ? min(unit[axis], max(shape[axis], 1)) : 1
          isWhole = isWhole && unit[axis] == shape[axis]
        }
      }
      bytes = Int.random(in: 4...4000, using: &random)
      least = Int.random(in: 0...800, using: &random)
    }

    func plan() throws -> BlockPlan? {
      try BlockPlan(
        Shape(shape), unit: unit, fileShape: file, granule: granule, isContiguous: isContiguous,
        itemSize: Job.itemSize,
        limits: .init(bytes: bytes, leastBytes: least) { $0.reduce(Job.itemSize, *) })
    }

    var description: String {
      "shape \(shape), unit \(unit), file \(String(describing: file)), granule \(granule), contiguous \(isContiguous), \(bytes) bytes, least \(least)"
    }
  }

  @Test(arguments: 0..<300)
  func coversEveryElementOnce(_ seed: Int) throws {
    let job = Job(seed: seed, longest: 14)
    let clipped = zip(job.unit, job.shape).map { min($0, max($1, 1)) }
    guard let plan = try job.plan() else {
      #expect(clipped.reduce(Job.itemSize, *) > job.bytes, "seed \(seed): a unit fits: \(job)")
      return
    }
    let note = Comment("seed \(seed): \(job): block \(plan.block), group \(plan.group)")
    #expect(plan.block.reduce(Job.itemSize, *) <= job.bytes, note)
    var seen: Set<[Int]> = []
    var total = 0
    for number in 0..<plan.count {
      let region = plan.region(number)
      total += region.count
      region.forEachIndex { seen.insert($0) }
      for axis in job.shape.indices {
        #expect(region.lower[axis] % clipped[axis] == 0, note)
        #expect(region.lower[axis] % plan.block[axis] == 0, note)
      }
    }
    #expect(seen.count == job.shape.reduce(1, *) && total == seen.count, note)
  }

  /// Blocks lie within one file, or hold whole files; and all blocks of a group of files come together.
  @Test(arguments: 0..<300)
  func nestsInFilesAndFinishesThemOneAfterAnother(_ seed: Int) throws {
    let job = Job(seed: seed, longest: 30)
    guard let file = job.file, let plan = try job.plan(), plan.count < 4000 else { return }
    let note = Comment("seed \(seed): \(job): block \(plan.block), group \(plan.group)")
    for axis in job.shape.indices where plan.block[axis] < job.shape[axis] {
      #expect(file[axis] % plan.block[axis] == 0 || plan.block[axis] % file[axis] == 0, note)
    }
    var finished: Set<[Int]> = []
    var current: [Int]?
    for number in 0..<plan.count {
      let group = zip(plan.region(number).lower, plan.group).map { $0 / $1 }
      if group != current {
        #expect(finished.insert(group).inserted, "a group comes back: \(note)")
        current = group
      }
    }
  }

  @Test(arguments: 0..<200)
  func contiguousBlocksAreStretchesInCOrder(_ seed: Int) throws {
    let job = Job(seed: seed, longest: 14)
    guard job.isContiguous, let plan = try job.plan() else { return }
    let shape = try Shape(job.shape)
    var next = 0
    for number in 0..<plan.count {
      var offsets: [Int] = []
      plan.region(number).forEachIndex { index in
        offsets.append(zip(index, shape.strides).reduce(0) { $0 + $1.0 * $1.1 })
      }
      #expect(
        offsets == Array(next..<next + offsets.count),
        "seed \(seed): \(job): block \(number) of \(plan.block)")
      next += offsets.count
    }
    #expect(next == shape.count)
  }

  @Test(arguments: 0..<200)
  func countsSourceReadsAsTheyHappen(_ seed: Int) throws {
    let job = Job(seed: seed, longest: 14)
    guard let plan = try job.plan(), plan.shape.count > 0 else { return }
    let source = try ChunkGrid(shape: Shape(job.shape), chunkShape: job.granule)
    var reads = 0
    for number in 0..<plan.count { reads += source.chunks(touching: plan.region(number)).count }
    let expected = Double(reads) / Double(source.count)
    #expect(
      abs(plan.sourceReads - expected) < 1e-9, "seed \(seed): \(job): \(plan.sourceReads), not \(expected)")
  }

  @Test func hugeShapesDoNotOverflowNorTakeForever() throws {
    for (shape, unit, file) in [
      ([1 << 58], [1], [1 << 20]), ([(1 << 58) - 1], [1024], nil),
      ([1 << 29, 1 << 29], [1, 1 << 10], [1 << 10, 1 << 29]),
      ([1 << 40], [1 << 40], [1 << 40]), ([3, 1 << 50], [1, 4096], nil),
    ] as [([Int], [Int], [Int]?)] {
      let plan = try BlockPlan(
        Shape(shape), unit: unit, fileShape: file, granule: unit, isContiguous: false, itemSize: 8,
        limits: .init(bytes: 1 << 24, leastBytes: 1 << 20) { block in
          block.reduce(8) { $0.multipliedReportingOverflow(by: $1).overflow ? .max : $0 * $1 }
        })
      if let plan {
        let last = plan.region(plan.count - 1)
        #expect(zip(last.lower, last.lengths).map { $0 + $1 } == shape)
      }
    }
  }

  /// A shard of a prime number of chunks has no blocks of a few of them: one chunk at a time, not all 257.
  @Test func smallBlocksDoNotGrowToAFileOfManyChunks() throws {
    let plan = try #require(
      try BlockPlan(
        Shape([349_525, 768]), unit: [340, 768], fileShape: [257 * 340, 768], granule: [1, 768],
        isContiguous: false, itemSize: 4,
        limits: .init(bytes: 1 << 30, leastBytes: 1 << 20, cost: { $0.reduce(8, *) })))
    #expect(plan.block == [340, 768])
  }

  @Test func defaultShardsHoldADivisibleNumberOfChunks() throws {
    let shape = try Shape([349_525, 768])
    let chunks = DefaultShapes.chunks(shape, itemSize: 4, isRaw: false)
    let shards = DefaultShapes.shards(shape, chunks: chunks, itemSize: 4)
    #expect(shards[0] / chunks[0] % 16 == 0)
  }
}
