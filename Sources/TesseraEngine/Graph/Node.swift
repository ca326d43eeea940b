package import TesseraCore
package import TesseraKernels

/// A step of a lazy computation: an operation on other nodes, with the shape and dtype of its result.
///
/// Nodes are immutable and shared; shapes and dtypes were checked when they were made.
package final class Node: Sendable {
  package let shape: Shape
  package let dtype: DType
  package var operation: Operation { stored }
  /// Written when the node is made, and when it ends.
  private nonisolated(unsafe) var stored: Operation
  /// The steps of the longest way down to what it is made of.
  package let depth: Int

  package init(_ operation: Operation, shape: Shape, dtype: DType) {
    stored = operation
    self.shape = shape
    self.dtype = dtype
    depth = operation.operands.reduce(0) { max($0, $1.depth) } + 1
  }

  /// Each node lets go of its operands, which would take a stack as deep as the graph: where that is deep, they are let go
  /// of one after another.
  deinit {
    guard depth > Node.mostDepth else { return }
    var ending = stored.operands
    stored = .constant([])
    while var node = ending.popLast() {
      guard isKnownUniquelyReferenced(&node) else { continue }
      ending += node.stored.operands
      node.stored = .constant([])
    }
  }

  /// Graphs are gone through by recursion, which threads have stack for to this depth, several times over.
  package static let mostDepth = 1000

  /// - Throws: `.usage` for graphs that are deeper.
  package static func requireShallow(_ nodes: [Node]) throws {
    guard let deep = nodes.first(where: { $0.depth > mostDepth }) else { return }
    throw TesseraError(
      .usage, "an expression of \(deep.depth) steps", expected: "at most \(mostDepth): evaluate in between",
      got: "more")
  }
}

/// What a node does. Operands of elementwise operations have the dtype the kernel takes, and are broadcast to
/// the node's shape.
package enum Operation: Sendable {
  case source(Source)
  /// One element, whose bytes these are; shape `()`.
  case constant([UInt8])
  case unary(UnaryOperation, Node)
  /// Of one dtype, but for comparisons of int64 with uint64.
  case binary(BinaryOperation, Node, Node)
  /// `where(mask, a, b)`.
  case select(mask: Node, Node, Node)
  case cast(Node)
  case custom(CustomOperation, [Node])
  case view(AccessMap, Node)
  /// The same elements in C order under another shape.
  case reshape(Node)
  case concatenate([Node], axis: Int)
  /// The elements at these positions along an axis.
  case take(Positions, Node, axis: Int)
  /// The elements at positions along several axes.
  case pick(Picks, Node)
  /// The first node with elements of the second, of its dtype and of the shape that is picked, at positions along several axes:
  /// ascending, each once.
  case replace(Picks, Node, by: Node)
  /// Running totals along an axis; operands are int64, uint64, float64 or complex128.
  case scan(Scan, Node, axis: Int)
  /// What has to be finished before its result can be used.
  case barrier(any Barrier)
}

extension Operation {
  /// The nodes this one is made of.
  package var operands: [Node] {
    switch self {
    case .source, .constant: []
    case .unary(_, let a), .cast(let a), .view(_, let a), .reshape(let a), .take(_, let a, _): [a]
    case .scan(_, let a, _), .pick(_, let a): [a]
    case .binary(_, let a, let b), .replace(_, let a, let b): [a, b]
    case .select(let mask, let a, let b): [mask, a, b]
    case .custom(_, let operands), .concatenate(let operands, _): operands
    case .barrier(let barrier): barrier.operands
    }
  }
}
