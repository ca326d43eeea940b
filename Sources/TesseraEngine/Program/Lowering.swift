package import TesseraCore
import TesseraKernels
import TesseraStorage

/// Turns a graph into a program: views become the way leaves are walked, equal expressions become one value.
package struct Lowering {
  package private(set) var program: Program
  /// The finished results of barriers, by node.
  private let results: [ObjectIdentifier: Source]
  private var places: [PlaceKey: Int] = [:]
  private var interned: [InstructionKey: Int] = [:]

  private struct PlaceKey: Hashable {
    var node: ObjectIdentifier
    var map: AccessMap
  }

  private enum InstructionKey: Hashable {
    case leaf(ObjectIdentifier, AccessMap)
    case constant([UInt8], DType)
    case unary(UnaryOperation, Int)
    case binary(BinaryOperation, Int, Int)
    case select(Int, Int, Int)
    case cast(Int, DType)
    case custom(ObjectIdentifier, [Int])
  }

  package init(rank: Int, results: [ObjectIdentifier: Source] = [:]) {
    program = Program(rank: rank)
    self.results = results
  }

  /// The program that gives these nodes, each broadcast to `shape`.
  package static func program(
    _ roots: [Node], over shape: Shape, results: [ObjectIdentifier: Source] = [:]
  ) throws -> Program {
    try Node.requireShallow(roots)
    var lowering = Lowering(rank: shape.rank, results: results)
    for root in roots {
      let value = try lowering.value(root, .broadcast(root.shape, to: shape))
      lowering.program.roots.append(value)
    }
    return lowering.program
  }

  private mutating func value(_ node: Node, _ map: AccessMap) throws -> Int {
    let key = PlaceKey(node: ObjectIdentifier(node), map: map)
    if let known = places[key] { return known }
    let value = try lower(node, map)
    places[key] = value
    return value
  }

  private mutating func lower(_ node: Node, _ map: AccessMap) throws -> Int {
    switch node.operation {
    case .source(let source): return leaf(source, map, node.dtype)
    case .constant(let bytes):
      return intern(.constant(bytes, node.dtype), .constant(bytes), node.dtype, isScalar: true)
    case .view(let view, let child): return try value(child, map.composed(with: view))
    case .unary(let operation, let a):
      let operand = try self.operand(a, of: node, map)
      return instruction(.unary(operation, operand), .unary(operation, operand), node.dtype)
    case .binary(let operation, let a, let b):
      let (first, second) = (try operand(a, of: node, map), try operand(b, of: node, map))
      return instruction(.binary(operation, first, second), .binary(operation, first, second), node.dtype)
    case .select(let mask, let a, let b):
      let (chosen, first, second) = (
        try operand(mask, of: node, map), try operand(a, of: node, map), try operand(b, of: node, map)
      )
      return instruction(
        .select(chosen, first, second), .select(mask: chosen, first, second), node.dtype)
    case .cast(let a):
      let operand = try self.operand(a, of: node, map)
      return instruction(.cast(operand, node.dtype), .cast(operand), node.dtype)
    case .custom(let custom, let operands):
      let values = try operands.map { try operand($0, of: node, map) }
      return instruction(.custom(ObjectIdentifier(node), values), .custom(custom, values), node.dtype)
    case .reshape, .concatenate, .take, .pick, .replace, .scan, .barrier:
      return leaf(try source(node), map, node.dtype)
    }
  }

  /// An operand under its node's broadcasting. What is computed for fewer elements than the node has is computed
  /// once per block, as a leaf.
  private mutating func operand(_ node: Node, of user: Node, _ map: AccessMap) throws -> Int {
    let inner = map.composed(with: .broadcast(node.shape, to: user.shape))
    guard node.isComputed, !inner.isInjective, node.shape != user.shape else {
      return try value(node, inner)
    }
    return leaf(try source(node), inner, node.dtype)
  }

  private var sources: [ObjectIdentifier: Source] = [:]

  /// A node as something to read: the result of a barrier, or an expression of its own.
  private mutating func source(_ node: Node) throws -> Source {
    let key = ObjectIdentifier(node)
    if let known = results[key] ?? sources[key] { return known }
    let source = try NodeSource.source(of: node, results: results)
    sources[key] = source
    return source
  }

  private mutating func leaf(_ source: Source, _ map: AccessMap, _ dtype: DType) -> Int {
    let key = InstructionKey.leaf(ObjectIdentifier(source), map)
    if let known = interned[key] { return known }
    program.leaves.append(.init(source: source, map: map, dtype: dtype))
    return intern(key, .leaf(program.leaves.count - 1), dtype, isScalar: map.isScalar)
  }

  private mutating func instruction(
    _ key: InstructionKey, _ instruction: Program.Instruction, _ dtype: DType
  ) -> Int {
    if let known = interned[key] { return known }
    let isScalar = instruction.operands.allSatisfy { program.values[$0].isScalar }
    let value = intern(key, .instruction(program.instructions.count), dtype, isScalar: isScalar)
    program.instructions.append((value, instruction))
    return value
  }

  private mutating func intern(
    _ key: InstructionKey, _ origin: Program.Value.Origin, _ dtype: DType, isScalar: Bool
  ) -> Int {
    if let known = interned[key] { return known }
    program.values.append(.init(origin: origin, dtype: dtype, isScalar: isScalar))
    interned[key] = program.values.count - 1
    return program.values.count - 1
  }
}

extension Node {
  /// Whether its elements are computed by instructions rather than read.
  var isComputed: Bool {
    switch operation {
    case .unary, .binary, .select, .cast, .custom: true
    case .view(_, let child): child.isComputed
    default: false
    }
  }
}
