package import TesseraCore
package import TesseraStorage

/// A node whose every element depends on many of its operands' (a reduction, a quantile, a histogram): it takes one or
/// more passes, whose results are then a source for what depends on it.
package protocol Barrier: Sendable {
  /// All broadcast to `iterationShape`.
  var operands: [Node] { get }
  /// What a pass goes over.
  var iterationShape: Shape { get }
  /// What a sink must do for this node, operands aside: nodes of equal keys over equal operands share one.
  var key: String { get }
  /// How to get this node's elements out of the sink.
  var field: String { get }
  /// Axes of the iteration of which a local evaluation takes all at once; nil when it must be a pass.
  var localAxes: Set<Int>? { get }
  /// Whether it is evaluated locally even when it is asked for itself.
  var isLocalAsOutput: Bool { get }
  /// Whether what is gathered in memory takes it piece by piece, rather than from all of it gathered before.
  var isStreamed: Bool { get }
  /// Bytes of what it keeps in memory whatever is computed of it, such as rows that it looks up.
  var heldBytes: Int { get }

  /// Makes what takes a pass's blocks.
  ///
  /// - Parameter memory: bytes that all its accumulators, one set per thread, may take together.
  func makeSink(memory: Int, threads: Int) throws -> any BarrierSink
  /// The node as something read piece by piece, each computed from what it needs of the operands.
  ///
  /// - Parameter results: the finished results of barriers, by node.
  func localDriver(_ results: [ObjectIdentifier: Source]) throws -> any ArrayDriver
}

extension Barrier {
  package var localAxes: Set<Int>? { nil }
  package var isStreamed: Bool { false }
  package var heldBytes: Int { 0 }
  package func makeSink(memory: Int, threads: Int) throws -> any BarrierSink {
    preconditionFailure("\(key) has no pass")
  }
  package var isLocalAsOutput: Bool { false }
  package func localDriver(_ results: [ObjectIdentifier: Source]) throws -> any ArrayDriver {
    preconditionFailure("\(key) has no local evaluation")
  }
}
