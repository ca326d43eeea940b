public import TesseraCore
import TesseraIO

/// Makes a damaged Zarr array or group readable again by dropping what cannot be read.
///
/// A chunk that does not decode, or is not what its checksum says, becomes absent and reads as the fill value. All other
/// bytes stay as they are. Nothing is guessed: an index or a table of checksums is put right only when one flipped bit
/// explains its checksum, and chunks are kept without a sound index only when their own checksums vouch for them.
///
/// A file that changes is built beside its name, synced and renamed, so at any moment it is as it was or repaired; a
/// repair that was killed is run again.
public struct Repair: Sendable {
  /// What one array lost in one place.
  public struct Loss: Sendable {
    /// The array's path.
    public var array: String
    /// The shard or chunk file.
    public var file: String
    /// The chunk's index in the array's grid; nil for a whole file, or a whole shard within one.
    public var chunk: [Int]?
    /// The elements that read as the fill value now; empty for a chunk beyond the array's shape.
    public var region: Region
    /// The fill value as the metadata has it; null where it has none, and zeros are read.
    public var fillValue: JSONValue
    /// Why it could not be kept.
    public var reason: TesseraError
  }

  /// What was found and done.
  public struct Report: Sendable {
    /// What reading everything found before anything was changed.
    public var found = Verification.Report()
    public var losses: [Loss] = []
    /// Files that were replaced by what can be read of them.
    public var rewritten: [String] = []
    /// Files of which nothing could be kept.
    public var removed: [String] = []
    /// Indices and tables of checksums in which a single flipped bit was put right.
    public var corrected: [TesseraError] = []
    /// Temporary files that killed writers had left, and are removed.
    public var leftovers: [String] = []
    /// What is damaged as before, or could not be looked at, and why.
    public var remaining: [TesseraError] = []

    /// Elements that read as the fill value now.
    public var lostElements: Int { losses.reduce(0) { $0.saturatingAdd($1.region.count) } }
  }

  let path: String
  let options: TransferOptions
  let tell: (@Sendable (Loss) -> Void)?

  /// Looks at what kind of thing `path` is; nothing is changed.
  ///
  /// - Parameters:
  ///   - path: a Zarr array, or a group with all arrays in it.
  ///   - tell: called with what is lost as soon as it is, so that a run that is killed has told.
  /// - Throws: `.notFound`; `.usage` for other forms, which have no part that could be dropped.
  public init(
    _ path: String, options: TransferOptions = .init(), tell: (@Sendable (Loss) -> Void)? = nil
  ) throws {
    let location = try ArrayLocation(existing: path)
    if let advice = Repair.advice(for: location.form) {
      throw TesseraError(
        .usage, "only Zarr stores can be repaired", path: location.path, expected: advice)
    }
    (self.path, self.options, self.tell) = (location.path, options, tell)
  }

  private static func advice(for form: ArrayLocation.Form) -> String? {
    switch form {
    case .zarr: nil
    case .npy: "a copy of the .npy file from before the damage"
    case .npz: "a new archive of the members in which verify finds no problem (convert d.npz/NAME)"
    case .csv: "the text put right, at the line that verify names"
    }
  }

  /// Does it, array by array; each is locked against other writers while it is looked at.
  ///
  /// - Returns: what was done. What could not be done is in `remaining` and does not stop the rest.
  /// - Throws: `.corrupt` when the metadata at `path` itself is damaged; `.busy` when another process writes into the
  ///   array at `path`, unless `options.waiting` is given; `.memory` when a chunk does not fit the budget;
  ///   `.cancelled`. What cannot be done to a member of a group is `remaining` instead.
  /// - Complexity: one pass over all files, another over those with problems, whose sound bytes are copied; memory of
  ///   two chunks per thread, and of the index of one shard.
  public func run() throws -> Report {
    let start = ProcessLimits.now
    let model = try MemoryModel(budget: options.memory)
    ResidentWindow.shared.limit = model.window
    try ZarrGroup.requireConfined(path, isThere: true)
    var report = Report()
    if case .array = try openStore() {
      try repairArray(path, model, &report)
    } else {
      try removeLeftovers(inGroup: path, &report)
      for member in try ZarrGroup.members(in: path) {
        try attempt(&report) { report in try repairMember(Path.join(path, member), model, &report) }
      }
    }
    report.found.seconds = ProcessLimits.now - start
    return report
  }

  private func openStore() throws -> ZarrStore.Node {
    do {
      return try ZarrStore.open(path)
    } catch let error as TesseraError where error.kind == .corrupt {
      throw TesseraError(
        .corrupt, "metadata cannot be repaired (\(error.what))", path: error.path ?? path,
        expected: "the document as it was written, from a copy; then verify --repair again")
    }
  }

  private func repairMember(_ path: String, _ model: MemoryModel, _ report: inout Report) throws {
    switch try ZarrStore.open(path) {
    case .array: try repairArray(path, model, &report)
    case .group: try removeLeftovers(inGroup: path, &report)
    }
  }

  /// Runs one part of the work; what fails in it remains to be done.
  func attempt(_ report: inout Report, _ body: (inout Report) throws -> Void) throws {
    do {
      try body(&report)
    } catch let error as TesseraError {
      if error.kind == .cancelled { throw error }
      report.remaining.append(error)
    }
  }
}
