import TesseraCore
import TesseraIO
public import TesseraStorage

extension Normalization {
  /// What the work will take, before any of it is done.
  public var explanation: Explanation { passes.explanation }

  /// Does it.
  ///
  /// - Throws: `TesseraError` of kind `.cancelled`, `.system` (disk full, no permission) or `.corrupt`; the
  ///   destination is then as it was, unless the error says that it is in place and its parameters are not.
  /// - Complexity: the passes of `explanation`; memory within the budget.
  @discardableResult
  public func run() throws -> WorkReport {
    let start = ProcessLimits.now
    var stages = StagedProgress(options, total: passes.fitBytes.saturatingAdd(passes.writingBytes))
    let fitting = stages.next(passes.fitBytes)
    let normalizer = try known ?? fit!.normalizer(evaluate(fit!.arrays, options: fitting))
    var report = try writing(by: normalizer, options: stages.next(passes.writingBytes)).run()
    if let savedParameters {
      try afterwards(destination, "its parameters were not saved to \(savedParameters)") {
        try normalizer.save(to: savedParameters, options: .init(overwrite: options.overwrite))
      }
    }
    report.bytesIn = x.nbytes
    report.seconds = ProcessLimits.now - start
    return report
  }

  /// The passes; whatever would refuse the work refuses it here.
  func planned() throws -> Passes {
    var passes = Passes()
    if let fit {
      let plan = try Evaluation(fit.arrays.map(\.node), options: options).plan()
      passes.fit = plan.map { $0.explanation() }
      passes.fitBytes = plan.reduce(0) { $0.saturatingAdd($1.bytesRead) }
    }
    let writing = try naming(source) {
      try self.writing(by: known ?? fit!.placeholder(), options: options)
    }
    passes.writing = writing.explanation.passes.map { pass in
      var pass = pass
      // Rows that are scaled by their norms come from the cache the second time.
      pass.bytesRead = min(pass.bytesRead, x.nbytes)
      return pass
    }
    passes.writingBytes = writing.progressBytes
    return passes
  }

  private func writing(by normalizer: Normalizer, options: TransferOptions) throws -> Writing {
    let z = try normalizer.transform(x)
    var options = options
    options.heldBytes = normalizer.heldBytes
    return try Writing(
      [(nil, dtype.map { z.astype($0) } ?? z)], to: destination, layout: layout, options: options)
  }
}

extension Normalizer {
  /// Bytes of the parameters, of what they were computed from, and of a copy in the dtype they are used in.
  fileprivate var heldBytes: Int { featureShape.count.saturatingMultiply(method.scalesRows ? 0 : 7 * 8) }
}
