import TesseraCore
import TesseraIO
public import TesseraStorage

extension Normalization {
  /// What the work will take, before any of it is done.
  public var explanation: Explanation { passes.explanation }

  /// Does it. The array and its parameters are put in place together, when both are complete.
  ///
  /// - Throws: `TesseraError` of kind `.cancelled`, `.system` (disk full, no permission) or `.corrupt`; the
  ///   destinations are then as they were, unless the error says that one is in place.
  /// - Complexity: the passes of `explanation`; memory within the budget.
  @discardableResult
  public func run() throws -> WorkReport {
    let start = ProcessLimits.now
    if fit != nil {
      try Writing.rehearse([destination] + (savedParameters.map { [$0] } ?? []), options: options)
    }
    var stages = StagedProgress(options, total: passes.fitBytes.saturatingAdd(passes.writingBytes))
    let fitting = stages.next(passes.fitBytes)
    let normalizer = try known ?? fit!.normalizer(evaluate(fit!.arrays, options: fitting))
    let saved = try savedParameters.map { try normalizer.archive($0) }
    var report = try writing(by: normalizer, beside: saved, options: stages.next(passes.writingBytes)).run()
    if let saved {
      // What is told of is the array.
      report.bytesOut -= saved.members.reduce(0) { $0 + $1.array.nbytes }
      report.storedBytes -= (try? FileStamp(path: saved.path).size) ?? 0
    }
    report.bytesIn = explanation.bytesRead
    report.seconds = ProcessLimits.now - start
    return report
  }

  /// The passes; whatever would refuse the work refuses it here, and a budget with one that does for all of them.
  func planned() throws -> Passes {
    try naming(source) { try options.planning { try planned(within: $0) } }
  }

  private func planned(within options: TransferOptions) throws -> Passes {
    var passes = Passes()
    if let fit {
      let plan = try Evaluation(fit.arrays.map(\.node), options: options).plan()
      passes.fit = plan.map { $0.explanation() }
      passes.fitBytes = plan.reduce(0) { $0.saturatingAdd($1.bytesRead) }
    }
    let writing = try self.writing(by: known ?? fit!.placeholder(), options: options)
    passes.writing = writing.explanation.passes.map { pass in
      var pass = pass
      // Rows that are scaled by their norms come from the cache the second time.
      pass.bytesRead = min(pass.bytesRead, x.nbytes)
      return pass
    }
    passes.writingBytes = writing.progressBytes
    return passes
  }

  private func writing(
    by normalizer: Normalizer, beside saved: WritingDestination? = nil, options: TransferOptions
  ) throws -> Writing {
    let z = try normalizer.transform(x)
    var options = options
    options.heldBytes = normalizer.heldBytes
    // The array is computed as it is written, also when it is small beside something else.
    options.gatheredBytes = 0
    let array = try WritingDestination(
      destination, [(nil, dtype.map { z.astype($0) } ?? z)], layout: layout)
    return try Writing([array] + (saved.map { [$0] } ?? []), options: options)
  }
}

extension Normalizer {
  /// Bytes of the parameters, of what they were computed from, and of a copy in the dtype they are used in.
  fileprivate var heldBytes: Int { featureShape.count.saturatingMultiply(method.scalesRows ? 0 : 7 * 8) }
}
