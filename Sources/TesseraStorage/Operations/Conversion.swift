import Synchronization
public import TesseraCore
import TesseraIO

/// A conversion of one stored form into another, streamed within a memory budget: any form to any form,
/// re-chunked, with another codec or dtype; archives to groups and back.
///
/// Made without touching the destination; `plans` tells what it will do; `run` does it. The destination
/// appears whole at the end, or not at all.
public struct Conversion: Sendable {
  /// One array's part.
  struct Part: Sendable {
    /// Within the archive or group; nil when the destination is a single array.
    var name: String?
    var source: any ArrayDriver
    /// nil unless the destination is Zarr.
    var metadata: ZarrMetadata?
    var requirements: SinkRequirements
    /// In one pass; its blocks are those of the result, in whichever way it is made.
    var plan: TransferPlan
    /// In two passes, where that is less work.
    var spill: SpillPlan?
  }

  let parts: [Part]
  /// Strings beside the arrays of an archive.
  private var texts: [(name: String, text: String)] = []
  private let destination: ArrayLocation
  private let layout: ArrayLayout
  private let options: TransferOptions

  /// Opens the source and plans.
  ///
  /// - Parameters:
  ///   - source: any form `StoredArray.open` takes, or an archive or group of arrays.
  ///   - destination: a name ending in `.npy`, `.npz` or `.zarr`, `d.npz/name`, or a name in a Zarr group.
  ///   - selection: what of the array to take; everything when nil. For a single array.
  ///   - layout: for Zarr destinations; chunks and codec of others cannot be chosen.
  ///   - dtype: what to convert elements to, as NumPy's `astype`; nil keeps the source's.
  /// - Throws: `TesseraError`: as `StoredArray.open`; `.usage` for a layout the destination cannot have; `.exists`;
  ///   `.memory` when the budget is too small, naming the least that would do.
  public init(
    from source: String, to destination: String, selection: Selection? = nil, layout: ArrayLayout = .init(),
    dtype: DType? = nil, options: TransferOptions = .init()
  ) throws {
    self.destination = try Conversion.location(ofNew: destination, layout, options)
    self.layout = layout
    self.options = options
    let location = try ArrayLocation(existing: source)
    try Conversion.requireApart(location.path, self.destination.path)
    let form = self.destination.form
    let sources = try Conversion.sources(location, form: form, member: self.destination.member)
    let available = Syscalls.availableBytes(Path.parent(self.destination.path)) ?? .max
    parts = try sources.map { name, driver in
      try naming(driver.description.path) {
        let selected = try selection.map { SelectedDriver(driver, try $0.resolve(driver.description.shape)) }
        return try Conversion.part(
          name, selected ?? driver, form, layout, dtype, options, available: available)
      }
    }
  }

  /// The same for arrays that are computed as they are read.
  ///
  /// - Parameters:
  ///   - sources: what is written, with names when the destination is to hold several.
  ///   - texts: strings to put beside them; for archives alone.
  ///   - paths: the stored arrays they are computed from, which the destination must not be one of.
  package init(
    of sources: [(name: String?, driver: any ArrayDriver)], texts: [(name: String, text: String)] = [],
    readFrom paths: [String], to destination: String, layout: ArrayLayout, options: TransferOptions
  ) throws {
    self.texts = texts
    self.destination = try Conversion.location(ofNew: destination, layout, options)
    self.layout = layout
    self.options = options
    for path in paths { try Conversion.requireApart(path, self.destination.path) }
    let form = self.destination.form
    let member = form == .npz ? self.destination.member ?? "arr_0" : nil
    let available = Syscalls.availableBytes(Path.parent(self.destination.path)) ?? .max
    parts = try sources.map {
      try Conversion.part($0.name ?? member, $0.driver, form, layout, nil, options, available: available)
    }
  }

  private static func location(
    ofNew destination: String, _ layout: ArrayLayout, _ options: TransferOptions
  ) throws -> ArrayLocation {
    let location = try ArrayLocation(destination: destination)
    if location.form != .zarr, layout != ArrayLayout() {
      throw TesseraError(
        .usage, "codec, chunks, shards and checksums are for Zarr stores", path: destination,
        expected: "a destination ending in .zarr")
    }
    if location.member != nil, try Directory.kind(location.path) != nil {
      throw TesseraError(
        .exists, "cannot change one member of an archive", path: location.path,
        expected: "a new archive, or the whole one as destination with --overwrite")
    }
    if !options.overwrite, try Directory.kind(location.path, followLinks: false) != nil {
      throw TesseraError(.exists, "exists already (--overwrite replaces it)", path: location.path)
    }
    return location
  }

  /// A destination inside the source, or around it, would be replaced or filled while it is read.
  private static func requireApart(_ source: String, _ destination: String) throws {
    let from = try Path.resolved(source)
    let to = try Path.resolved(destination)
    let isSameFile =
      try Directory.kind(to) != nil && FileStamp(path: from).isSameFile(as: FileStamp(path: to))
    guard !isSameFile, from != to, !from.hasPrefix(to + "/"), !to.hasPrefix(from + "/") else {
      throw TesseraError(
        .usage, "source and destination overlap", path: destination, expected: "a place apart from \(source)")
    }
  }

  private static func sources(
    _ location: ArrayLocation, form: ArrayLocation.Form, member: String?
  ) throws -> [(String?, any ArrayDriver)] {
    if case .members(_, let members) = try location.contents() {
      guard form != .npy else {
        // Says that there are several, and their names.
        return [(nil, try location.driver())]
      }
      guard member == nil else {
        throw TesseraError(
          .usage, "the source holds \(members.count) arrays", path: location.path,
          expected: "one, for one member")
      }
      return try members.map { description in
        let name = String(description.path.dropFirst(location.path.count + 1))
        return (name, try ArrayLocation(existing: description.path).driver())
      }
    }
    let driver = try location.driver()
    guard form == .npz else { return [(nil, driver)] }
    // A member keeps its name; NumPy's name for the first array that has none.
    let own = location.form == .npz ? String(driver.description.path.dropFirst(location.path.count + 1)) : nil
    return [(member ?? own ?? "arr_0", driver)]
  }

  private static func part(
    _ name: String?, _ driver: any ArrayDriver, _ form: ArrayLocation.Form, _ layout: ArrayLayout,
    _ dtype: DType?, _ options: TransferOptions, available: Int
  ) throws -> Part {
    let shape = driver.description.shape
    let source = try driver.description.supportedDType()
    let target = dtype ?? source
    var metadata: ZarrMetadata?
    let requirements: SinkRequirements
    switch form {
    case .zarr:
      let fill = target == source ? driver.fill : nil
      let created = try ZarrMetadata(
        creating: shape, dtype: target, layout: layout, fill: fill, attributes: driver.description.attributes)
      metadata = created
      requirements = try ZarrSink.requirements(created)
    case .npz:
      _ = try NpyHeader.bytes(dtype: target, fortranOrder: false, shape: shape)
      requirements = NpzSink.requirements(shape, dtype: target)
    case .npy, .csv:
      _ = try NpyHeader.bytes(dtype: target, fortranOrder: false, shape: shape)
      requirements = NpySink.requirements(shape, dtype: target)
    }
    let plan = try TransferPlan(from: driver, to: requirements, options: options)
    let spill = try SpillPlan(
      from: driver, to: requirements, insteadOf: plan, options: options, available: available)
    return Part(
      name: name, source: driver, metadata: metadata, requirements: requirements, plan: plan, spill: spill)
  }

  /// What the work will take, before any of it is done.
  public var explanation: Explanation {
    Explanation(
      passes: parts.flatMap { part in
        let path = part.source.description.path
        return part.spill?.passes(path) ?? [part.plan.pass(path)]
      })
  }

  /// Does it.
  ///
  /// - Throws: `TesseraError` of kind `.cancelled`, `.system` (disk full, no permission) or `.corrupt`; the
  ///   destination is then as it was.
  /// - Complexity: one pass, or two, in which each source chunk is read as often as the plan says; memory within the budget.
  @discardableResult
  public func run() throws -> WorkReport {
    let start = ProcessLimits.now
    ResidentWindow.shared.limit = parts.map(\.plan.window).min() ?? ResidentWindow.shared.limit
    if options.overwrite { try Replacement.check(destination.path) }
    let madeGroup =
      destination.form == .zarr
      ? try ZarrGroup.prepareParents(of: destination.path, version: layout.zarrFormat) : nil
    do {
      try build(progress: ProgressMeter(total: bytesMoved, handler: options.progress))
    } catch {
      if let madeGroup, error as? TesseraError != nil { try? Directory.remove(madeGroup) }
      throw error
    }
    return WorkReport(
      bytesIn: parts.reduce(0) { $0.saturatingAdd($1.source.description.logicalBytes ?? 0) },
      bytesOut: bytesOut, storedBytes: (try? Conversion.storedBytes(destination)) ?? 0,
      seconds: ProcessLimits.now - start,
      peakResident: ProcessLimits.peakResident)
  }

  private var bytesOut: Int { parts.reduce(0) { $0.saturatingAdd($1.plan.bytesWritten) } }

  /// What progress is told of: bytes written, temporary files included.
  package var bytesMoved: Int { parts.reduce(bytesOut) { $0.saturatingAdd($1.spill?.bytes ?? 0) } }

  private func build(progress: ProgressMeter) throws {
    let staging = try Staging(destination.path, overwrites: options.overwrite, resumes: options.resume)
    let job = try job()
    if staging.isResumed, !ResumeLog.matches(staging, job: job) {
      // It can still be resumed by the right command.
      staging.keep()
      throw TesseraError(
        .usage, "cannot resume: the interrupted run had another source or other options",
        path: destination.path,
        expected: "the same command, or a run without --resume to start over")
    }
    try write(staging, job, progress)
    try staging.publish()
    if destination.form == .zarr { try ZarrGroup.refreshParents(of: destination.path) }
  }

  private static func storedBytes(_ destination: ArrayLocation) throws -> Int {
    if destination.form != .zarr { return try FileStamp(path: destination.path).size }
    switch try ZarrStore.open(destination.path) {
    case .array(let metadata): return try ZarrDriver(metadata, path: destination.path).storedBytes()
    case .group(let group):
      return try group.arrays(in: destination.path).reduce(0) { sum, member in
        try sum + ZarrDriver(member.metadata, path: Path.join(destination.path, member.path)).storedBytes()
      }
    }
  }

  /// Everything the destination's bytes depend on.
  private func job() throws -> String {
    let strings = texts.map { "\($0.name) '\($0.text)'" }
    let arrays = try parts.map { part in
      let target = part.metadata.map { JSONValue.object($0.document).text() } ?? "\(part.requirements.dtype)"
      return
        "\(part.name ?? "") \(try part.source.fingerprint()) \(part.requirements.shape) \(target) \(part.plan.blocks.block)"
    }
    return (arrays + strings).joined(separator: "\n")
  }

  private func write(_ staging: Staging, _ job: String, _ progress: ProgressMeter) throws {
    switch destination.form {
    case .zarr: try writeZarr(staging, job, progress)
    case .npz: try writeArchive(staging, job, progress)
    case .npy, .csv:
      let part = parts[0]
      let log = try ResumeLog(staging, job: job, blockBytes: part.blockBytes)
      let file = try File(staging.payload, .create)
      let sink = try NpySink(part.requirements.shape, dtype: part.requirements.dtype, file: file)
      try part.run(to: sink, staging, options, log, progress)
    }
  }

  private func writeZarr(_ staging: Staging, _ job: String, _ progress: ProgressMeter) throws {
    // Whole shards tell that they are done; blocks need no note.
    let log = try ResumeLog(staging, job: job, blockBytes: 0)
    for part in parts {
      guard let metadata = part.metadata else { continue }
      let sink = try ZarrSink(
        metadata, root: part.name.map { Path.join(staging.payload, $0) } ?? staging.payload)
      try part.run(to: sink, staging, options, log, progress)
    }
    let members = parts.compactMap { part in part.name.flatMap { name in part.metadata.map { (name, $0) } } }
    if parts.isEmpty || !members.isEmpty {
      try ZarrGroup.write(members, version: layout.zarrFormat, to: staging.payload)
    }
  }

  private func writeArchive(_ staging: Staging, _ job: String, _ progress: ProgressMeter) throws {
    // An archive is written front to back; an interrupted one starts over.
    _ = try ResumeLog(staging, job: job, blockBytes: 0)
    try Directory.remove(staging.payload)
    let archive = NpzWriter(try File(staging.payload, .create))
    for part in parts {
      let sink = try archive.member(
        part.name ?? "arr_0", shape: part.requirements.shape, dtype: part.requirements.dtype)
      try part.run(to: sink, staging, options, nil, progress)
      try sink.finish()
    }
    for (name, text) in texts { try archive.add(name, text: text) }
    try archive.close()
  }
}

extension Conversion.Part {
  fileprivate var blockBytes: Int { plan.blocks.block.reduce(requirements.dtype.itemSize, *) }

  fileprivate func run(
    to sink: any ArraySink, _ staging: Staging, _ options: TransferOptions, _ log: ResumeLog?,
    _ progress: ProgressMeter
  ) throws {
    // The parts' plans count the memory of one at a time.
    defer { source.finishReading() }
    let direct = Transfer(from: source, to: sink, plan: plan, options: options, log: log)
    guard let spill else { return try direct.run(progress: progress) }
    try SpilledTransfer(plan: spill, direct: direct, options: options).run(
      in: staging.folder, progress: progress)
  }
}
