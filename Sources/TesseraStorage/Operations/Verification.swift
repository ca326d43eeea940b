import Synchronization
public import TesseraCore
import TesseraIO

/// Checks that everything stored at a path can be read: headers, indices, checksums, and that every chunk decodes.
public struct Verification: Sendable {
  public struct Report: Sendable {
    public var arrays = 0
    /// Chunks that are there; absent ones read as the fill value.
    public var chunks = 0
    /// Bytes that were read.
    public var bytes = 0
    /// What is wrong, each naming the file and chunk; at most 1,000.
    public var problems: [TesseraError] = []
    public var seconds = 0.0
  }

  private let location: ArrayLocation
  private let options: TransferOptions
  static let maximumProblems = 1000
  /// What is read of a flat file at a time.
  private static let flatBytes = 1 << 20

  /// - Throws: `.notFound`; `.corrupt` when what is at `path` is no stored form at all.
  public init(_ path: String, options: TransferOptions = .init()) throws {
    location = try ArrayLocation(existing: path)
    self.options = options
  }

  /// Reads everything once.
  ///
  /// - Returns: what was found, problems included: a store with damage is a result, not an error.
  /// - Throws: `.cancelled`; `.memory` when a chunk does not fit the budget.
  /// - Complexity: one pass over the files; memory of two chunks per thread.
  public func run() throws -> Report {
    let start = ProcessLimits.now
    let model = try MemoryModel(budget: options.memory)
    ResidentWindow.shared.limit = model.window
    var report = Report()
    switch location.form {
    case .npy, .csv: try verifyFlat(&report)
    case .npz: try verifyArchive(&report)
    case .zarr: try verifyZarr(model, &report)
    }
    report.seconds = ProcessLimits.now - start
    return report
  }

  /// The most memory that `run` takes.
  ///
  /// - Throws: as `run`.
  package func predictedPeak() throws -> Int {
    let model = try MemoryModel(budget: options.memory)
    switch location.form {
    case .npy, .csv:
      return model.predictedPeak(buffers: Verification.flatBytes + (try location.driver().scratchBytes))
    case .npz: return model.predictedPeak(buffers: InflateStream.scratchBytes)
    case .zarr:
      let buffers = try zarrArrays(unreadable: { _ in }).map { path, metadata in
        guard let driver = try? ZarrDriver(metadata, path: path) else { return 0 }
        return try Verification.threads(driver, model, options) * driver.scratchBytes
      }
      return model.predictedPeak(buffers: buffers.max() ?? 0)
    }
  }

  /// Runs one check; what it throws about the data becomes a problem.
  private static func check(_ report: inout Report, _ body: (inout Report) throws -> Void) throws {
    do {
      try body(&report)
    } catch let error as TesseraError {
      switch error.kind {
      case .cancelled, .memory, .usage: throw error
      default: if report.problems.count < maximumProblems { report.problems.append(error) }
      }
    }
  }

  private func verifyFlat(_ report: inout Report) throws {
    try Verification.check(&report) { report in
      let driver = try location.driver()
      report.arrays += 1
      report.bytes += try driver.storedBytes()
      // A .npy file has nothing beyond its header to check; text must parse.
      guard location.form == .csv else { return }
      let rows = driver.description.shape[0]
      let meter = ProgressMeter(total: rows, handler: options.progress)
      let scratch = ReadScratch()
      let step = max(1, Verification.flatBytes / max(1, driver.description.shape[1] * 8))
      for first in stride(from: 0, to: rows, by: step) {
        try options.checkCancellation()
        let lengths = [min(step, rows - first), driver.description.shape[1]]
        try Buffer.withTemporary(lengths[0] * lengths[1] * 8) { rows in
          try driver.read(
            StridedRegion(Region(lower: [first, 0], lengths: lengths)), into: rows.baseAddress!,
            strides: [lengths[1] * 8, 8], scratch: scratch)
        }
        meter.add(lengths[0])
      }
    }
  }

  private func verifyArchive(_ report: inout Report) throws {
    let archive = try NpzArchive(location.path)
    let members = try location.member.map { [try archive.entry($0)] } ?? archive.members
    let total = members.reduce(0) { $0.addingReportingOverflow($1.entry.uncompressedSize).partialValue }
    let meter = ProgressMeter(total: total, handler: options.progress)
    for member in members {
      try Verification.check(&report) { report in
        report.arrays += 1
        try archive.verify(member, progress: meter, options: options)
        report.bytes += member.entry.uncompressedSize
      }
    }
  }

  private func verifyZarr(_ model: MemoryModel, _ report: inout Report) throws {
    let arrays = try zarrArrays { error in
      try Verification.check(&report) { _ in throw error }
    }
    for (path, metadata) in arrays {
      try Verification.check(&report) { report in
        report.arrays += 1
        let driver = try naming(path) { try ZarrDriver(metadata, path: path) }
        _ = try Verification.verify(driver, model, options, &report)
      }
    }
  }

  /// The array there is, or a group's: what the folders say, not the consolidated copy.
  ///
  /// - Parameter unreadable: is told of each that cannot be read, which does not hide the others.
  private func zarrArrays(unreadable: (any Error) throws -> Void) throws
    -> [(path: String, metadata: ZarrMetadata)]
  {
    if case .array(let metadata) = try ZarrStore.open(location.path) { return [(location.path, metadata)] }
    return try ZarrGroup.members(in: location.path).compactMap { member in
      let folder = Path.join(location.path, member)
      do {
        guard case .array(let metadata) = try ZarrStore.open(folder) else { return nil }
        return (folder, metadata)
      } catch {
        try unreadable(error)
        return nil
      }
    }
  }

  /// Reads every file of an array.
  ///
  /// - Returns: the files that have problems.
  static func verify(
    _ driver: ZarrDriver, _ model: MemoryModel, _ options: TransferOptions, _ report: inout Report
  ) throws -> [[Int]] {
    let threads = try threads(driver, model, options)
    var total = 0
    try driver.forEachFile { _, stamp in total = total.saturatingAdd(stamp.size) }
    let meter = ProgressMeter(total: total, handler: options.progress)
    let files = driver.fileGrid.files
    // A list of all would have no bound.
    var batch: [Int] = []
    var damaged: [Int] = []
    func verifyBatch() throws {
      damaged += try verify(batch.sorted(), of: driver, threads, options, meter, &report)
      batch.removeAll(keepingCapacity: true)
    }
    // Whatever it is: what cannot be read as a file is a problem, and no absent chunk.
    try ZarrFiles.forEachKey(in: driver.files.folder, keys: driver.metadata.keys, grid: files) { index, _ in
      batch.append(files.ordinal(index))
      if batch.count == filesPerBatch { try verifyBatch() }
    }
    try verifyBatch()
    return damaged.sorted().map { files.index(ordinal: $0) }
  }

  private static let filesPerBatch = 1 << 17

  /// How many threads have room for a chunk each.
  private static func threads(
    _ driver: ZarrDriver, _ model: MemoryModel, _ options: TransferOptions
  ) throws -> Int {
    let perThread = max(1, driver.scratchBytes)
    guard perThread <= model.buffers else {
      throw model.tooSmall(
        for: "chunks of \(Shape.describe(driver.grid.chunkShape))", path: driver.description.path,
        buffers: perThread)
    }
    return min(options.threads, model.buffers / perThread)
  }

  /// - Returns: those of the files that have problems.
  private static func verify(
    _ list: [Int], of driver: ZarrDriver, _ threads: Int, _ options: TransferOptions, _ meter: ProgressMeter,
    _ report: inout Report
  ) throws -> [Int] {
    let shared = Lock((report: report, damaged: [Int]()))
    let next = Atomic<Int>(0)
    try WorkerTeam.run(threads: min(threads, max(1, list.count))) { _ in
      let scratch = ReadScratch()
      while true {
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard number < list.count else { return }
        var own = Report()
        do {
          try options.checkCancellation()
          try driver.verifyFile(
            driver.fileGrid.files.index(ordinal: list[number]), &own, scratch, options)
        } catch {
          // Only one of the workers is on the thread whose Swift task may be cancelled.
          next.store(list.count, ordering: .relaxed)
          throw error
        }
        meter.add(own.bytes)
        shared.withLock { shared in
          shared.report.chunks += own.chunks
          shared.report.bytes += own.bytes
          let room = Verification.maximumProblems - shared.report.problems.count
          shared.report.problems += own.problems.prefix(room)
          if !own.problems.isEmpty { shared.damaged.append(list[number]) }
        }
      }
    }
    // The others may have left that one nothing to do.
    try options.checkCancellation()
    let found = shared.withLock { $0 }
    report = found.report
    return found.damaged
  }
}
