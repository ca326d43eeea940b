import TesseraCore
import TesseraIO
package import TesseraStorage

/// Arrays to be computed and written, to one destination or several: made without reading elements or touching the
/// destinations.
///
/// An array is computed as it is written; those of one shape that are computed from the same sources are written in
/// step, in one pass. Several that are small are gathered in memory first, whatever their shapes.
package struct Writing: Sendable {
  package typealias Member = WritingDestination.Member

  private let destinations: [WritingDestination]
  private let options: TransferOptions
  /// What it will take, before any of it is done.
  package let explanation: Explanation
  /// Bytes that computing and writing tell of as progress.
  private let progress: (computing: Int, writing: Int)

  /// All that progress is told of.
  package var progressBytes: Int { progress.computing.saturatingAdd(progress.writing) }

  /// - Throws: as `Delivery`; `.memory` when the budget is too small, naming the least that does for computing and
  ///   writing.
  package init(_ destinations: [WritingDestination], options: TransferOptions) throws {
    self.destinations = destinations
    self.options = options
    (explanation, progress) = try Writing.nodes(destinations).namingSources {
      try options.planning { try Writing.plan(destinations, $0) }
    }
  }

  /// To one destination.
  ///
  /// - Parameters:
  ///   - members: with names, unless the destination is to hold one array.
  ///   - texts: strings beside the members of an archive.
  package init(
    _ members: [Member], texts: [(name: String, text: String)] = [], to path: String,
    layout: ArrayLayout = .init(), options: TransferOptions
  ) throws {
    try self.init([WritingDestination(path, members, texts: texts, layout: layout)], options: options)
  }

  /// The members of one `.npz` archive, with strings beside them.
  package init(
    archive path: String, _ arrays: [(name: String, array: NDArray)],
    texts: [(name: String, text: String)] = [], layout: ArrayLayout = .init(), options: TransferOptions
  ) throws {
    try self.init(
      [WritingDestination(archive: path, arrays, texts: texts, layout: layout)], options: options)
  }

  /// Does it.
  package func run() throws -> WorkReport {
    let start = ProcessLimits.now
    var stages = StagedProgress(options, total: progressBytes)
    var evaluation = Writing.evaluation(destinations, stages.next(progress.computing))
    try evaluation.run()
    var report = try Writing.delivery(destinations, evaluation, stages.next(progress.writing)).run()
    report.bytesIn = explanation.bytesRead
    report.seconds = ProcessLimits.now - start
    return report
  }
}

extension Writing {
  private static func plan(
    _ destinations: [WritingDestination], _ options: TransferOptions
  ) throws -> (Explanation, (computing: Int, writing: Int)) {
    var evaluation = Writing.evaluation(destinations, options)
    let passes = try evaluation.plannedWithPlaceholders()
    let delivery = try Writing.delivery(destinations, evaluation, options)
    let writing = try Writing.passes(delivery, destinations, evaluation, memory: options.memory)
    let computingBytes = passes.reduce(0) { $0.saturatingAdd($1.bytesRead) }
    return (
      Explanation(passes: Writing.joined(passes.map { $0.explanation() }, writing)),
      (computing: computingBytes, writing: delivery.bytesMoved)
    )
  }

  private static func nodes(_ destinations: [WritingDestination]) -> [Node] {
    destinations.flatMap { $0.members.map(\.array.node) }
  }

  private static func evaluation(
    _ destinations: [WritingDestination], _ options: TransferOptions
  ) -> Evaluation {
    let nodes = nodes(destinations)
    let bytes = nodes.reduce(0) { $0.saturatingAdd($1.shape.count.saturatingMultiply($1.dtype.itemSize)) }
    return Evaluation(
      nodes, options: options, gathersOutputs: nodes.count > 1 && bytes <= options.gatheredBytes)
  }

  /// - Parameter evaluation: run or planned; what it holds stays in memory while it is written.
  private static func delivery(
    _ destinations: [WritingDestination], _ evaluation: Evaluation, _ options: TransferOptions
  ) throws -> Delivery {
    let results = evaluation.finished
    let requests = try destinations.map { destination in
      let arrays = try destination.members.map { member in
        (name: member.name, driver: try NodeSource.driver(of: member.array.node, results: results))
      }
      return Delivery.Request(
        destination.path, layout: destination.layout, texts: destination.texts, arrays: arrays)
    }
    let nodes = nodes(destinations)
    let paths = nodes.flatMap(\.storedPaths).map { path in
      // Of a member the archive counts: it is what would be replaced.
      (try? ArrayLocation(existing: path).path) ?? path
    }
    var options = options
    options.heldBytes = options.heldBytes.saturatingAdd(evaluation.heldBytes)
    let distinct = Array(Set(paths)).sorted()
    return try Delivery(requests, readFrom: distinct, joining: joining(nodes, results), options: options)
  }

  /// - Returns: nil for a single array.
  private static func joining(_ nodes: [Node], _ results: [ObjectIdentifier: Source]) -> Joining? {
    guard nodes.count > 1 else { return nil }
    return Joining(origins: nodes.map { $0.origins(results) }) { numbers in
      try ExpressionSource(numbers.map { nodes[$0] }, results: results)
    }
  }
}

// MARK: Explaining

extension Writing {
  /// Writing what is in memory already is no pass of its own: it belongs to the one that made it.
  private static func joined(
    _ computing: [Explanation.Pass], _ writing: [Explanation.Pass]
  ) -> [Explanation.Pass] {
    writing.reduce(into: computing) { passes, pass in
      let made = passes.lastIndex { $0.purpose == .compute }
      guard pass.bytesRead == 0, let last = made else { return passes.append(pass) }
      passes[last].outputs += pass.outputs
      passes[last].bytesWritten = passes[last].bytesWritten.saturatingAdd(pass.bytesWritten)
      passes[last].predictedPeakBytes = max(passes[last].predictedPeakBytes, pass.predictedPeakBytes)
    }
  }

  /// The passes that write, with the bytes of what the arrays are computed from rather than their own.
  private static func passes(
    _ delivery: Delivery, _ destinations: [WritingDestination], _ evaluation: Evaluation, memory: Int
  ) throws -> [Explanation.Pass] {
    let nodes = nodes(destinations)
    return try delivery.sweeps.flatMap { sweep in
      let own = sweep.parts.map { nodes[$0] }
      let driver = try NodeSource.driver(of: own[0], results: evaluation.finished)
      return try sweep.passes(driver.description.path).map { pass in
        // An array that goes over a temporary file has two passes, of which the first reads it.
        if pass.source == Explanation.temporaryFile { return pass }
        let isComputed =
          driver is any ComputedDriver || driver is PlaceholderDriver || driver is MemoryDriver
        guard isComputed || own.count > 1 else { return pass }
        var pass = pass
        let stored =
          try own.count > 1
          ? ExpressionSource(own, results: evaluation.finished).storedBytesRead : driver.wholeStoredBytes
        if own.count == 1, let computed = driver as? any ComputedDriver {
          computed.explain(&pass, memory: memory)
        } else {
          pass.bytesRead = Int(min(Double(stored) * pass.sourceReads, 1e18))
        }
        if stored > 0 { pass.source = Set(own.flatMap(\.storedPaths)).sorted().joined(separator: ", ") }
        return pass
      }
    }
  }
}

extension Node {
  /// What it is read from, as far as the results of barriers do not stand for it.
  fileprivate func origins(_ results: [ObjectIdentifier: Source]) -> Set<ObjectIdentifier> {
    var seen: Set<ObjectIdentifier> = []
    var found: Set<ObjectIdentifier> = []
    func visit(_ node: Node) {
      guard seen.insert(ObjectIdentifier(node)).inserted else { return }
      if let result = results[ObjectIdentifier(node)] {
        found.insert(ObjectIdentifier(result))
      } else if case .source(let source) = node.operation {
        found.insert(ObjectIdentifier(source))
      } else {
        node.operation.operands.forEach(visit)
      }
    }
    visit(self)
    return found
  }
}
