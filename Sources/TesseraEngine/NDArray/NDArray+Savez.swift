import TesseraCore
public import TesseraStorage

extension NDArray {
  /// Computes arrays together and writes them as the members of one `.npz` archive, stored: NumPy's `savez`.
  ///
  /// What the arrays have in common is read and computed once. The archive appears whole, or not at all.
  ///
  /// - Parameters:
  ///   - path: a name ending in `.npz`.
  ///   - arrays: with names, of which `numpy.load(path)[name]` gives them back.
  /// - Throws: `.usage` for another suffix, or names that are empty, given twice or no relative paths; `.exists`;
  ///   `.memory` before anything is read; `.cancelled`; `.system`.
  /// - Complexity: the passes of `evaluate`, then one over what is written; memory within the budget.
  @discardableResult
  public static func savez(
    to path: String, _ arrays: [(name: String, array: NDArray)], options: TransferOptions = .init()
  ) throws -> WorkReport {
    try savez(to: path, arrays, texts: [], options: options)
  }

  /// The same with strings beside the arrays, which `numpy.load` gives as arrays of shape `()`.
  @discardableResult
  package static func savez(
    to path: String, _ arrays: [(name: String, array: NDArray)], texts: [(name: String, text: String)],
    options: TransferOptions
  ) throws -> WorkReport {
    let location = try ArrayLocation(destination: path)
    guard location.form == .npz, location.member == nil else {
      throw TesseraError(
        .usage, "destination of several arrays", path: path, expected: "a name ending in .npz")
    }
    try requireNames(arrays.map(\.name) + texts.map(\.name), path)
    let nodes = arrays.map(\.array.node)
    var evaluation = Evaluation(nodes, options: options, gathersOutputs: false)
    try evaluation.run()
    let sources = try zip(arrays, nodes).map { named, node in
      (name: Optional(named.name), driver: try NodeSource.driver(of: node, results: evaluation.finished))
    }
    return try Conversion(
      of: sources, texts: texts, readFrom: nodes.flatMap(\.storedPaths), to: path, layout: .init(),
      options: options
    ).run()
  }

  private static func requireNames(_ names: [String], _ path: String) throws {
    var known: Set<String> = []
    for name in names {
      guard !name.isEmpty else { throw TesseraError(.usage, "member without a name", path: path) }
      guard known.insert(name).inserted else {
        throw TesseraError(.usage, "two members are called '\(name)'", path: path)
      }
    }
  }
}
