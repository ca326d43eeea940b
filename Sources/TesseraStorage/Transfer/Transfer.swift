import TesseraCore
import TesseraIO
import TesseraKernels

/// Streams one array from where it is stored to where it shall be, block by block on all threads.
///
/// Each worker takes the next block, reads it, converts it, and hands it to the sink;
/// compression, reading and writing of different blocks overlap. Blocks take their places in the output in order,
/// so the files have the same bytes for any number of threads.
package struct Transfer: Sendable {
  package let source: any ArrayDriver
  package let sink: any ArraySink
  package let plan: TransferPlan
  private let options: TransferOptions
  private let log: ResumeLog?
  /// The dtype that is written.
  private let dtype: DType

  /// - Parameter log: where progress is kept that a later run can go on from.
  package init(
    from source: any ArrayDriver, to sink: any ArraySink, plan: TransferPlan, options: TransferOptions,
    log: ResumeLog? = nil
  ) {
    self.source = source
    self.sink = sink
    self.plan = plan
    self.options = options
    self.log = log
    dtype = sink.requirements.dtype
  }

  /// Runs to the end; the sink has everything, and has it on disk.
  ///
  /// - Throws: the first error; `.cancelled` when asked to stop.
  package func run(progress: ProgressMeter) throws {
    let reading = OrderedGate()
    let isStream = source.isSequential || sink.requirements.isContiguous
    let schedule = BlockSchedule(plan.blocks, isInOrder: isStream)
    let forgets = try plan.blocks.sourceReads < 1.5 && MemoryModel.exceedsPageCache(source)
    try WorkerTeam.run(threads: plan.threads) { worker in
      let scratch = WriteScratch(read: ReadScratch(forgets: forgets, checks: true))
      let buffers = BlockBuffers()
      do {
        while let ticket = schedule.next(worker) {
          try options.checkCancellation()
          try move(ticket, reading, buffers, scratch)
          progress.add(plan.blocks.region(ticket.number).count * dtype.itemSize)
          try log?.finished(ticket.number, sync: sink.sync)
        }
      } catch {
        // Nobody waits for a turn that will not come.
        schedule.close()
        reading.close()
        throw error
      }
    }
    try sink.sync()
  }

  /// Whether an interrupted run did all blocks.
  func isFinished() throws -> Bool {
    guard log != nil else { return false }
    return try (0..<plan.blocks.count).allSatisfy { try isFinished($0, plan.blocks.region($0)) }
  }

  private func isFinished(_ number: Int, _ region: Region) throws -> Bool {
    try log?.isFinished(number) ?? false || (log != nil && sink.isStored(region))
  }

  /// The same transfer from another place, by a plan that has the same blocks.
  func reading(_ source: any ArrayDriver, _ plan: TransferPlan) -> Transfer {
    precondition(plan.blocks.block == self.plan.blocks.block, "the blocks stay")
    return Transfer(from: source, to: sink, plan: plan, options: options, log: log)
  }

  /// One worker's memory: the block as stored, and as converted.
  private final class BlockBuffers: Sendable {
    let source = Buffer()
    let converted = Buffer()
  }

  private func move(
    _ ticket: BlockSchedule.Ticket, _ reading: OrderedGate, _ buffers: BlockBuffers, _ scratch: WriteScratch
  ) throws {
    let number = ticket.number
    let region = plan.blocks.region(number)
    if try isFinished(number, region) {
      if source.isSequential { try reading.pass(number) {} }
      return try ticket.gate.pass(ticket.turn) {}
    }
    let elements = try load(region, number, reading, buffers, scratch)
    try sink.store(region, turn: ticket.turn, from: elements, gate: ticket.gate, scratch: scratch)
  }

  private func load(
    _ region: Region, _ number: Int, _ reading: OrderedGate, _ buffers: BlockBuffers, _ scratch: WriteScratch
  ) throws -> UnsafeRawBufferPointer {
    let from = try source.description.supportedDType()
    let count = region.count
    let loaded = buffers.source.reserve(count * from.itemSize)
    let strides = Shape.strides(of: region.lengths).map { $0 * from.itemSize }
    let read = {
      try source.read(
        StridedRegion(region), into: loaded.baseAddress!, strides: strides, scratch: scratch.read)
    }
    if source.isSequential { try reading.pass(number, read) } else { try read() }
    if from == dtype { return UnsafeRawBufferPointer(loaded) }
    let converted = buffers.converted.reserve(count * dtype.itemSize)
    Cast.convert(count, from: from, loaded.baseAddress!, to: dtype, converted.baseAddress!)
    return UnsafeRawBufferPointer(converted)
  }
}
