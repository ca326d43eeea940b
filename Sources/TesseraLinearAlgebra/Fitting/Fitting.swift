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
  private let bytesIn: Int
  private let computing: [Explanation.Pass]
  private let writing: [Writing]
  private let options: TransferOptions
  private let compute: @Sendable (TransferOptions) throws -> Results

  /// - Parameters:
  ///   - sources: what is read.
  ///   - archive: a name ending in `.npz`.
  ///   - computing: the passes of the fit.
  ///   - planned: arrays of the results' shapes and dtypes, read from where the results will be.
  ///   - compute: the fit.
  /// - Throws: as `Writing`; `.usage` where what is read would be replaced.
  init(
    of sources: [NDArray], to archive: String, computing: [Explanation.Pass], planned: Results,
    options: TransferOptions, compute: @escaping @Sendable (TransferOptions) throws -> Results
  ) throws {
    self.archive = archive
    self.computing = computing
    self.options = options
    self.compute = compute
    bytesIn = sources.reduce(0) { $0.saturatingAdd($1.nbytes) }
    writing = try Fitting.writing(planned, archive) { _ in options }
    try Fitting.checkApart(
      sources.flatMap(\.node.storedPaths), [archive] + (planned.output.map { [$0.path] } ?? []))
  }

  /// What it will take, before any of it is done.
  package var explanation: Explanation {
    let passes = writing.flatMap(\.explanation.passes)
    // Writing what is in memory already is no pass of its own.
    return Explanation(
      passes: passes.reduce(into: computing) { all, pass in
        guard pass.bytesRead == 0, let last = all.indices.last else { return all.append(pass) }
        all[last].bytesWritten = all[last].bytesWritten.saturatingAdd(pass.bytesWritten)
        all[last].predictedPeakBytes = max(all[last].predictedPeakBytes, pass.predictedPeakBytes)
      })
  }

  /// Does it.
  package func run() throws -> WorkReport {
    let start = ProcessLimits.now
    let fitBytes = computing.reduce(0) { $0.saturatingAdd($1.bytesRead) }
    let writingBytes = writing.map(\.progressBytes)
    var stages = StagedProgress(options, total: writingBytes.reduce(fitBytes) { $0.saturatingAdd($1) })
    let results = try compute(stages.next(fitBytes))
    let works = try Fitting.writing(results, archive) { stages.next(writingBytes[$0]) }
    let reports = try works.map { try $0.run() }
    var report = reports[0]
    for other in reports.dropFirst() {
      report.bytesOut = report.bytesOut.saturatingAdd(other.bytesOut)
      report.storedBytes = report.storedBytes.saturatingAdd(other.storedBytes)
      report.peakResident = max(report.peakResident, other.peakResident)
    }
    report.bytesIn = bytesIn
    report.seconds = ProcessLimits.now - start
    return report
  }

  /// The larger one first: it may fail.
  ///
  /// - Parameter options: of each, by number.
  private static func writing(
    _ results: Results, _ archive: String, _ options: (Int) -> TransferOptions
  ) throws -> [Writing] {
    var works: [Writing] = []
    if let output = results.output {
      works.append(
        try Writing(
          [(nil, output.array)], to: output.path, layout: output.layout, options: options(works.count)))
    }
    works.append(try Writing(archive: archive, results.members, options: options(works.count)))
    return works
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
