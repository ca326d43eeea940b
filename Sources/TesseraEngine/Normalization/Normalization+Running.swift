import TesseraCore
import TesseraIO
public import TesseraStorage

extension Normalization {
  /// What the work will take, before any of it is done.
  public var explanation: Explanation { passes.explanation }

  /// Does it.
  ///
  /// - Throws: `TesseraError` of kind `.cancelled`, `.system` (disk full, no permission) or `.corrupt`; the
  ///   destination is then as it was.
  /// - Complexity: the passes of `explanation`; memory within the budget.
  @discardableResult
  public func run() throws -> WorkReport {
    let start = ProcessLimits.now
    let sizes = [
      passes.fit.reduce(0) { $0.saturatingAdd($1.bytesRead) },
      passes.norms.reduce(0) { $0.saturatingAdd($1.bytesRead) },
      passes.writing.reduce(0) { $0.saturatingAdd($1.bytesWritten) },
    ]
    var stages = StagedProgress(options, total: sizes.reduce(0) { $0.saturatingAdd($1) })
    let fitting = stages.next(sizes[0])
    let normalizer = try known ?? fit!.normalizer(evaluate(fit!.arrays, options: fitting))
    let z = try transformed(by: normalizer)
    var evaluation = Evaluation([z.node], options: stages.next(sizes[1]), gathersOutputs: false)
    try evaluation.run()
    var report = try writing(z, evaluation.finished, options: stages.next(sizes[2])).run()
    if let savedParameters {
      try normalizer.save(to: savedParameters, options: .init(overwrite: options.overwrite))
    }
    report.bytesIn = x.nbytes
    report.seconds = ProcessLimits.now - start
    return report
  }

  /// The passes; whatever would refuse the work refuses it here.
  func planned() throws -> Passes {
    var passes = Passes()
    if let fit {
      passes.fit = try Evaluation(fit.arrays.map(\.node), options: options).plan().map { $0.explanation() }
    }
    let z = try naming(source) { try transformed(by: known ?? fit!.placeholder()) }
    var evaluation = Evaluation([z.node], options: options, gathersOutputs: false)
    passes.norms = try evaluation.plannedWithPlaceholders().map { $0.explanation() }
    passes.writing = try writing(z, evaluation.finished, options: options).explanation.passes
    for index in passes.writing.indices {
      passes.writing[index].source = x.node.storedPaths.first ?? source
      passes.writing[index].bytesRead = x.nbytes
    }
    return passes
  }

  private func transformed(by normalizer: Normalizer) throws -> NDArray {
    let z = try normalizer.transform(x)
    return dtype.map { z.astype($0) } ?? z
  }

  private func writing(
    _ z: NDArray, _ results: [ObjectIdentifier: Source], options: TransferOptions
  ) throws -> Conversion {
    try Conversion(
      of: [(nil, NodeSource.driver(of: z.node, results: results))], readFrom: x.node.storedPaths,
      to: destination, layout: layout, options: options)
  }
}
