import TesseraCore
import TesseraIO

extension Delivery {
  /// Does it.
  ///
  /// - Throws: `TesseraError` of kind `.cancelled`, `.system` (disk full, no permission) or `.corrupt`; the
  ///   destinations are then as they were, unless the error says that one is in place.
  /// - Complexity: a pass for each sweep, or two, in which each source chunk is read as often as the plan says; memory
  ///   within the budget.
  package func run() throws -> WorkReport {
    let start = ProcessLimits.now
    ResidentWindow.shared.limit = sweeps.map(\.plan.window).min() ?? ResidentWindow.shared.limit
    if options.overwrite { for target in targets { try Replacement.check(target.path) } }
    var groups: [String] = []
    do {
      for target in targets where target.location.form == .zarr {
        try ZarrGroup.requireConfined(target.path)
        let made = try ZarrGroup.prepareParents(of: target.path, version: target.layout.format)
        if let made { groups.append(made) }
      }
      try build(progress: ProgressMeter(total: bytesMoved, handler: options.progress))
    } catch {
      for group in groups.reversed() { try? ZarrGroup.removeEmpty(group) }
      throw error
    }
    return WorkReport(
      bytesIn: parts.reduce(0) { $0.saturatingAdd($1.source.description.logicalBytes ?? 0) },
      bytesOut: bytesOut, storedBytes: targets.reduce(0) { $0 + ((try? $1.storedBytes()) ?? 0) },
      seconds: ProcessLimits.now - start,
      peakResident: ProcessLimits.peakResident)
  }

  /// Keeps other writers away from all destinations, which stay in their order.
  ///
  /// They are locked in the order of their paths, lest two that wait for each other's have one each.
  private func stage() throws -> (groups: [PathLock], stagings: [Staging]) {
    let waiting = options.lockWaiting
    let paths = try targets.map { try Path.resolved($0.path) }
    var groups: [PathLock] = []
    var stagings: [Int: Staging] = [:]
    for number in targets.indices.sorted(by: { paths[$0] < paths[$1] }) {
      let target = targets[number]
      if target.location.form == .zarr {
        groups += try ZarrGroup.lockParents(of: target.path, waiting: waiting)
      }
      do {
        stagings[number] = try Staging(
          target.path, overwrites: options.overwrite, resumes: options.resume, waiting: waiting)
      } catch {
        // What a killed run left can still be gone on with.
        for staging in stagings.values where staging.isResumed { staging.keep() }
        throw error
      }
    }
    return (groups, targets.indices.compactMap { stagings[$0] })
  }

  private func build(progress: ProgressMeter) throws {
    let (groups, stagings) = try stage()
    defer { withExtendedLifetime(groups) {} }
    for target in targets where target.location.form == .zarr {
      try ZarrPlace.recheck(target.path, target.layout)
    }
    let jobs = try targets.indices.map { try stagings[$0].isResumed || isNoted($0) ? job($0) : nil }
    for (staging, job) in zip(stagings, jobs) {
      guard staging.isResumed, let job, !ResumeLog.matches(staging, job: job) else { continue }
      // They can still be resumed by the right command.
      for staging in stagings where staging.isResumed { staging.keep() }
      throw TesseraError(
        .usage, "cannot resume: the interrupted run had another source or other options",
        path: staging.destination,
        expected: "the same command, or a run without --resume to start over")
    }
    try write(stagings, jobs, progress)
    try Staging.publish(stagings)
    try ZarrGroup.refreshParents(of: targets.filter { $0.location.form == .zarr }.map(\.path))
  }

  /// Whether a killed run leaves something to go on from. An archive starts over, for the checksums of its members are not
  /// kept, and so does a file that is complete before the first note would be written.
  private func isNoted(_ number: Int) -> Bool {
    switch targets[number].location.form {
    case .zarr: return true
    case .npz: return false
    case .npy, .csv:
      return parts.filter { $0.target == number }.contains {
        $0.requirements.shape.count.saturatingMultiply($0.requirements.dtype.itemSize) >= ResumeLog.noteBytes
      }
    }
  }

  /// Everything that the bytes at a destination depend on.
  private func job(_ number: Int) throws -> String {
    let target = targets[number]
    let arrays = try sweeps.flatMap { sweep in
      try sweep.parts.map { parts[$0] }.filter { $0.target == number }.map { part in
        let kind = part.metadata.map { JSONValue.object($0.document).text() } ?? "\(part.requirements.dtype)"
        let blocks = sweep.plan.blocks
        return
          "\(part.name ?? "") \(try part.source.fingerprint()) \(part.requirements.shape) \(kind) \(blocks.block) \(blocks.group)"
      }
    }
    let texts = target.texts.map { "\($0.name) '\($0.text)'" }
    let groups = target.groups.isEmpty ? [] : [target.groups.fingerprint]
    return (arrays + texts + groups).joined(separator: "\n")
  }

  private func write(_ stagings: [Staging], _ jobs: [String?], _ progress: ProgressMeter) throws {
    let builders = try targets.indices.map { number in
      let own = sweeps.first { sweep in sweep.parts.contains { parts[$0].target == number } }
      return try DeliveryBuilder(
        targets[number], stagings[number], parts.filter { $0.target == number }, job: jobs[number],
        blockElements: own?.plan.blocks.block.saturatingProduct() ?? 0,
        interruption: options.checkCancellation)
    }
    // The outputs of a destination are in the order of its parts.
    var outputs = builders.map { $0.outputs[...] }
    let all = parts.map { outputs[$0.target].removeFirst() }
    for sweep in sweeps {
      try run(sweep, to: sweep.parts.map { all[$0] }, stagings[parts[sweep.parts[0]].target], progress)
    }
    for builder in builders { try builder.finish() }
  }

  private func run(
    _ sweep: Sweep, to outputs: [Transfer.Output], _ staging: Staging, _ progress: ProgressMeter
  ) throws {
    // The plans count the memory of one sweep at a time.
    defer { sweep.source.finishReading() }
    let direct = Transfer(from: sweep.source, to: outputs, plan: sweep.plan, options: options)
    guard let spill = sweep.spill else { return try direct.run(progress: progress) }
    try SpilledTransfer(plan: spill, source: parts[sweep.parts[0]].source, direct: direct, options: options)
      .run(in: staging.folder, progress: progress)
  }
}
