import TesseraCore

/// Which register each value of a program has: as few as possible, so that a tile's values stay in cache.
struct RegisterAllocation: Sendable {
  /// By value; nil for values that need none (leaves read in place, constants).
  let registers: [Int?]
  let count: Int

  /// - Parameter expanded: leaves whose tiles are copied out, which keep a register for good.
  init(_ program: Program, expanded: Set<Int>) {
    var registers = [Int?](repeating: nil, count: program.values.count)
    var count = 0
    func take(_ free: inout [Int]) -> Int {
      if let register = free.popLast() { return register }
      count += 1
      return count - 1
    }
    var free: [Int] = []
    for value in expanded.sorted() { registers[value] = take(&free) }
    var lastUse = [Int](repeating: -1, count: program.values.count)
    for (number, entry) in program.instructions.enumerated() {
      for operand in entry.instruction.operands { lastUse[operand] = number }
    }
    for root in program.roots { lastUse[root] = Int.max }
    for (number, (result, instruction)) in program.instructions.enumerated() {
      // Kernels may write over an operand of the result's size; of another size, only when they are done.
      let dying = Set(instruction.operands).filter {
        lastUse[$0] == number && registers[$0] != nil && !expanded.contains($0)
          && !program.values[$0].isScalar
      }
      let isInPlace = instruction.mayWriteOverOperands
      let size = program.values[result].dtype.itemSize
      let early = dying.filter { isInPlace && program.values[$0].dtype.itemSize == size }
      free += early.sorted().compactMap { registers[$0] }
      registers[result] = take(&free)
      free += dying.subtracting(early).sorted().compactMap { registers[$0] }
      if lastUse[result] < number, let own = registers[result] { free.append(own) }
    }
    self.registers = registers
    self.count = count
  }
}

extension Program.Instruction {
  /// Whether the result may be the memory of an operand whose elements are as large.
  fileprivate var mayWriteOverOperands: Bool {
    switch self {
    case .unary, .binary: true
    // A mask is read while results are written, and a user's function may read anything.
    case .select, .cast, .custom: false
    }
  }
}
