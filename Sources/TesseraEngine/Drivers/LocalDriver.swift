package import TesseraCore
import TesseraKernels
package import TesseraStorage

/// Results that are read piece by piece, each computed from all it depends on at that moment: what a row-wise norm over
/// more rows than fit in memory needs.
package final class LocalDriver: ComputedDriver {
  package let description: ArrayDescription
  private let kernel: any LocalKernel
  private let program: Program
  private let pass: ChunkGrid
  private let kept: KeptGrid
  private let workers: Pool<Worker>
  /// How often each element is read, as blocks are narrower than what is read as one.
  private let rereads: Int

  /// One thread's memory, and the piece computed last.
  private final class Worker {
    let evaluator: BlockEvaluator
    let scratch = Buffer()
    let values = Buffer()
    var held: Int?
    init(_ program: Program) { evaluator = BlockEvaluator(program) }
  }

  /// - Parameters:
  ///   - program: the operands, over `shape`.
  ///   - axes: those that are reduced.
  ///   - mostBytes: what blocks are cut to along the others, if they can be; nil where they are short by themselves.
  package init(
    _ kernel: any LocalKernel, _ program: Program, over shape: Shape, axes: Set<Int>, mostBytes: Int? = nil
  ) throws {
    self.kernel = kernel
    self.program = program
    let block =
      mostBytes.map { BlockShape.chooseCut(program, over: shape, whole: axes, most: $0) }
      ?? BlockShape.choose(program, over: shape, whole: axes)
    pass = try ChunkGrid(shape: shape, chunkShape: block)
    let granule = BlockShape.granule(program, over: shape)
    rereads = shape.indices.reduce(1) {
      $0.saturatingMultiply(LocalDriver.reads(of: granule[$1], by: block[$1], along: shape[$1]))
    }
    kept = try KeptGrid(pass, axes: axes)
    let dimensions = kept.grid.shape.dimensions + (kernel.width.map { [$0] } ?? [])
    description = ArrayDescription(computed: try Shape(dimensions), dtype: kernel.dtype)
    workers = Pool { Worker(program) }
  }

  /// How many blocks have a part of a granule, along an axis: on average, rounded up.
  private static func reads(of granule: Int, by block: Int, along length: Int) -> Int {
    if length == 0 { return 1 }
    let (granules, blocks) = ((length - 1) / granule + 1, (length - 1) / block + 1)
    // One more begins with each block that does not begin with a granule.
    let shared = (length - 1) / (granule / gcd(granule, block)).saturatingMultiply(block)
    return (granules + blocks - 2 - shared) / granules + 1
  }

  package var granule: [Int] { kept.grid.chunkShape + (kernel.width.map { [$0] } ?? []) }
  package var isSequential: Bool { program.isSequential }

  package var scratchBytes: Int {
    let positions = kept.grid.chunkCount
    let each = pass.chunkCount / max(1, positions)
    return BlockEvaluator.bytes(program, block: pass.chunkShape)
      .saturatingAdd(kernel.scratchBytes(positions: positions, each: each))
      .saturatingAdd(positions.saturatingMultiply((kernel.width ?? 1) * kernel.dtype.itemSize))
      .saturatingAdd(PassPlan.kernelBytes)
  }

  /// All that an element depends on is read for it.
  package var readingCost: Double {
    let own = max(1, description.logicalBytes ?? 1)
    let loaded = program.loadedBytes(pass.shape).saturatingMultiply(rereads)
    return max(1, program.readingCost * Double(loaded) / Double(own))
  }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    let rank = kept.grid.shape.rank
    try workers.with { worker in
      let bounds = selection.bounds
      let touched = Region(lower: Array(bounds.lower[..<rank]), lengths: Array(bounds.lengths[..<rank]))
      try kept.grid.chunks(touching: touched).forEachIndex { index in
        let box = kept.grid.region(index)
        var pieces = (0..<rank).map { selection.axes[$0].within(box.range($0)) }
        guard !pieces.contains(where: { $0.count == 0 }) else { return }
        if selection.axes.count > rank {
          pieces.append(.init(start: selection.axes[rank].start, count: selection.axes[rank].count, place: 0))
        }
        try compute(kept.grid.ordinal(index), box, worker, scratch.interruption)
        copy(pieces, box, worker, selection, target, strides)
      }
    }
  }

  private func compute(
    _ ordinal: Int, _ box: Region, _ worker: Worker, _ interruption: @escaping @Sendable () throws -> Void
  ) throws {
    if worker.held == ordinal { return }
    worker.held = nil
    var region = Region(pass.shape)
    var number = 0
    for axis in region.lower.indices where kept.isKept[axis] {
      (region.lower[axis], region.lengths[axis]) = (box.lower[number], box.lengths[number])
      number += 1
    }
    let positions = box.count
    let values = worker.values.reserve(positions * (kernel.width ?? 1) * kernel.dtype.itemSize)
    let scratch = worker.scratch.reserve(
      kernel.scratchBytes(positions: positions, each: region.count / max(1, positions)))
    try worker.evaluator.load(StridedRegion(region), interruption: interruption)
    try kernel.compute(
      worker.evaluator, region, kept, positions: positions, scratch: scratch, into: values.baseAddress!)
    worker.held = ordinal
  }

  private func copy(
    _ pieces: [StridedRegion.Axis.Piece], _ box: Region, _ worker: Worker, _ selection: StridedRegion,
    _ target: UnsafeMutableRawPointer, _ strides: [Int]
  ) {
    let itemSize = kernel.dtype.itemSize
    let width = kernel.width.map { [$0] } ?? []
    let own = Shape.strides(of: box.lengths + width).map { $0 * itemSize }
    let lower = box.lower + width.map { _ in 0 }
    var source = 0
    var place = 0
    for (axis, piece) in pieces.enumerated() {
      source += (piece.start - lower[axis]) * own[axis]
      place += piece.place * strides[axis]
    }
    StridedCopy.copy(
      shape: pieces.map(\.count), itemSize: itemSize, swapUnit: 1,
      from: UnsafeRawPointer(worker.values.bytes.baseAddress! + source),
      sourceStrides: zip(selection.axes, own).map { $0.step * $1 }, to: target + place,
      targetStrides: strides)
  }

  package func finishReading() {
    workers.drain()
    program.finishReading()
  }

  package var storedBytesRead: Int { program.storedBytesRead(pass.shape).saturatingMultiply(rereads) }
  package var sourceNames: [String] { program.sourceNames }
  package func storedBytes() throws -> Int { 0 }
  package func fingerprint() throws -> String {
    let leaves = try program.leaves.map { "\(try $0.source.driver.fingerprint()) \($0.map)" }
    return "\(kernel.name) \(kept.isKept) \(program.fingerprint) of \(leaves.joined(separator: "; "))"
  }
}
