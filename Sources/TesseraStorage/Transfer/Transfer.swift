import Synchronization
import TesseraCore
import TesseraIO
import TesseraKernels

/// Streams one array from where it is stored to where it shall be, block by block on all threads.
///
/// Each worker takes the next block, reads or borrows it, converts it, and hands it to the sink;
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

  private struct Shared: ~Copyable {
    let next = Atomic<Int>(0)
    let isFailed = Atomic<Bool>(false)
  }

  /// Runs to the end; the sink has everything, and has it on disk.
  ///
  /// - Throws: the first error; `.cancelled` when asked to stop.
  package func run(progress: ProgressMeter) throws {
    let gate = OrderedGate()
    let reading = OrderedGate()
    let shared = Shared()
    let inherited = options.cancellation
    try WorkerTeam.run(threads: plan.threads) { _ in
      let scratch = WriteScratch()
      let block = BlockBuffers()
      do {
        while !shared.isFailed.load(ordering: .relaxed) {
          let number = shared.next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard number < plan.blocks.count else { return }
          try inherited?.check()
          try move(number, gate, reading, block, scratch)
          progress.add(plan.blocks.region(number).count * dtype.itemSize)
          try log?.finished(number, sync: sink.sync)
        }
      } catch {
        // Nobody waits for a turn that will not come.
        shared.isFailed.store(true, ordering: .relaxed)
        gate.close()
        reading.close()
        throw error
      }
    }
    try sink.sync()
  }

  /// One worker's memory: the block as stored, and as converted.
  private final class BlockBuffers: Sendable {
    let source = Buffer()
    let converted = Buffer()
  }

  private func move(
    _ number: Int, _ gate: OrderedGate, _ reading: OrderedGate, _ buffers: BlockBuffers,
    _ scratch: WriteScratch
  ) throws {
    let region = plan.blocks.region(number)
    if try log?.isFinished(number) ?? false || (log != nil && sink.isStored(region)) {
      if source.isSequential { try reading.pass(number) {} }
      return try gate.pass(number) {}
    }
    let elements = try load(region, number, reading, buffers, scratch)
    try sink.store(region, number: number, from: elements, gate: gate, scratch: scratch)
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
