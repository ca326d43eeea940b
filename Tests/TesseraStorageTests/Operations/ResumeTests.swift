import Glibc
import Synchronization
import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// Conversions whose process dies in the middle, and what the next run makes of what they left.
@Suite struct ResumeTests {
  struct Job: Sendable, CustomStringConvertible, Codable {
    var destination: String
    var isSharded = false
    var description: String { destination }

    var layout: ArrayLayout {
      if destination == "deflated.npz" { return ArrayLayout(codec: .gzip, level: 1) }
      if !destination.hasSuffix("zarr") { return ArrayLayout() }
      return isSharded
        ? ArrayLayout(codec: .lz4, chunks: [100, 500], shards: .shape([300, 1000]))
        : ArrayLayout(chunks: [250, 500], shards: .none)
    }

    static let all = always + (hasZlib ? [Job(destination: "deflated.npz")] : [])

    private static let always = [
      Job(destination: "out.npy"), Job(destination: "out.npz"), Job(destination: "files.zarr"),
      Job(destination: "shards.zarr", isSharded: true),
    ]
  }

  private static let array: ModelArray = {
    var random = SeededGenerator(seed: 55)
    return ModelArray(shape: [1500, 1000], dtype: .float32, random: &random)
  }()

  private static func options(resume: Bool = false) -> TransferOptions {
    TransferOptions(memory: 64 << 20, threads: 2, resume: resume)
  }

  /// Runs a job in a process of its own that dies after `blocks` blocks.
  private func kill(_ job: Job, in folder: TemporaryFolder, after blocks: Int) async {
    await #expect(processExitsWith: .exitCode(9)) {
      [path = folder.path as String, job = job as Job, blocks = blocks as Int] in
      let done = Atomic<Int>(0)
      var options = TransferOptions(memory: 64 << 20, threads: 1)
      options.progress = { _ in
        if done.wrappingAdd(1, ordering: .relaxed).newValue == blocks { _exit(9) }
        // Long enough that the next block is reported as well.
        usleep(110_000)
      }
      try Conversion(
        from: Path.join(path, "x.npy"), to: Path.join(path, job.destination), layout: job.layout,
        options: options
      ).run()
    }
    #expect(folder.names.contains(".\(job.destination).tessera-partial"), "\(job) left something")
    #expect(!folder.names.contains(job.destination))
  }

  private func run(_ job: Job, in folder: TemporaryFolder, resume: Bool, to name: String? = nil) throws {
    try Conversion(
      from: folder.at("x.npy"), to: folder.at(name ?? job.destination), layout: job.layout,
      options: ResumeTests.options(resume: resume)
    ).run()
  }

  @Test(arguments: Job.all, [1, 3])
  func aKilledRunIsGoneOnWith(_ job: Job, _ blocks: Int) async throws {
    let folder = try TemporaryFolder()
    try ResumeTests.array.writeNpy(folder.at("x.npy"))
    await kill(job, in: folder, after: blocks)
    try run(job, in: folder, resume: true)
    #expect(folder.names == [job.destination, "x.npy"].sorted())
    #expect(try ModelArray(reading: folder.at(job.destination)) == ResumeTests.array)
    let suffix = job.destination.split(separator: ".").last!
    try run(job, in: folder, resume: false, to: "fresh.\(suffix)")
    #expect(
      try snapshot(folder.at(job.destination)) == snapshot(folder.at("fresh.\(suffix)")), "as if never killed"
    )
  }

  /// As a run leaves them that is killed while it writes a finished file once more, for a block that lies in others too.
  @Test(arguments: Job.all.filter { $0.destination.hasSuffix("zarr") })
  func temporariesOfFinishedFilesGo(_ job: Job) async throws {
    let folder = try TemporaryFolder()
    try ResumeTests.array.writeNpy(folder.at("x.npy"))
    await kill(job, in: folder, after: 3)
    let payload = folder.at(".\(job.destination).tessera-partial/payload")
    let built = try snapshot(payload) ?? [:]
    let finished = built.keys.filter {
      $0.hasPrefix("c/") && !$0.hasSuffix("tessera-partial")
    }
    #expect(!finished.isEmpty)
    for name in finished {
      let path = Path.join(payload, name)
      let leftover = try File(Path.join(Path.parent(path), ".\(Path.name(path)).tessera-partial"), .create)
      try leftover.write([1, 2, 3], at: 0)
    }
    try run(job, in: folder, resume: true)
    try run(job, in: folder, resume: false, to: "fresh.zarr")
    #expect(try snapshot(folder.at(job.destination)) == snapshot(folder.at("fresh.zarr")))
  }

  @Test(arguments: Job.all)
  func aRunWithoutResumeStartsOver(_ job: Job) async throws {
    let folder = try TemporaryFolder()
    try ResumeTests.array.writeNpy(folder.at("x.npy"))
    await kill(job, in: folder, after: 2)
    try run(job, in: folder, resume: false)
    #expect(folder.names == [job.destination, "x.npy"].sorted())
    #expect(try ModelArray(reading: folder.at(job.destination)) == ResumeTests.array)
  }

  /// Of what has a note to go on from.
  @Test(arguments: Job.all.filter { $0.destination.hasSuffix("zarr") })
  func anotherSourceIsRefused(_ job: Job) async throws {
    let folder = try TemporaryFolder()
    try ResumeTests.array.writeNpy(folder.at("x.npy"))
    await kill(job, in: folder, after: 2)
    var other = ResumeTests.array
    other.bytes[12345] ^= 1
    try Directory.remove(folder.at("x.npy"))
    try other.writeNpy(folder.at("x.npy"))
    let error = tesseraError { try run(job, in: folder, resume: true) }
    #expect(error?.kind == .usage, "\(error as Any)")
    try run(job, in: folder, resume: false)
    #expect(try ModelArray(reading: folder.at(job.destination)) == other)
  }

  /// There is nothing of the other source that could get into it.
  @Test(arguments: Job.all.filter { !$0.destination.hasSuffix("zarr") })
  func archivesAndShortFilesStartOver(_ job: Job) async throws {
    let folder = try TemporaryFolder()
    try ResumeTests.array.writeNpy(folder.at("x.npy"))
    await kill(job, in: folder, after: 2)
    #expect(try Directory.kind(folder.at(".\(job.destination).tessera-partial/resume.json")) == nil)
    var other = ResumeTests.array
    other.bytes[12345] ^= 1
    try Directory.remove(folder.at("x.npy"))
    try other.writeNpy(folder.at("x.npy"))
    try run(job, in: folder, resume: true)
    #expect(try ModelArray(reading: folder.at(job.destination)) == other)
    #expect(folder.names == [job.destination, "x.npy"].sorted())
  }

  @Test func otherOptionsAreRefusedAndCostNothing() async throws {
    let folder = try TemporaryFolder()
    try ResumeTests.array.writeNpy(folder.at("x.npy"))
    let job = Job(destination: "files.zarr")
    await kill(job, in: folder, after: 3)
    let left = try snapshot(folder.at(".files.zarr.tessera-partial"))
    for layout in [
      ArrayLayout(codec: .lz4, chunks: [250, 500], shards: .none),
      ArrayLayout(chunks: [250, 250], shards: .none),
    ] {
      let error = tesseraError {
        try Conversion(
          from: folder.at("x.npy"), to: folder.at("files.zarr"), layout: layout,
          options: ResumeTests.options(resume: true)
        ).run()
      }
      #expect(error?.kind == .usage)
      let after = try snapshot(folder.at(".files.zarr.tessera-partial"))
      #expect(after?.keys.sorted() == left?.keys.sorted(), "what was done is still there")
    }
  }

  @Test func nothingToResumeStartsAfresh() throws {
    let folder = try TemporaryFolder()
    try ResumeTests.array.writeNpy(folder.at("x.npy"))
    for job in Job.all {
      try run(job, in: folder, resume: true)
      #expect(try ModelArray(reading: folder.at(job.destination)) == ResumeTests.array)
      #expect(tesseraError { try run(job, in: folder, resume: true) }?.kind == .exists)
    }
  }

  /// What the killed run wrote is not known to be on the disk: the resumed one has to see to it.
  @Test func filesOfTheKilledRunAreSyncedToo() async throws {
    let folder = try TemporaryFolder()
    try ResumeTests.array.writeNpy(folder.at("x.npy"))
    let job = Job(destination: "files.zarr")
    func syncs(_ resume: Bool, _ name: String? = nil) throws -> Int {
      let counter = FaultInjector([.sync], failing: .max, code: 0)
      try FaultInjector.$current.withValue(counter) { try run(job, in: folder, resume: resume, to: name) }
      return counter.count
    }
    let fresh = try syncs(false, "fresh.zarr")
    await kill(job, in: folder, after: 3)
    let resumed = try syncs(true)
    #expect(resumed >= fresh)
  }

  @Test func cancellingLeavesNothing() throws {
    let folder = try TemporaryFolder()
    try ResumeTests.array.writeNpy(folder.at("x.npy"))
    for job in Job.all {
      let token = CancellationToken()
      var options = ResumeTests.options()
      options.cancellation = token
      options.progress = { _ in token.cancel() }
      let error = tesseraError {
        try Conversion(
          from: folder.at("x.npy"), to: folder.at(job.destination), layout: job.layout, options: options
        ).run()
      }
      #expect(error?.kind == .cancelled, "\(job)")
      #expect(folder.names == ["x.npy"], "\(job)")
    }
  }
}
