import Glibc
import Synchronization
import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// Conversions over a file in between: the same result as in one pass, and nothing left behind.
@Suite struct SpillTests {
  struct Job: Sendable, Codable, CustomStringConvertible {
    var source: String
    var destination: String
    var codec = "none"
    var dtype: String?
    var description: String { "\(source) to \(destination), \(codec), \(dtype ?? "same dtype")" }

    var layout: ArrayLayout {
      if codec == "gzip" { return ArrayLayout(codec: .gzip, level: 1) }
      guard destination.hasSuffix("zarr") else { return ArrayLayout() }
      return ArrayLayout(
        codec: codec == "lz4" ? .lz4 : .none, chunks: [700, 30], shards: .shape([1400, 90]))
    }

    static let all = always + (hasZlib ? [Job(source: "x.zarr", destination: "out.npz", codec: "gzip")] : [])

    private static let always = [
      Job(source: "x.zarr", destination: "out.zarr", codec: "lz4"),
      Job(source: "x.zarr", destination: "out.npy"),
      Job(source: "x.zarr", destination: "out.npz"),
      Job(source: "x.npy", destination: "out.zarr"),
      Job(source: "x.zarr", destination: "out.zarr", dtype: "float64"),
      Job(source: "x.zarr", destination: "out.npy", dtype: "float16"),
    ]
  }

  private static let array: ModelArray = {
    let elements = (0..<1501 * 997).map { Float($0 % 8191) / 16 }
    return ModelArray(shape: [1501, 997], dtype: .float32, bytes: elements.withUnsafeBytes { Array($0) })
  }()

  private func sources() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try SpillTests.array.writeNpy(folder.at("x.npy"))
    let layout = ArrayLayout(codec: .lz4, chunks: [100, 500], shards: .shape([300, 1000]))
    try Conversion(from: folder.at("x.npy"), to: folder.at("x.zarr"), layout: layout).run()
    return folder
  }

  static func conversion(
    _ job: Job, in folder: String, to name: String? = nil, _ spilling: TransferOptions.Spilling,
    threads: Int = 2, resume: Bool = false, progress: (@Sendable (TransferOptions.Progress) -> Void)? = nil,
    token: CancellationToken? = nil
  ) throws -> Conversion {
    var options = TransferOptions(
      memory: 64 << 20, threads: threads, progress: progress, cancellation: token, resume: resume)
    options.spilling = spilling
    return try Conversion(
      from: Path.join(folder, job.source), to: Path.join(folder, name ?? job.destination),
      layout: job.layout, dtype: job.dtype.flatMap { DType(name: $0) }, options: options)
  }

  @Test(arguments: Job.all) func theSameBytesAsInOnePass(_ job: Job) throws {
    let folder = try sources()
    let conversion = try SpillTests.conversion(job, in: folder.path, .always)
    let passes = conversion.explanation.passes
    #expect(passes.map(\.purpose) == [.spill, .write])
    #expect(passes[0].temporaryBytes == conversion.explanation.temporaryBytes)
    if job.destination.hasSuffix("zarr") {
      #expect(passes.allSatisfy { $0.blocks > 1 }, "several blocks make several pieces: \(passes)")
    }
    try conversion.run()
    let suffix = job.destination.split(separator: ".").last!
    let direct = try SpillTests.conversion(job, in: folder.path, to: "direct.\(suffix)", .never)
    #expect(direct.explanation.passes.map(\.purpose) == [.write])
    try direct.run()
    #expect(
      try snapshot(folder.at(job.destination)) == snapshot(folder.at("direct.\(suffix)")), "\(job)")
    #expect(
      folder.names == [job.destination, "direct.\(suffix)", "x.npy", "x.zarr"].sorted(), "nothing is left")
  }

  /// Random shapes and blocks, through the sink and the driver alone.
  @Test(arguments: 0..<60 as Range<UInt64>) func anyBlocks(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let rank = Int.random(in: 1...3, using: &random)
    func lengths(_ most: Int) -> [Int] { (0..<rank).map { _ in Int.random(in: 1...most, using: &random) } }
    let dtype = [DType.uint8, .int16, .float32, .complex128].randomElement(using: &random)!
    let array = ModelArray(shape: lengths(20), dtype: dtype, random: &random)
    let folder = try TemporaryFolder()
    try array.writeNpy(folder.at("x.npy"))
    let shape = try Shape(array.shape)
    let clipped = { (block: [Int]) in zip(block, array.shape).map { min($0, $1) } }
    let (first, second) = (clipped(lengths(22)), clipped(lengths(22)))
    let grid = PieceGrid(shape, blocks: first, and: second)
    let source = try ArrayLocation(existing: folder.at("x.npy")).driver()
    let options = TransferOptions(memory: 64 << 20, threads: 2)
    func plan(_ block: [Int], _ sink: SinkRequirements) throws -> TransferPlan {
      let blocks = try BlockPlan(shape, block: block, granule: source.granule)
      return try #require(try TransferPlan(blocks, from: dtype, scratch: 0, to: sink, options: options))
    }
    let result = try NpySink(shape, dtype: dtype, file: File(folder.at("out.npy"), .create))
    let emptying = try plan(second, result.requirements)
    let spill = SpillPlan(
      grid: grid, dtype: dtype, filling: try plan(first, SpillSink.requirements(grid, dtype: dtype)),
      emptying: emptying)
    let direct = try Transfer(from: source, to: result, plan: emptying, options: options)
    try SpilledTransfer(plan: spill, source: source, direct: direct, options: options).run(
      in: folder.path, progress: ProgressMeter(total: 0, handler: nil))
    #expect(try ModelArray(reading: folder.at("out.npy")) == array, "seed \(seed): \(first), \(second)")
    #expect(folder.names == ["out.npy", "x.npy"])
  }

  // MARK: Ends before the end

  /// Runs a job in a process of its own that dies after `share` percent of its work.
  private func kill(_ job: Job, in folder: TemporaryFolder, after share: Int) async {
    await #expect(processExitsWith: .exitCode(9)) {
      [path = folder.path as String, job = job as Job, share = share as Int] in
      try SpillTests.conversion(
        job, in: path, .always, threads: 1,
        progress: { progress in
          if progress.done * 100 >= progress.total * share { _exit(9) }
          usleep(110_000)
        }
      ).run()
    }
  }

  @Test(arguments: [Job.all[0], Job.all[1], Job.all[2]], [10, 70])
  func aKilledRunLeavesNoSpillAndIsGoneOnWith(_ job: Job, _ share: Int) async throws {
    let folder = try sources()
    await kill(job, in: folder, after: share)
    let left = try snapshot(folder.at(".\(job.destination).tessera-partial")) ?? [:]
    #expect(!left.isEmpty && !left.keys.contains { $0.contains("spill") }, "\(left.keys)")
    try SpillTests.conversion(job, in: folder.path, .always, resume: true).run()
    try SpillTests.conversion(job, in: folder.path, to: "fresh.\(job.destination)", .never).run()
    #expect(
      try snapshot(folder.at(job.destination)) == snapshot(folder.at("fresh.\(job.destination)")),
      "as if never killed")
    #expect(folder.names == [job.destination, "fresh.\(job.destination)", "x.npy", "x.zarr"].sorted())
  }

  @Test(arguments: [Job.all[0], Job.all[3], Job.all[4]], [10, 70]) func cancelledInEitherPass(
    _ job: Job, _ share: Int
  ) throws {
    let folder = try sources()
    let token = CancellationToken()
    let conversion = try SpillTests.conversion(
      job, in: folder.path, .always, threads: 1,
      progress: { progress in
        if progress.done * 100 >= progress.total * share { token.cancel() }
        usleep(110_000)
      }, token: token)
    let error = tesseraError { try conversion.run() }
    #expect(error?.kind == .cancelled)
    #expect(folder.names == ["x.npy", "x.zarr"])
  }

  @Test(arguments: [Job.all[0], Job.all[1]]) func aFailedCallInEitherPass(_ job: Job) throws {
    let folder = try sources()
    func attempt(_ injector: FaultInjector) -> TesseraError? {
      tesseraError {
        _ = try FaultInjector.$current.withValue(injector) {
          try SpillTests.conversion(job, in: folder.path, .always).run()
        }
      }
    }
    for call in [FaultInjector.Call.write, .read, .open, .unlink] {
      let counter = FaultInjector([call], failing: .max, code: 0)
      #expect(attempt(counter) == nil)
      let whole = try snapshot(folder.at(job.destination))
      try Directory.remove(folder.at(job.destination))
      for number in stride(from: 0, to: counter.count, by: max(1, counter.count / 25)) {
        let error = attempt(FaultInjector([call], failing: number, code: ENOSPC))
        if let error {
          #expect(error.kind == .system(ENOSPC), "\(call) \(number): \(error)")
          let isInPlace = error.what.hasPrefix("is in place")
          #expect(isInPlace || folder.names == ["x.npy", "x.zarr"], "\(call) \(number)")
        } else {
          // What the report reads and the last removals are nobody's concern.
          #expect(try snapshot(folder.at(job.destination)) == whole, "\(call) \(number)")
        }
        for name in folder.names where !name.hasPrefix("x.") { try Directory.remove(folder.at(name)) }
      }
    }
  }

  // MARK: The choice

  private func plan(_ source: [Int], _ chunks: [Int], codec: ArrayLayout.Codec, memory: Int) throws
    -> Explanation
  {
    // No chunk is stored: planning looks at metadata alone.
    let folder = try TemporaryFolder()
    let shape = try Shape([1 << 20, 768])
    let metadata = try ZarrMetadata(
      creating: shape, dtype: .float32, layout: ArrayLayout(codec: codec, chunks: source))
    try Directory.make(folder.at("x.zarr"))
    try ZarrStore.write(metadata, to: folder.at("x.zarr"))
    return try Conversion(
      from: folder.at("x.zarr"), to: "/tmp/tessera-never-written.zarr", layout: ArrayLayout(chunks: chunks),
      options: TransferOptions(memory: memory, threads: 2)
    ).explanation
  }

  @Test func twoPassesWhereOneWouldReadOften() throws {
    let tall = try plan([256, 768], [131072, 8], codec: .lz4, memory: 64 << 20)
    #expect(tall.passes.map(\.purpose) == [.spill, .write])
    #expect(tall.passes.allSatisfy { $0.sourceReads == 1 && $0.predictedPeakBytes <= 64 << 20 })
    #expect(tall.temporaryBytes == 3 << 30)
    let roomy = try plan([256, 768], [131072, 8], codec: .lz4, memory: 16 << 30)
    #expect(roomy.passes.map(\.purpose) == [.write] && roomy.temporaryBytes == 0)
    let same = try plan([256, 768], [256, 768], codec: .lz4, memory: 64 << 20)
    #expect(same.passes.map(\.purpose) == [.write])
  }
}
