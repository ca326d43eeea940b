import TesseraCore
import TesseraIO
package import TesseraStorage

/// Arrays to be computed and written: made without reading elements or touching the destination.
///
/// One array is computed as it is written. Several share their passes and are gathered in memory first; where that
/// would take much memory, each is computed as it is written, by a pass of its own.
package struct Writing: Sendable {
  package typealias Member = (name: String?, array: NDArray)

  private let members: [Member]
  private let texts: [(name: String, text: String)]
  private let destination: String
  private let layout: ArrayLayout
  private let options: TransferOptions
  /// What it will take, before any of it is done.
  package let explanation: Explanation
  /// Bytes that computing and writing tell of as progress.
  private let progress: (computing: Int, writing: Int)

  /// All that progress is told of.
  package var progressBytes: Int { progress.computing.saturatingAdd(progress.writing) }

  /// Results up to this are gathered: small beside any budget. Budgets do not decide, so that they cannot change a bit.
  private static let mostGatheredBytes = 8 << 20

  /// - Parameters:
  ///   - members: with names, unless the destination is to hold one array.
  ///   - texts: strings beside the members of an archive.
  /// - Throws: `.usage` for a destination of one array, and names that are empty or given twice; as `Conversion`.
  package init(
    _ members: [Member], texts: [(name: String, text: String)] = [], to destination: String,
    layout: ArrayLayout = .init(), options: TransferOptions
  ) throws {
    try Writing.check(members, texts, destination)
    self.members = members
    self.texts = texts
    self.destination = destination
    self.layout = layout
    self.options = options
    var evaluation = Writing.evaluation(members, options)
    let passes = try evaluation.plannedWithPlaceholders()
    let conversion = try Writing.conversion(members, texts, evaluation, destination, layout, options)
    let writing = try Writing.passes(conversion, members, evaluation.finished)
    explanation = Explanation(passes: Writing.joined(passes.map { $0.explanation() }, writing))
    progress = (passes.reduce(0) { $0.saturatingAdd($1.bytesRead) }, conversion.bytesMoved)
  }

  /// The members of one `.npz` archive, with strings beside them.
  package init(
    archive path: String, _ arrays: [(name: String, array: NDArray)],
    texts: [(name: String, text: String)] = [], options: TransferOptions
  ) throws {
    let location = try ArrayLocation(destination: path)
    guard location.form == .npz, location.member == nil else {
      throw TesseraError(
        .usage, "destination of several arrays", path: path, expected: "a name ending in .npz")
    }
    try self.init(arrays.map { ($0.name, $0.array) }, texts: texts, to: path, options: options)
  }

  /// Does it.
  package func run() throws -> WorkReport {
    let start = ProcessLimits.now
    var stages = StagedProgress(options, total: progressBytes)
    var evaluation = Writing.evaluation(members, stages.next(progress.computing))
    try evaluation.run()
    var report = try Writing.conversion(
      members, texts, evaluation, destination, layout, stages.next(progress.writing)
    ).run()
    report.bytesIn = explanation.bytesRead
    report.seconds = ProcessLimits.now - start
    return report
  }

  private static func evaluation(_ members: [Member], _ options: TransferOptions) -> Evaluation {
    let bytes = members.reduce(0) { $0.saturatingAdd($1.array.nbytes) }
    return Evaluation(
      members.map(\.array.node), options: options,
      gathersOutputs: members.count > 1 && bytes <= mostGatheredBytes)
  }

  /// - Parameter evaluation: run or planned; what it holds stays in memory while it is written.
  private static func conversion(
    _ members: [Member], _ texts: [(name: String, text: String)], _ evaluation: Evaluation,
    _ destination: String, _ layout: ArrayLayout, _ options: TransferOptions
  ) throws -> Conversion {
    let sources = try members.map { member in
      (name: member.name, driver: try NodeSource.driver(of: member.array.node, results: evaluation.finished))
    }
    let paths = members.flatMap(\.array.node.storedPaths).map { path in
      // Of a member the archive counts: it is what would be replaced.
      (try? ArrayLocation(existing: path).path) ?? path
    }
    var options = options
    options.heldBytes = options.heldBytes.saturatingAdd(evaluation.heldBytes)
    return try Conversion(
      of: sources, texts: texts, readFrom: paths, to: destination, layout: layout, options: options)
  }
}

extension Writing {
  private static func check(
    _ members: [Member], _ texts: [(name: String, text: String)], _ destination: String
  ) throws {
    let names = members.compactMap(\.name) + texts.map(\.name)
    guard names.isEmpty, members.count == 1 else {
      return try checkNamed(members, texts, names, destination)
    }
  }

  private static func checkNamed(
    _ members: [Member], _ texts: [(name: String, text: String)], _ names: [String], _ destination: String
  ) throws {
    let location = try ArrayLocation(destination: destination)
    let holdsSeveral =
      location.form == .npz && location.member == nil || location.form == .zarr && texts.isEmpty
    guard holdsSeveral, members.allSatisfy({ $0.name != nil }) else {
      throw TesseraError(
        .usage, "destination of several arrays", path: destination,
        expected: texts.isEmpty ? "a name ending in .npz or .zarr" : "a name ending in .npz")
    }
    var known: Set<String> = []
    for name in names {
      guard !name.isEmpty else { throw TesseraError(.usage, "member without a name", path: destination) }
      guard known.insert(name).inserted else {
        throw TesseraError(.usage, "two members are called '\(name)'", path: destination)
      }
    }
  }

  /// Writing what is in memory already is no pass of its own: it belongs to the one that made it.
  private static func joined(
    _ computing: [Explanation.Pass], _ writing: [Explanation.Pass]
  ) -> [Explanation.Pass] {
    writing.reduce(into: computing) { passes, pass in
      guard pass.bytesRead == 0, let last = passes.indices.last else { return passes.append(pass) }
      passes[last].bytesWritten = passes[last].bytesWritten.saturatingAdd(pass.bytesWritten)
      passes[last].predictedPeakBytes = max(passes[last].predictedPeakBytes, pass.predictedPeakBytes)
    }
  }

  /// The passes that write, with the bytes of what the arrays are computed from rather than their own.
  private static func passes(
    _ conversion: Conversion, _ members: [Member], _ results: [ObjectIdentifier: Source]
  ) throws -> [Explanation.Pass] {
    var number = 0
    return try conversion.explanation.passes.map { pass in
      // An array that goes over a temporary file has two passes, of which the first reads it.
      defer { if pass.purpose == .write { number += 1 } }
      if pass.source == Explanation.temporaryFile { return pass }
      let node = members[number].array.node
      let driver = try NodeSource.driver(of: node, results: results)
      let isComputed = driver is any ComputedDriver || driver is PlaceholderDriver || driver is MemoryDriver
      guard isComputed else { return pass }
      var pass = pass
      let stored = driver.wholeStoredBytes
      pass.bytesRead = Int(min(Double(stored) * pass.sourceReads, 1e18))
      if stored > 0 { pass.source = Set(node.storedPaths).sorted().joined(separator: ", ") }
      return pass
    }
  }
}
