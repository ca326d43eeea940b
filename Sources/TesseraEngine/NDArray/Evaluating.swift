public import TesseraCore
public import TesseraStorage

/// Computes arrays together and keeps their elements in memory: what they have in common is read and computed once,
/// and reductions of one shape share a pass.
///
/// - Throws: `.memory` before anything is read, when the budget is too small for the blocks, the accumulators and the
///   results; `.cancelled`; errors of the files.
/// - Complexity: as `explain` says: one pass over the data for every step of reductions that depend on one another.
public func evaluate(_ arrays: [NDArray], options: TransferOptions = .init()) throws -> [NDArray] {
  var evaluation = Evaluation(arrays.map(\.node), options: options)
  try evaluation.run()
  return arrays.map { array in
    guard let source = evaluation.source(of: array.node) else { return array }
    return NDArray(
      .source(Source(source.driver, isInMemory: true)), shape: array.shape, dtype: array.dtype)
  }
}

/// The same for two arrays.
public func evaluate(
  _ a: NDArray, _ b: NDArray, options: TransferOptions = .init()
) throws -> (NDArray, NDArray) {
  let results = try evaluate([a, b], options: options)
  return (results[0], results[1])
}

/// The same for three arrays.
public func evaluate(
  _ a: NDArray, _ b: NDArray, _ c: NDArray, options: TransferOptions = .init()
) throws -> (NDArray, NDArray, NDArray) {
  let results = try evaluate([a, b, c], options: options)
  return (results[0], results[1], results[2])
}

/// The same for four arrays.
public func evaluate(
  _ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray, options: TransferOptions = .init()
) throws -> (NDArray, NDArray, NDArray, NDArray) {
  let results = try evaluate([a, b, c, d], options: options)
  return (results[0], results[1], results[2], results[3])
}

/// The passes that evaluating these arrays together takes: nothing is read.
///
/// Passes over nothing but results of others are left out: they take next to nothing.
///
/// - Throws: `.memory` when the budget is too small, naming one that would do.
public func explain(_ arrays: NDArray..., options: TransferOptions = .init()) throws -> Explanation {
  try explain(arrays, options: options)
}

/// The same for a list of arrays.
public func explain(_ arrays: [NDArray], options: TransferOptions = .init()) throws -> Explanation {
  let plans = try Evaluation(arrays.map(\.node), options: options).plan()
  return Explanation(passes: plans.map { $0.explanation() })
}

extension NDArray {
  /// The elements computed and kept in memory. Throws as `evaluate`.
  public func evaluated(options: TransferOptions = .init()) throws -> NDArray {
    try evaluate([self], options: options)[0]
  }

  /// The elements as Swift values, in C order.
  ///
  /// - Throws: `.usage` when `T` is not the array's dtype, and as `evaluate`.
  public func elements<T: Element>(as type: T.Type = T.self, options: TransferOptions = .init()) throws -> [T]
  {
    guard T.dtype == dtype else {
      throw TesseraError(.usage, "element type", expected: "\(dtype)", got: "\(T.dtype)")
    }
    let computed = try evaluated(options: options)
    guard case .source(let source) = computed.node.operation else { return [] }
    return try StoredArray(source.driver).elements(as: type)
  }

  /// The only element of an array of size 1.
  ///
  /// - Throws: `.usage` for another size or dtype; as `evaluate`.
  public func item<T: Element>(as type: T.Type = T.self, options: TransferOptions = .init()) throws -> T {
    guard size == 1 else {
      throw TesseraError(.usage, "only arrays of size 1 have an item", expected: "1", got: "\(size)")
    }
    return try elements(as: type, options: options)[0]
  }
}

extension Node {
  /// The paths of all stored arrays that it is computed from.
  package var storedPaths: [String] {
    var seen: Set<ObjectIdentifier> = []
    return storedPaths(besides: &seen)
  }

  /// Those of what is not among `seen`, which it is then.
  fileprivate func storedPaths(besides seen: inout Set<ObjectIdentifier>) -> [String] {
    // Deeper ones are refused when they are planned.
    guard depth <= Node.mostDepth else { return [] }
    var paths: [String] = []
    func visit(_ node: Node) {
      guard seen.insert(ObjectIdentifier(node)).inserted else { return }
      if case .source(let source) = node.operation, source.driver.description.format != .computed {
        paths.append(source.driver.description.path)
      }
      for operand in node.operation.operands { visit(operand) }
    }
    visit(self)
    return paths
  }
}

extension [Node] {
  /// Runs `body`; a memory budget that it refuses is refused for what these nodes are read from: the first few paths.
  package func namingSources<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as TesseraError where error.kind == .memory && error.path == nil {
      var nodes: Set<ObjectIdentifier> = []
      var known: Set<String> = []
      let paths = flatMap { $0.storedPaths(besides: &nodes) }.filter { known.insert($0).inserted }
      if paths.isEmpty { throw error }
      let more = paths.count > 3 ? " and \(paths.count - 3) more" : ""
      throw error.at(paths.prefix(3).joined(separator: ", ") + more)
    }
  }
}
