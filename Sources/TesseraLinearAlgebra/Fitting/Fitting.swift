import TesseraCore
package import TesseraEngine
import TesseraIO
package import TesseraStorage

/// A fit to stored arrays, whose results are written to an archive, and possibly an array made of them beside it.
///
/// Made without touching a destination; `explanation` tells what it will do; `run` does it.
package struct Fitting: Sendable {
  package typealias Member = (name: String, array: NDArray)

  /// An array that is made of the samples and what was fitted.
  package struct Output: Sendable {
    package var array: NDArray
    package var path: String
    package var layout: ArrayLayout
  }

  /// What a fit gives.
  package struct Results: Sendable {
    package var members: [Member]
    package var output: Output?
  }

  private let archive: String
  private let destinations: [String]
  private let bytesIn: Int
  private let computing: [Explanation.Pass]
  private let writing: Writing
  private let options: TransferOptions
  private let compute: @Sendable (TransferOptions) throws -> Results

  /// - Parameters:
  ///   - sources: what is read.
  ///   - archive: a name ending in `.npz`.
  ///   - computing: the passes of the fit within a budget.
  ///   - planned: arrays of the results' shapes and dtypes, read from where the results will be.
  ///   - compute: the fit.
  /// - Throws: as `Writing`; `.memory` naming the least that does for the fit and for writing; `.usage` where what is
  ///   read would be replaced.
  init(
    of sources: [NDArray], to archive: String, computing: (TransferOptions) throws -> [Explanation.Pass],
    planned: Results, options: TransferOptions,
    compute: @escaping @Sendable (TransferOptions) throws -> Results
  ) throws {
    self.archive = archive
    self.options = options
    self.compute = compute
    bytesIn = sources.reduce(0) { $0.saturatingAdd($1.nbytes) }
    destinations = [archive] + (planned.output.map { [$0.path] } ?? [])
    (self.computing, writing) = try options.planning { options in
      (try computing(options), try Fitting.writing(planned, archive, options))
    }
    try Fitting.checkApart(sources.flatMap(\.node.storedPaths), destinations)
  }

  /// What it will take, before any of it is done.
  package var explanation: Explanation {
    // Writing what is in memory already is no pass of its own.
    Explanation(
      passes: writing.explanation.passes.reduce(into: computing) { all, pass in
        guard pass.bytesRead == 0, let last = all.indices.last else { return all.append(pass) }
        all[last].bytesWritten = all[last].bytesWritten.saturatingAdd(pass.bytesWritten)
        all[last].predictedPeakBytes = max(all[last].predictedPeakBytes, pass.predictedPeakBytes)
      })
  }

  /// Does it. What is written is put in place together, when all of it is complete.
  package func run() throws -> WorkReport {
    let start = ProcessLimits.now
    try Writing.rehearse(destinations, options: options)
    let fitBytes = computing.reduce(0) { $0.saturatingAdd($1.bytesRead) }
    var stages = StagedProgress(options, total: fitBytes.saturatingAdd(writing.progressBytes))
    let results = try compute(stages.next(fitBytes))
    var report = try Fitting.writing(results, archive, stages.next(writing.progressBytes)).run()
    report.bytesIn = bytesIn
    report.seconds = ProcessLimits.now - start
    return report
  }

  private static func writing(
    _ results: Results, _ archive: String, _ options: TransferOptions
  ) throws -> Writing {
    let members = try WritingDestination(archive: archive, results.members)
    guard let output = results.output else { return try Writing([members], options: options) }
    var options = options
    // The output is computed as it is written, also when it is small.
    options.gatheredBytes = 0
    let array = try WritingDestination(output.path, [(nil, output.array)], layout: output.layout)
    return try Writing([array, members], options: options)
  }

  /// Nothing that is read or written may be what another one replaces.
  private static func checkApart(_ sources: [String], _ destinations: [String]) throws {
    let read = try sources.map { try Path.resolved((try? ArrayLocation(existing: $0).path) ?? $0) }
    var taken = read
    for destination in destinations {
      let own = try Path.resolved(ArrayLocation(destination: destination).path)
      if taken.contains(where: { $0 == own || $0.hasPrefix(own + "/") || own.hasPrefix($0 + "/") }) {
        throw TesseraError(
          .usage, "source and destination overlap", path: destination,
          expected: "places apart from one another")
      }
      taken.append(own)
    }
  }
}
