import TesseraCore
import TesseraKernels
import TesseraTestSupport
import Testing

@testable import TesseraEngine

@Suite struct RegisterAllocationTests {
  /// Runs random programs on names instead of numbers: a register holds the value written to it last.
  @Test(arguments: 0..<400) func operandsAreThereWhenTheyAreNeeded(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let (program, expanded) = self.program(&random)
    let allocation = RegisterAllocation(program, expanded: expanded)
    var held = [Int?](repeating: nil, count: allocation.count)
    for leaf in expanded { held[try #require(allocation.registers[leaf])] = leaf }
    func expectHeld(_ value: Int) {
      guard !program.values[value].isScalar, let register = allocation.registers[value] else { return }
      #expect(held[register] == value, "value \(value), seed \(seed)")
    }
    for (result, instruction) in program.instructions where !program.values[result].isScalar {
      instruction.operands.forEach(expectHeld)
      let register = try #require(allocation.registers[result])
      if let operand = held[register], instruction.operands.contains(operand) {
        let isElementwise =
          switch instruction {
          case .unary, .binary: true
          default: false
          }
        #expect(isElementwise, "written over an operand of \(instruction), seed \(seed)")
        #expect(program.values[operand].dtype.itemSize == program.values[result].dtype.itemSize)
      }
      held[register] = result
      expanded.forEach(expectHeld)
    }
    program.roots.forEach(expectHeld)
  }

  @Test func aChainNeedsOneRegister() {
    var program = Program(rank: 1)
    program.values.append(.init(origin: .leaf(0), dtype: .float32, isScalar: false))
    for number in 0..<10 {
      program.values.append(.init(origin: .instruction(number), dtype: .float32, isScalar: false))
      program.instructions.append((number + 1, .unary(.exp, number)))
    }
    program.roots = [10]
    #expect(RegisterAllocation(program, expanded: []).count == 1)
  }

  /// Leaves, of which some are expanded, scalars, and instructions of every kind over any values.
  private func program(_ random: inout SeededGenerator) -> (Program, expanded: Set<Int>) {
    var program = Program(rank: 1)
    let dtypes: [DType] = [.bool, .int16, .float32, .float64]
    var expanded: Set<Int> = []
    for number in 0..<Int.random(in: 1...4, using: &random) {
      let isScalar = Int.random(in: 0..<4, using: &random) == 0
      if !isScalar, Bool.random(using: &random) { expanded.insert(number) }
      program.values.append(
        .init(origin: .leaf(number), dtype: dtypes.randomElement(using: &random)!, isScalar: isScalar))
    }
    for number in 0..<Int.random(in: 1...20, using: &random) {
      let values = program.values.indices
      let operands = (0..<3).map { _ in values.randomElement(using: &random)! }
      let instruction: Program.Instruction =
        switch Int.random(in: 0..<5, using: &random) {
        case 0: .unary(.negative, operands[0])
        case 1: .cast(operands[0])
        case 2: .select(mask: operands[0], operands[1], operands[2])
        case 3: .custom(CustomOperation { _, _, _ in }, operands)
        default: .binary(.add, operands[0], operands[1])
        }
      let isScalar = instruction.operands.allSatisfy { program.values[$0].isScalar }
      program.values.append(
        .init(
          origin: .instruction(number), dtype: dtypes.randomElement(using: &random)!, isScalar: isScalar))
      program.instructions.append((program.values.count - 1, instruction))
    }
    program.roots = (0..<Int.random(in: 1...3, using: &random)).map { _ in
      program.values.indices.randomElement(using: &random)!
    }
    return (program, expanded)
  }
}
