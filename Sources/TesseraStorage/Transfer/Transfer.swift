import TesseraCore
import TesseraIO
import TesseraKernels

/// Streams an array, or several of one shape in step, from where it is stored to where it shall be, block by block on
/// all threads.
///
/// Each worker takes the next block, reads it, converts it, and hands it to the sinks;
/// compression, reading and writing of different blocks overlap. Blocks take their places in the output in order,
/// so the files have the same bytes for any number of threads.
package struct Transfer: Sendable {
  /// Where one of the arrays goes.
  package struct Output: Sendable {
    package let sink: any ArraySink
    /// Where progress is kept that a later run can go on from.
    package let log: ResumeLog?

    package init(_ sink: any ArraySink, log: ResumeLog? = nil) {
      self.sink = sink
      self.log = log
    }

    /// Whether an interrupted run has written a block already.
    fileprivate func isFinished(_ number: Int, _ region: Region) throws -> Bool {
      guard let log else { return false }
      return try log.isFinished(number) || sink.isStored(region)
    }
  }

  package let source: any BlockSource
  package let outputs: [Output]
  package let plan: TransferPlan
  private let options: TransferOptions

  /// - Parameter outputs: one for each array of the source.
  package init(
    from source: any BlockSource, to outputs: [Output], plan: TransferPlan, options: TransferOptions
  ) {
    precondition(source.dtypes.count == outputs.count, "every array has its sink")
    self.source = source
    self.outputs = outputs
    self.plan = plan
    self.options = options
  }

  /// One array.
  ///
  /// - Throws: `.unsupported` for a dtype that cannot be read.
  package init(
    from source: any ArrayDriver, to sink: any ArraySink, plan: TransferPlan, options: TransferOptions
  ) throws {
    self.init(from: try ArraySource(source), to: [Output(sink)], plan: plan, options: options)
  }

  /// Runs to the end; the sinks have everything, and have it on disk.
  ///
  /// - Throws: the first error; `.cancelled` when asked to stop.
  package func run(progress: ProgressMeter) throws {
    let reading = OrderedGate()
    let isStream = source.isSequential || outputs.contains { $0.sink.requirements.isContiguous }
    let schedule = BlockSchedule(plan.blocks, isInOrder: isStream, outputs: outputs.count)
    let forgets = try plan.blocks.sourceReads < 1.5 && source.exceedsPageCache()
    let itemSizes = outputs.reduce(0) { $0 + $1.sink.requirements.dtype.itemSize }
    try WorkerTeam.run(threads: plan.workers) { worker in
      let scratch = WriteScratch(
        read: ReadScratch(forgets: forgets, checks: true, interruption: options.checkCancellation))
      let buffers = BlockBuffers(outputs.count)
      do {
        while let ticket = schedule.next(worker) {
          try options.checkCancellation()
          try move(ticket, reading, buffers, scratch)
          progress.add(plan.blocks.region(ticket.number).count * itemSizes)
          for output in outputs { try output.log?.finished(ticket.number, sync: output.sink.sync) }
        }
      } catch {
        // Nobody waits for a turn that will not come.
        schedule.close()
        reading.close()
        throw error
      }
    }
    for output in outputs { try output.sink.sync() }
  }

  /// Whether an interrupted run did all blocks.
  func isFinished() throws -> Bool {
    guard outputs.allSatisfy({ $0.log != nil }) else { return false }
    return try (0..<plan.blocks.count).allSatisfy { number in
      let region = plan.blocks.region(number)
      return try outputs.allSatisfy { try $0.isFinished(number, region) }
    }
  }

  /// The same transfer from another place, by a plan that has the same blocks.
  func reading(_ source: any BlockSource, _ plan: TransferPlan) -> Transfer {
    precondition(plan.blocks.block == self.plan.blocks.block, "the blocks stay")
    return Transfer(from: source, to: outputs, plan: plan, options: options)
  }

  /// One worker's memory: the block of each array as it was read, and of one as converted.
  private final class BlockBuffers: Sendable {
    let loaded: [Buffer]
    let converted = Buffer()

    init(_ count: Int) { loaded = (0..<count).map { _ in Buffer() } }
  }

  private func move(
    _ ticket: BlockSchedule.Ticket, _ reading: OrderedGate, _ buffers: BlockBuffers, _ scratch: WriteScratch
  ) throws {
    let number = ticket.number
    let region = plan.blocks.region(number)
    let isFinished = try outputs.map { try $0.isFinished(number, region) }
    if isFinished.allSatisfy({ $0 }) {
      if source.isSequential { try reading.pass(number) {} }
    } else {
      try load(region, number, reading, buffers, scratch)
    }
    for (index, output) in outputs.enumerated() {
      if isFinished[index] {
        try ticket.gates[index].pass(ticket.turn) {}
      } else {
        try output.sink.store(
          region, turn: ticket.turn, from: converted(index, region.count, buffers), gate: ticket.gates[index],
          scratch: scratch)
      }
    }
  }

  private func load(
    _ region: Region, _ number: Int, _ reading: OrderedGate, _ buffers: BlockBuffers, _ scratch: WriteScratch
  ) throws {
    let count = region.count
    let targets = zip(buffers.loaded, source.dtypes).map { $0.reserve(count * $1.itemSize).baseAddress! }
    let read = { try source.read(region, into: targets, scratch: scratch.read) }
    if source.isSequential { try reading.pass(number, read) } else { try read() }
  }

  /// A block of one of the arrays in the dtype that is written.
  private func converted(_ index: Int, _ count: Int, _ buffers: BlockBuffers) -> UnsafeRawBufferPointer {
    let (from, to) = (source.dtypes[index], outputs[index].sink.requirements.dtype)
    let loaded = UnsafeRawBufferPointer(rebasing: buffers.loaded[index].bytes[..<(count * from.itemSize)])
    if from == to { return loaded }
    let converted = buffers.converted.reserve(count * to.itemSize)
    Cast.convert(count, from: from, loaded.baseAddress!, to: to, converted.baseAddress!)
    return UnsafeRawBufferPointer(converted)
  }
}
