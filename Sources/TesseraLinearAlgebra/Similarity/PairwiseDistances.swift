import TesseraCore
import TesseraEngine
import TesseraStorage

/// The Euclidean distances of all pairs of rows, computed where they are read.
struct PairwiseDistances: Barrier {
  /// Both matrices, (m, d) and (n, d), their product (m, n), and the squared norms of their rows, (m,) and (n,): float64.
  let operands: [Node]

  var iterationShape: Shape { operands[2].shape }
  var key: String { "euclidean distances" }
  var field: String { "value" }
  var localAxes: Set<Int>? { [] }
  var isLocalAsOutput: Bool { true }
  var isStreamed: Bool { true }

  func localDriver(_ results: [ObjectIdentifier: Source]) throws -> any ArrayDriver {
    let drivers = try operands.map { try NodeSource.driver(of: $0, results: results) }
    return DistanceDriver(
      (drivers[0], drivers[1]), product: drivers[2], squaredNorms: (drivers[3], drivers[4]))
  }
}
