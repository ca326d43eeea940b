import Synchronization
import TesseraCodecs
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
  fileprivate static let maximumProblems = 1000

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
      let step = max(1, (1 << 20) / max(1, driver.description.shape[1] * 8))
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
        try archive.verify(member, progress: meter, token: options.cancellation)
        report.bytes += member.entry.uncompressedSize
      }
    }
  }

  private func verifyZarr(_ model: MemoryModel, _ report: inout Report) throws {
    var arrays: [(path: String, metadata: ZarrMetadata)] = []
    switch try ZarrStore.open(location.path) {
    case .array(let metadata): arrays = [(location.path, metadata)]
    case .group:
      // What the folders say, not the consolidated copy; one that cannot be read does not hide the others.
      for folder in try ZarrGroup.members(in: location.path).map({ Path.join(location.path, $0) }) {
        try Verification.check(&report) { _ in
          if case .array(let metadata) = try ZarrStore.open(folder) { arrays.append((folder, metadata)) }
        }
      }
    }
    for (path, metadata) in arrays {
      try Verification.check(&report) { report in
        report.arrays += 1
        let driver = try naming(path) { try ZarrDriver(metadata, path: path) }
        _ = try Verification.verify(driver, model, options, &report)
      }
    }
  }

  /// Reads every file of an array.
  ///
  /// - Returns: the files that have problems.
  static func verify(
    _ driver: ZarrDriver, _ model: MemoryModel, _ options: TransferOptions, _ report: inout Report
  ) throws -> [[Int]] {
    var files: [Int] = []
    var total = 0
    try driver.forEachFile { index, stamp in
      files.append(driver.fileGrid.files.ordinal(index))
      total += stamp.size
    }
    let perThread = max(1, driver.scratchBytes)
    guard perThread <= model.buffers else {
      throw TesseraError(
        .memory, "memory budget is too small for chunks of \(Shape.describe(driver.grid.chunkShape))",
        path: driver.description.path,
        expected:
          "--memory \(MemoryModel.leastBudget(buffers: perThread).saturatingAdd((1 << 20) - 1) >> 20)MiB or more",
        got: ByteSize.format(model.budget))
    }
    let meter = ProgressMeter(total: total, handler: options.progress)
    let shared = Lock((report: report, damaged: [Int]()))
    let next = Atomic<Int>(0)
    let list = files
    try WorkerTeam.run(threads: min(options.threads, model.buffers / perThread, max(1, files.count))) { _ in
      let scratch = ReadScratch()
      while true {
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard number < list.count else { return }
        try options.checkCancellation()
        var own = Report()
        try driver.verifyFile(
          driver.fileGrid.files.index(ordinal: list[number]), &own, scratch, options.cancellation)
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
    let found = shared.withLock { $0 }
    report = found.report
    return found.damaged.sorted().map { driver.fileGrid.files.index(ordinal: $0) }
  }
}

extension ZarrDriver {
  /// Checks one file: its index, and every chunk in it.
  func verifyFile(
    _ file: [Int], _ report: inout Verification.Report, _ scratch: ReadScratch, _ token: CancellationToken?
  ) throws {
    let path = files.path(file)
    func note(_ error: TesseraError) throws {
      if error.kind == .cancelled { throw error }
      report.problems.append(error.at(path))
    }
    // Metadata may claim any number of chunks in a file.
    func checkCount() throws {
      if report.problems.count >= Verification.maximumProblems {
        throw TesseraError(.corrupt, "too many problems; the rest of the file is not looked at")
      }
    }
    do {
      // A handle of its own, so that what is cached does not hide what is on disk.
      let mapping = try Mapping(files.file(file))
      report.bytes += mapping.count
      let checksums = try mapping.whole {
        try verifyIndex(of: mapping)
        return try self.checksums(of: mapping)
      }
      try forEachChunk(inFile: file) { error in
        try note(error)
        try checkCount()
      } _: { index in
        try token?.check()
        do {
          try verifyChunk(index, checksums, &report, scratch)
        } catch let error as TesseraError {
          try note(error.at(name(ofChunk: index)))
          try checkCount()
        }
      }
    } catch let error as TesseraError {
      try note(error)
    }
  }

  /// Once for the file, rather than once for each chunk that it is said to hold.
  private func verifyIndex(of mapping: Mapping) throws {
    guard let sharding = metadata.shardings.first else { return }
    let count = sharding.counts(metadata.fileShape).reduce(1, *)
    mapping.willTouch(min(mapping.count, sharding.indexByteCount(chunks: count)))
    try ShardIndex(of: mapping.bytes, count: count, sharding).validate()
  }

  private func checksums(of mapping: Mapping) throws -> [UInt32]? {
    guard metadata.attributes[ZarrMetadata.checksumAttribute] != nil, let sharding = metadata.shardings.first
    else { return nil }
    guard metadata.shardings.count == 1 else {
      throw TesseraError(
        .corrupt, "checksums of chunks", expected: "shards without shards in them",
        got: "\(metadata.shardings.count) levels")
    }
    let count = sharding.counts(metadata.fileShape).reduce(1, *)
    return try ChunkChecksums.decode(mapping.bytes, count: count, sharding)
  }

  private func verifyChunk(
    _ index: [Int], _ checksums: [UInt32]?, _ report: inout Verification.Report, _ scratch: ReadScratch
  ) throws {
    try withBytes(ofChunk: index) { bytes, mapping in
      guard let bytes, let mapping else { return }
      report.chunks += 1
      if decoder.isRaw {
        _ = try decoder.checkedRaw(bytes)
      } else {
        _ = try decoder.decode(fetch(bytes, mapping, scratch), scratch: scratch)
      }
      guard let checksums else { return }
      let ordinal = fileGrid.place(ofChunk: index).ordinal
      let computed = mapping.checksum(bytes)
      guard checksums[ordinal] == computed else {
        throw TesseraError(
          .corrupt, "checksum of a raw chunk (crc32c)", expected: hex(checksums[ordinal]), got: hex(computed))
      }
    }
  }
}

extension Mapping {
  /// The CRC-32C of mapped bytes, touched a piece at a time.
  fileprivate func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var crc: UInt32 = 0
    for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
      let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<min(bytes.count, start + (1 << 20))])
      willTouch(piece.count)
      crc = CRC32C.update(crc, piece)
    }
    return crc
  }
}
