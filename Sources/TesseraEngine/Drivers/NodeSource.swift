import TesseraCore
package import TesseraStorage

/// Nodes as something to read.
package enum NodeSource {
  /// - Parameter results: the finished results of barriers, by node.
  package static func source(of node: Node, results: [ObjectIdentifier: Source]) throws -> Source {
    if let known = results[ObjectIdentifier(node)] { return known }
    return try Source(driver(of: node, results: results))
  }

  /// A driver for a node whose barriers are finished or local.
  package static func driver(
    of node: Node, results: [ObjectIdentifier: Source] = [:]
  ) throws -> any ArrayDriver {
    if let known = results[ObjectIdentifier(node)] { return known.driver }
    switch node.operation {
    case .source(let source): return source.driver
    case .reshape(let child):
      return try ReshapedDriver.of(try driver(of: child, results: results), node.shape)
    case .concatenate(let parts, let axis):
      return try JoinedDriver(try parts.map { try driver(of: $0, results: results) }, axis: axis)
    case .take(let positions, let child, let axis):
      return try TakenDriver(try driver(of: child, results: results), positions, axis: axis)
    case .pick(let picks, let child):
      return try PickedDriver(try driver(of: child, results: results), picks)
    case .replace(let picks, let child, let values):
      return try ReplacedDriver(
        try driver(of: child, results: results), try driver(of: values, results: results), picks)
    case .scan(let scan, let child, let axis):
      let program = try Lowering.program([child], over: child.shape, results: results)
      return ScanDriver(scan, program, shape: node.shape, dtype: node.dtype, axis: axis)
    case .barrier(let barrier):
      precondition(barrier.localAxes != nil, "\(barrier.key) was not finished")
      return try barrier.localDriver(results)
    default:
      let program = try Lowering.program([node], over: node.shape, results: results)
      return ExpressionDriver(program, shape: node.shape, dtype: node.dtype)
    }
  }
}
