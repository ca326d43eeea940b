// Zarr: the shards that hold the first new row and all later ones are built from the old rows in them and the new
// ones, and renamed into place; what they hold beyond the old shape no reader looks at. Then the metadata
// with the new shape replaces the old.
//
// .npy: rows are written after the elements, then the header in place, which has room for a longer shape (NumPy
// leaves it for this). Where that cannot be done, a new file replaces the old.

import TesseraCore
import TesseraIO

/// Appends the rows of stored arrays to a Zarr array or a `.npy` file.
///
/// Readers that have the array open see the old rows; those that open it later see all. An interrupted
/// append leaves the old array.
public struct Appending: Sendable {
  let sources: [String]
  let path: String
  let destination: ArrayLocation
  let old: any ArrayDriver
  private let added: ConcatenatedDriver
  let options: TransferOptions
  let target: Target

  enum Target: Sendable {
    /// The array from the first file that changes on, and how many files along axis 0 stay.
    case zarr(ZarrMetadata, rows: ConcatenatedDriver, keptFiles: Int)
    case npyInPlace(old: NpyHeader, header: [UInt8], end: Int)
    case npyAnew(ConcatenatedDriver, old: NpyHeader)
  }

  private let plan: TransferPlan

  /// Opens everything and plans; nothing is written.
  ///
  /// - Parameters:
  ///   - sources: arrays of the destination's dtype, and of its shape but for the first axis.
  ///   - destination: a Zarr array or a `.npy` file.
  /// - Throws: `TesseraError`: `.usage` for other dtypes and shapes, and for a file in the folder of a Zarr array;
  ///   `.memory`; as `StoredArray.open`.
  public init(_ sources: [String], to destination: String, options: TransferOptions = .init()) throws {
    (self.sources, path) = (sources, destination)
    self.destination = try ArrayLocation(existing: destination)
    self.options = options
    guard !sources.isEmpty else { throw TesseraError(.usage, "nothing to append", path: destination) }
    let form = self.destination.form
    // Before what the rows would have to be.
    guard form == .zarr || form == .npy else {
      throw TesseraError(
        .usage, "cannot append to this form", path: destination, expected: "a Zarr array or a .npy file")
    }
    let old = try self.destination.driver()
    self.old = old
    guard old.description.shape.rank > 0 else {
      throw TesseraError(.usage, "cannot append to a scalar", path: destination)
    }
    let drivers = try sources.map { try ArrayLocation(existing: $0).driver() }
    // The old array first, so that messages name what is expected of the others.
    let whole = try ConcatenatedDriver([old] + drivers)
    added = try ConcatenatedDriver(drivers)
    target =
      try form == .zarr
      ? Appending.zarr(old, drivers, whole) : Appending.npy(self.destination.path, old, added, whole)
    plan = try Appending.plan(target, added, options)
  }

  private static func zarr(
    _ old: any ArrayDriver, _ sources: [any ArrayDriver], _ whole: ConcatenatedDriver
  ) throws -> Target {
    guard let zarr = old as? ZarrDriver else { throw TesseraError(.usage, "cannot append to this form") }
    let rows = old.description.shape[0]
    let keptFiles = rows / zarr.metadata.fileShape[0]
    let kept = keptFiles * zarr.metadata.fileShape[0]
    let boundary = try SelectedDriver(old, Selection([.slice(start: kept)]).resolve(old.description.shape))
    return .zarr(
      zarr.metadata.reshaped(whole.description.shape), rows: try ConcatenatedDriver([boundary] + sources),
      keptFiles: keptFiles)
  }

  private static func npy(
    _ path: String, _ old: any ArrayDriver, _ added: ConcatenatedDriver, _ whole: ConcatenatedDriver
  ) throws -> Target {
    // Rows would be written over the index of a shard.
    try ZarrPlace.requireOutsideArrays(path, instead: "that array, or a .npy file outside of it")
    let file = try File(path)
    let header = try NpyHeader.read(file)
    // The shard of an adopted store has its index where the rows would go.
    let isPlain = try header.order == .native && !header.fortranOrder && file.stamp().links == 1
    guard isPlain, let bytes = header.rewritten(shape: whole.description.shape),
      let body = header.bodyByteCount
    else {
      // A new file would replace the link, and leave the file that is meant as it was.
      guard try Directory.kind(path, followLinks: false) == .file else {
        throw TesseraError(
          .usage, "cannot append in place, and this is a symbolic link", path: path,
          expected: "the file itself")
      }
      return .npyAnew(whole, old: header)
    }
    return .npyInPlace(old: header, header: bytes, end: header.dataOffset + body)
  }

  private static func plan(_ target: Target, _ added: ConcatenatedDriver, _ options: TransferOptions) throws
    -> TransferPlan
  {
    switch target {
    case .zarr(var metadata, let rows, _) where added.hasRows:
      metadata.shape = rows.description.shape
      return try TransferPlan(from: rows, to: ZarrSink.requirements(metadata), options: options)
    case .npyAnew(let whole, _) where added.hasRows:
      return try TransferPlan(
        from: whole,
        to: NpySink.requirements(whole.description.shape, dtype: whole.description.supportedDType()),
        options: options)
    case .zarr, .npyInPlace, .npyAnew:
      // The new rows alone, and nothing when there are none.
      return try TransferPlan(
        from: added,
        to: NpySink.requirements(added.description.shape, dtype: added.description.supportedDType()),
        options: options)
    }
  }

  /// What the work will take, old rows that are read again included.
  public var explanation: Explanation { Explanation(passes: [plan.pass(added.description.path)]) }

  /// Does it.
  ///
  /// - Throws: `.busy` when another process writes here, or has changed the array since it was planned, unless
  ///   `options.waiting` is given: then it waits, and plans anew; `.system`; `.corrupt`. The array is then as it was.
  /// - Complexity: one pass over the new rows, and over the old rows in the shard where they begin.
  @discardableResult
  public func run() throws -> WorkReport {
    let start = ProcessLimits.now
    return try withLock { work, hold in try work.run(holding: hold, since: start) }
  }

  private func run(holding hold: Hold, since start: Double) throws -> WorkReport {
    ResidentWindow.shared.limit = plan.window
    if added.hasRows { try append(holding: hold) }
    return WorkReport(
      bytesIn: plan.bytesRead, bytesOut: plan.bytesWritten,
      storedBytes: (try? destination.driver().storedBytes()) ?? 0, seconds: ProcessLimits.now - start,
      peakResident: ProcessLimits.peakResident)
  }

  private func append(holding hold: Hold) throws {
    let progress = ProgressMeter(total: plan.bytesWritten, handler: options.progress)
    switch (target, hold) {
    case (.zarr(let metadata, let rows, let keptFiles), _):
      try appendToZarr(metadata, rows, keptFiles, progress)
    case (.npyInPlace(_, let header, let end), .npyInPlace(let file)):
      try append(to: file, header, end, progress)
    case (.npyAnew(let whole, _), .npyAnew(let staging)): try append(to: staging, whole, progress)
    default: preconditionFailure("a lock of another kind")
    }
  }

  private func appendToZarr(
    _ metadata: ZarrMetadata, _ rows: ConcatenatedDriver, _ keptFiles: Int, _ progress: ProgressMeter
  ) throws {
    try checkBoundary(keptFiles)
    let sink = try ZarrSink(metadata, existing: destination.path, skippingFiles: keptFiles)
    do {
      try Transfer(from: rows, to: sink, plan: plan, options: options).run(progress: progress)
      try Directory.syncTree(destination.path)
    } catch {
      sink.discard()
      throw error
    }
    try ZarrStore.write(metadata, to: destination.path)
    try ZarrGroup.refreshParents(of: destination.path)
  }

  /// Old rows in shards that are built anew get new checksums, which must not hide what the old ones tell.
  private func checkBoundary(_ keptFiles: Int) throws {
    guard let driver = old as? ZarrDriver, driver.metadata.hasChecksums
    else { return }
    var report = Verification.Report()
    let scratch = ReadScratch()
    try driver.forEachFile { file, _ in
      guard file[0] >= keptFiles else { return }
      try driver.verifyFile(file, &report, scratch, options)
    }
    if let problem = report.problems.first { throw problem }
  }

  private func append(to file: File, _ header: [UInt8], _ end: Int, _ progress: ProgressMeter) throws {
    let size = try file.size()
    do {
      let sink = NpySink(
        added.description.shape, dtype: try added.description.supportedDType(), file: file, dataOffset: end)
      try Transfer(from: added, to: sink, plan: plan, options: options).run(progress: progress)
    } catch {
      try? file.truncate(to: size)
      throw error
    }
    // One write of one disk sector or two, after the rows are on the disk.
    try file.write(header, at: 0)
    try afterwards(destination.path, "may not outlive a power failure") { try file.sync() }
  }

  private func append(to staging: Staging, _ whole: ConcatenatedDriver, _ progress: ProgressMeter) throws {
    let file = try File(staging.payload, .create)
    let sink = try NpySink(whole.description.shape, dtype: try whole.description.supportedDType(), file: file)
    try Transfer(from: whole, to: sink, plan: plan, options: options).run(progress: progress)
    try staging.publish()
  }
}

extension ConcatenatedDriver {
  fileprivate var hasRows: Bool { description.shape[0] > 0 }
}
