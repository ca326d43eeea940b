import TesseraCore
import TesseraIO
package import TesseraStorage

/// Arrays to be computed and written: made without reading elements or touching the destination.
package struct Writing: Sendable {
  package typealias Member = (name: String?, array: NDArray)

  private let members: [Member]
  private let destination: String
  private let layout: ArrayLayout
  private let options: TransferOptions
  /// What it will take, before any of it is done.
  package let explanation: Explanation

  /// - Parameter members: with names, unless the destination is to hold one array.
  package init(
    _ members: [Member], to destination: String, layout: ArrayLayout = .init(), options: TransferOptions
  ) throws {
    let isNamed = members.allSatisfy { $0.name != nil }
    if members.count > 1, !isNamed || destination.hasSuffix(".npy") {
      throw TesseraError(
        .usage, "destination of \(members.count) arrays", path: destination,
        expected: "a name ending in .npz or .zarr")
    }
    self.members = members
    self.destination = destination
    self.layout = layout
    self.options = options
    let planned = try Writing.evaluation(members, options).planned()
    let conversion = try Writing.conversion(members, planned.results, destination, layout, options)
    let computing = planned.passes.map { $0.explanation() }
    let writing = try Writing.passes(conversion, members, planned.results)
    explanation = Explanation(passes: Writing.joined(computing, writing))
  }

  /// Does it.
  package func run() throws -> WorkReport {
    let start = ProcessLimits.now
    var evaluation = Writing.evaluation(members, options)
    try evaluation.run()
    var report = try Writing.conversion(members, evaluation.finished, destination, layout, options).run()
    report.bytesIn = explanation.bytesRead
    report.seconds = ProcessLimits.now - start
    return report
  }

  /// One array is computed as it is written; several share their passes, so they are gathered first.
  private static func evaluation(_ members: [Member], _ options: TransferOptions) -> Evaluation {
    Evaluation(members.map(\.array.node), options: options, gathersOutputs: members.count > 1)
  }

  private static func conversion(
    _ members: [Member], _ results: [ObjectIdentifier: Source], _ destination: String, _ layout: ArrayLayout,
    _ options: TransferOptions
  ) throws -> Conversion {
    let sources = try members.map { member in
      (name: member.name, driver: try NodeSource.driver(of: member.array.node, results: results))
    }
    let paths = members.flatMap(\.array.node.storedPaths).map { path in
      // Of a member the archive counts: it is what would be replaced.
      (try? ArrayLocation(existing: path).path) ?? path
    }
    return try Conversion(of: sources, readFrom: paths, to: destination, layout: layout, options: options)
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
    try zip(conversion.explanation.passes, members).map { pass, member in
      let driver = try NodeSource.driver(of: member.array.node, results: results)
      let isComputed = driver is any ComputedDriver || driver is PlaceholderDriver || driver is MemoryDriver
      guard isComputed else { return pass }
      var pass = pass
      let stored = driver.wholeStoredBytes
      pass.bytesRead = Int(min(Double(stored) * pass.sourceReads, 1e18))
      let paths = Set(member.array.node.storedPaths).sorted()
      if stored > 0 { pass.source = paths.joined(separator: ", ") }
      return pass
    }
  }
}
