package import TesseraCore
package import TesseraKernels

/// An elementwise expression as a list of instructions over tiles, and the leaves it reads.
///
/// Values are in single-assignment form; equal ones are computed once.
package struct Program: Sendable {
  /// A value: read, given, or the result of an instruction.
  package struct Value: Sendable, Hashable {
    package enum Origin: Sendable, Hashable {
      case leaf(Int)
      case constant([UInt8])
      case instruction(Int)
    }
    package let origin: Origin
    package let dtype: DType
    /// Whether one element stands for all.
    package let isScalar: Bool
  }

  package enum Instruction: Sendable {
    case unary(UnaryOperation, Int)
    case binary(BinaryOperation, Int, Int)
    case select(mask: Int, Int, Int)
    case cast(Int)
    case custom(CustomOperation, [Int])

    package var operands: [Int] {
      switch self {
      case .unary(_, let a), .cast(let a): [a]
      case .binary(_, let a, let b): [a, b]
      case .select(let mask, let a, let b): [mask, a, b]
      case .custom(_, let operands): operands
      }
    }
  }

  /// What is read, and how the iteration walks it.
  package struct Leaf: Sendable {
    package let source: Source
    package let map: AccessMap
    package let dtype: DType
  }

  /// Axes of the iteration.
  package let rank: Int
  package internal(set) var values: [Value] = []
  /// With the value each one makes; in order.
  package internal(set) var instructions: [(result: Int, instruction: Instruction)] = []
  package internal(set) var leaves: [Leaf] = []
  /// The values that are asked for.
  package internal(set) var roots: [Int] = []

  package init(rank: Int) { self.rank = rank }

  /// Reads a leaf from another source, of the same elements.
  mutating func read(_ source: Source, asLeaf number: Int) {
    leaves[number] = Leaf(source: source, map: leaves[number].map, dtype: leaves[number].dtype)
  }

  /// Whether reading must follow the order of storage.
  package var isSequential: Bool { leaves.contains { $0.source.driver.isSequential } }

  /// Whether no closure of the caller's sees the values, to which zeros for what a file has lost would be news.
  package var callsNobody: Bool {
    instructions.allSatisfy { if case .custom = $0.instruction { false } else { true } }
  }

  /// Whether it reads results of earlier passes and nothing else.
  package var isDerived: Bool { leaves.contains { $0.source.isResult } && readsOnlyResults }

  /// Expressions of constants, such as a divisor, are read as well, but from nowhere.
  private var readsOnlyResults: Bool {
    leaves.allSatisfy { leaf in
      leaf.source.isResult || (leaf.source.driver as? ExpressionDriver)?.program.readsOnlyResults ?? false
    }
  }

  /// Whether every root is read without repetition and nothing is computed.
  package var isPlain: Bool {
    instructions.isEmpty
      && roots.allSatisfy {
        if case .leaf(let leaf) = values[$0].origin { leaves[leaf].map.isInjective } else { false }
      }
  }
}
