import TesseraCore
import TesseraIO
package import TesseraStorage

/// Computes nodes together: passes one after another, each shared by everything that can use it.
package struct Evaluation {
  private let outputs: [Node]
  private var options: TransferOptions
  /// What barriers have given so far, by node; placeholders while planning.
  private var results: [ObjectIdentifier: Source] = [:]
  /// Bytes of those, and of the lists of positions in the graph.
  package private(set) var heldBytes: Int
  /// Whether the outputs themselves are gathered in memory; otherwise only what they depend on.
  private let gathersOutputs: Bool

  package init(_ outputs: [Node], options: TransferOptions, gathersOutputs: Bool = true) {
    // Next to outputs that are held in memory anyway, reductions beneath them may as well share a pass.
    let isDeep = outputs.contains { $0.depth > Node.mostDepth }
    self.outputs = (gathersOutputs && !isDeep ? outputs.flatMap(\.localBarriers) : []) + outputs
    self.options = options
    self.gathersOutputs = gathersOutputs
    heldBytes = outputs.listedBytes
  }

  /// A sink, and the nodes that get their elements from it.
  private struct Job {
    var sink: any BarrierSink
    var users: [(node: Node, field: String)]
  }

  private struct Pass {
    var plan: PassPlan
    var jobs: [Job]
  }

  /// The passes over what the arrays are made of, without running them; what is computed of their results alone takes
  /// next to nothing.
  ///
  /// - Throws: `.memory` when the budget is too small, naming the least that does for all passes.
  package func plan() throws -> [PassPlan] {
    try outputs.namingSources {
      try options.planning { options in
        var copy = self
        copy.options = options
        return try copy.plannedWithPlaceholders()
      }
    }
  }

  /// The same; afterwards everything counts as computed, so that what comes next can be planned as well.
  ///
  /// - Throws: `.memory` for the first pass that the budget is too small for, naming what does for that one: the plan of
  ///   all that follows is to be made within `TransferOptions.planning`.
  package mutating func plannedWithPlaceholders() throws -> [PassPlan] {
    var plans: [PassPlan] = []
    while let stage = try nextStage() {
      for pass in stage {
        for job in pass.jobs { keepPlaceholders(job) }
        if pass.plan.program.isDerived { continue }
        let repeats = pass.jobs.map(\.sink.expectedPasses).max() ?? 1
        plans += Array(repeating: pass.plan, count: repeats)
      }
    }
    return plans
  }

  /// Runs the passes; afterwards `source(of:)` gives what each output and barrier became.
  ///
  /// The whole plan is checked against the budget first.
  package mutating func run() throws {
    let plans = try plan()
    let read = plans.reduce(0) { $0.saturatingAdd($1.bytesRead) }
    // Where nothing is read, progress is how many elements were gone through.
    let total = read > 0 ? read : plans.reduce(0) { $0.saturatingAdd($1.computedBytes) }
    let progress = ProgressMeter(total: total, handler: options.progress)
    while let stage = try nextStage() {
      for pass in stage { try run(pass, progress, isRead: read > 0) }
    }
  }

  private mutating func run(_ pass: Pass, _ progress: ProgressMeter, isRead: Bool) throws {
    var plan = pass.plan
    var jobs = pass.jobs
    while true {
      try PassRunner(plan: plan, options: options, progress: progress, countsRead: isRead).run()
      var unfinished: [Int] = []
      for (number, job) in jobs.enumerated() {
        if try job.sink.finish() { try keep(job) } else { unfinished.append(number) }
      }
      if unfinished.isEmpty { return }
      jobs = unfinished.map { jobs[$0] }
      plan = try self.plan(jobs, block: plan.grid.chunkShape)
    }
  }

  private mutating func keep(_ job: Job) throws {
    for (node, field) in job.users {
      let driver = try job.sink.result(field)
      keep(node, Source(driver, isInMemory: true, isResult: true))
    }
  }

  private mutating func keepPlaceholders(_ job: Job) {
    for (node, _) in job.users {
      keep(
        node,
        Source(PlaceholderDriver(shape: node.shape, dtype: node.dtype), isInMemory: true, isResult: true))
    }
  }

  private mutating func keep(_ node: Node, _ source: Source) {
    results[ObjectIdentifier(node)] = source
    heldBytes = heldBytes.saturatingAdd(node.shape.count.saturatingMultiply(node.dtype.itemSize))
  }

  /// What a node became; nil for one that has not been computed.
  package func source(of node: Node) -> Source? { results[ObjectIdentifier(node)] }
  /// All that barriers gave.
  package var finished: [ObjectIdentifier: Source] { results }

  // MARK: Planning

  /// The passes that can run now, one per shape that is gone over; nil when nothing is left to do.
  private func nextStage() throws -> [Pass]? {
    try Node.requireShallow(outputs)
    var ready = Ready(results)
    for output in outputs { try ready.visit(output, isOutput: gathersOutputs) }
    if ready.nodes.isEmpty { return nil }
    var shapes: [Shape] = []
    var groups: [Shape: [Node]] = [:]
    for node in ready.nodes {
      let shape = node.passShape
      if groups[shape] == nil { shapes.append(shape) }
      groups[shape, default: []].append(node)
    }
    return try shapes.map { shape in
      let jobs = try self.jobs(groups[shape]!)
      return Pass(plan: try plan(jobs), jobs: jobs)
    }
  }

  /// One sink for all nodes that ask for the same.
  private func jobs(_ nodes: [Node]) throws -> [Job] {
    var jobs: [Job] = []
    var known: [String: Int] = [:]
    let signatures = try signatures(nodes)
    for (node, signature) in zip(nodes, signatures) {
      guard case .barrier(let barrier) = node.operation, node.hasSink else {
        jobs.append(Job(sink: MemorySink(shape: node.shape, dtype: node.dtype), users: [(node, "value")]))
        continue
      }
      if let number = known[signature] {
        jobs[number].users.append((node, barrier.field))
      } else {
        known[signature] = jobs.count
        let memory = options.memory / Evaluation.sinkShare
        jobs.append(
          Job(
            sink: try barrier.makeSink(memory: memory, threads: options.threads),
            users: [(node, barrier.field)]))
      }
    }
    for job in jobs { for user in job.users { job.sink.want(user.field) } }
    return jobs
  }

  /// The part of the budget that the accumulators of one sink may have, where more of them save passes.
  static let sinkShare = 4

  /// What tells nodes apart: their key, and their operands as values of one program.
  private func signatures(_ nodes: [Node]) throws -> [String] {
    let operands = nodes.flatMap(\.passOperands)
    guard let shape = nodes.first?.passShape else { return [] }
    let program = try Lowering.program(operands, over: shape, results: results)
    var next = 0
    return nodes.map { node in
      let roots = program.roots[next..<next + node.passOperands.count]
      next += roots.count
      guard case .barrier(let barrier) = node.operation else { return "" }
      return "\(barrier.key) \(Array(roots))"
    }
  }

  /// - Parameter block: that of an earlier pass of the same sinks.
  private func plan(_ jobs: [Job], block: [Int]? = nil) throws -> PassPlan {
    var operands: [Node] = []
    var tasks: [PassPlan.Task] = []
    for job in jobs {
      let own = job.users[0].node.passOperands
      tasks.append(.init(sink: job.sink, roots: operands.count..<operands.count + own.count))
      operands += own
    }
    let shape = jobs[0].users[0].node.passShape
    let program = try Lowering.program(operands, over: shape, results: results)
    return try PassPlan(over: shape, program, tasks, block: block, held: heldBytes, options: options)
  }
}

/// Finds the nodes that can be computed now: all that they depend on is.
private struct Ready {
  private let results: [ObjectIdentifier: Source]
  private(set) var nodes: [Node] = []
  private var visited: [ObjectIdentifier: Bool] = [:]

  init(_ results: [ObjectIdentifier: Source]) { self.results = results }

  /// - Returns: whether the node can be read now.
  @discardableResult
  mutating func visit(_ node: Node, isOutput: Bool) throws -> Bool {
    let key = ObjectIdentifier(node)
    if results[key] != nil { return true }
    let isBarrier = if case .barrier = node.operation { !node.isLocal || isOutput } else { false }
    if let known = visited[key], !isOutput { return known }
    var isReady = true
    for operand in node.operation.operands where try !visit(operand, isOutput: false) { isReady = false }
    if isBarrier || isOutput {
      if isReady, !nodes.contains(where: { $0 === node }) { nodes.append(node) }
      isReady = false
    }
    visited[key] = isReady
    return isReady
  }
}

extension Node {
  /// Whether it is a barrier that is computed where it is used.
  var isLocal: Bool {
    if case .barrier(let barrier) = operation { barrier.localAxes != nil } else { false }
  }

  /// The local barriers of this node's shape that it is an elementwise function of.
  var localBarriers: [Node] {
    var found: [Node] = []
    var seen: Set<ObjectIdentifier> = []
    func visit(_ node: Node) {
      guard node.shape == shape, seen.insert(ObjectIdentifier(node)).inserted else { return }
      if case .barrier(let barrier) = node.operation {
        if node.isLocal, !barrier.isStreamed { found.append(node) }
      } else {
        node.operation.operands.forEach(visit)
      }
    }
    visit(self)
    return found
  }

  /// Whether it is a barrier that takes a pass of its own when it is asked for.
  var hasSink: Bool {
    if case .barrier(let barrier) = operation {
      barrier.localAxes == nil || !barrier.isLocalAsOutput
    } else {
      false
    }
  }

  /// What a pass that computes this node goes over.
  var passShape: Shape {
    if case .barrier(let barrier) = operation, hasSink { barrier.iterationShape } else { shape }
  }

  /// What such a pass computes of each block.
  var passOperands: [Node] {
    if case .barrier(let barrier) = operation, hasSink { barrier.operands } else { [self] }
  }
}
