package import TesseraCore
package import TesseraKernels
package import TesseraStorage

/// A reduction along axes to one of the kernels' fields.
package struct Reduction: Barrier {
  package let reducer: Reducer
  package let reductionField: ReductionField
  /// The values, of the reducer's dtype, and possibly a mask of bools that leaves some out.
  package let operands: [Node]
  package let iterationShape: Shape
  package let axes: Set<Int>
  /// Whether even a few results are computed where they are used, rather than in a pass of their own: for results that are
  /// used beside what they are made of, which is then in the cache.
  private let prefersLocal: Bool
  /// All fields that somebody may ask the sink for.
  private let fields: [ReductionField]

  package init(
    _ operation: ReductionOperation, _ field: ReductionField, of operand: Node, mask: Node?,
    skipsNaN: Bool = false, axes: Set<Int>, prefersLocal: Bool = false
  ) throws {
    self.prefersLocal = prefersLocal
    reducer = try Reducer(operation, operand.dtype, skipsNaN: skipsNaN)
    reductionField = field
    operands = [operand] + (mask.map { [$0] } ?? [])
    iterationShape = operand.shape
    self.axes = axes
    fields =
      switch operation {
      case .moments: [.count, .mean, .m2]
      case .argMinimum, .argMaximum: [.index]
      case .logSumExp: [.value, .sum]
      default: [.value]
      }
  }

  package var key: String { "\(reducer.name) \(reducer.operand) \(axes.sorted())" }
  package var field: String { "\(reductionField)" }

  package func makeSink(memory: Int, threads: Int) throws -> any BarrierSink {
    ReductionSink(reducer, over: iterationShape, axes: axes, hasMask: operands.count > 1, fields: fields)
  }

  /// What is reduced to one element, and the result's size, when it is better computed where it is used.
  private static let mostLocalBytes = 256 << 10
  private static let leastLocalCount = 1 << 16

  package var localAxes: Set<Int>? {
    // Of leading axes, each block of the result would need all of the array once more.
    guard axes.allSatisfy({ $0 >= iterationShape.rank - axes.count }) else { return nil }
    let reduced = axes.reduce(reducer.operand.itemSize) { $0.saturatingMultiply(iterationShape[$1]) }
    let kept = iterationShape.count / max(1, axes.reduce(1) { $0.saturatingMultiply(iterationShape[$1]) })
    let isWorthIt = prefersLocal || kept >= Reduction.leastLocalCount
    return reduced <= Reduction.mostLocalBytes && isWorthIt ? axes : nil
  }

  package func localDriver(_ results: [ObjectIdentifier: Source]) throws -> any ArrayDriver {
    let program = try Lowering.program(operands, over: iterationShape, results: results)
    let kernel = LocalReduction(reducer: reducer, field: reductionField, hasMask: operands.count > 1)
    return try LocalDriver(kernel, program, over: iterationShape, axes: axes)
  }
}
