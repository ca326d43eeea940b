package import TesseraCore
package import TesseraIO
import TesseraKernels
import TesseraStorage

/// Runs a program over blocks: reads the leaves of a block once, then computes it tile by tile.
///
/// One thread's; it keeps its memory from block to block.
package final class BlockEvaluator {
  package let program: Program
  /// Elements of a tile.
  private let tileLimit: Int
  private let registers: Buffer
  private let constants: Buffer
  private let leaves: [LeafBlock]
  /// Where each value is while a tile is computed.
  private var pointers: [UnsafeRawPointer]
  private var lengths: [Int] = []
  /// Throws when the work was asked to stop; for computing that takes long by itself.
  private(set) var interruption: @Sendable () throws -> Void = {}
  /// One element that is asked for as a whole tile, by root: the tile that repeats it.
  private let repeated: [Int: Buffer]
  /// What is done for every tile, looked up once: tiles are small, and there are many.
  private let tiledLeaves: [TiledLeaf]
  private let tiledInstructions: [TiledInstruction]

  private struct TiledLeaf {
    let value: Int
    let block: LeafBlock
    let itemSize: Int
    /// Where tiles of a leaf that repeats elements are copied out.
    let register: UnsafeMutableRawPointer?
  }

  private struct TiledInstruction {
    let result: Int
    let instruction: Program.Instruction
    let dtype: DType
    let register: UnsafeMutableRawPointer
  }

  /// - Parameter lender: made for each leaf that may be computed where it is mapped, until `whole` ends.
  package init(_ program: Program, lender: (() -> PageLender)? = nil) {
    self.program = program
    let expanded = BlockEvaluator.expandedLeaves(program)
    let allocation = RegisterAllocation(program, expanded: expanded)
    let layout = TileLayout(program, registers: allocation.count)
    tileLimit = layout.limit
    let registers = Buffer(count: allocation.count * layout.registerBytes)
    self.registers = registers
    constants = Buffer(count: program.values.count * 16)
    let leaves = program.leaves.map { LeafBlock($0, lender?()) }
    self.leaves = leaves
    func register(_ value: Int) -> UnsafeMutableRawPointer? {
      allocation.registers[value].map { registers.bytes.baseAddress! + $0 * layout.registerBytes }
    }
    tiledLeaves = program.values.enumerated().compactMap { number, value in
      guard case .leaf(let leaf) = value.origin, !value.isScalar else { return nil }
      return TiledLeaf(
        value: number, block: leaves[leaf], itemSize: value.dtype.itemSize,
        register: expanded.contains(number) ? register(number) : nil)
    }
    tiledInstructions = program.instructions.filter { !program.values[$0.result].isScalar }.map {
      TiledInstruction(
        result: $0.result, instruction: $0.instruction, dtype: program.values[$0.result].dtype,
        register: register($0.result)!)
    }
    pointers = [UnsafeRawPointer](
      repeating: UnsafeRawPointer(registers.bytes.baseAddress!), count: program.values.count)
    let scalars = program.rank == 0 ? [] : program.roots.filter { program.values[$0].isScalar }
    repeated = scalars.reduce(into: [:]) { $0[$1] = Buffer(count: layout.limit * 16) }
    fillConstants()
  }

  /// Bytes that evaluating blocks of these lengths takes in one thread, what sources need to read included.
  package static func bytes(_ program: Program, block: [Int]) -> Int {
    let allocation = RegisterAllocation(program, expanded: expandedLeaves(program))
    let layout = TileLayout(program, registers: allocation.count)
    let repeated = Set(program.roots.filter { program.values[$0].isScalar }).count
    var bytes =
      allocation.count * layout.registerBytes + program.values.count * 16 + repeated * layout.limit * 16
    for leaf in program.leaves {
      let own = leaf.map.compact(block).saturatingProduct(leaf.dtype.itemSize)
      let driver = leaf.source.driver
      bytes = bytes.saturatingAdd(own).saturatingAdd(driver.scratchBytes - driver.passingBytes)
    }
    return bytes.saturatingAdd(program.passingBytes)
  }

  private static func expandedLeaves(_ program: Program) -> Set<Int> {
    Set(
      program.values.indices.filter {
        guard case .leaf(let leaf) = program.values[$0].origin else { return false }
        return !program.leaves[leaf].map.isInjective && !program.values[$0].isScalar
      })
  }

  private func fillConstants() {
    for (number, value) in program.values.enumerated() {
      let place = constants.bytes.baseAddress! + number * 16
      if case .constant(let bytes) = value.origin {
        bytes.withUnsafeBytes { place.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
      }
      if value.isScalar { pointers[number] = UnsafeRawPointer(place) }
    }
  }

  // MARK: Blocks

  /// Reads what a box of the iteration needs.
  ///
  /// - Parameter interruption: throws when the work was asked to stop; for leaves that take long to read, and for what is
  ///   computed of the box.
  package func load(
    _ region: StridedRegion, interruption: @escaping @Sendable () throws -> Void = {}
  ) throws {
    self.interruption = interruption
    lengths = region.counts
    for leaf in leaves { try leaf.load(region, interruption: interruption) }
    for (number, value) in program.values.enumerated() where value.isScalar {
      let place = UnsafeMutableRawPointer(mutating: pointers[number])
      switch value.origin {
      case .constant: break
      case .leaf(let leaf):
        place.copyMemory(from: leaves[leaf].bytes, byteCount: value.dtype.itemSize)
      case .instruction(let index):
        try run(program.instructions[index].instruction, value.dtype, count: 1, into: place)
      }
    }
  }

  /// Does what loads blocks and computes them, unless a file was truncated while its mapped bytes were lent.
  ///
  /// - Throws: `.corrupt` then, whatever `body` made of the zeros in their place.
  package func whole(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch {
      try giveBack()
      throw error
    }
    try giveBack()
  }

  private func giveBack() throws {
    for leaf in leaves { try leaf.giveBack() }
  }

  /// Computes the block that was loaded, tile by tile; `body` finds the roots' elements by `pointer(toRoot:)`.
  package func forEachTile(_ body: (Tile) throws -> Void) throws {
    let limit = program.isPlain ? Int.max : tileLimit
    for leaf in leaves { leaf.forgetTile() }
    for (value, buffer) in repeated {
      let itemSize = program.values[value].dtype.itemSize
      Fill.fill(
        buffer.bytes.baseAddress!, count: tileLimit,
        pattern: UnsafeRawBufferPointer(start: pointers[value], count: itemSize))
    }
    try TileGrid(lengths, limit: limit).forEachTile { tile in
      for leaf in tiledLeaves {
        if let register = leaf.register, !leaf.block.isDense {
          leaf.block.expand(tile, into: register)
          pointers[leaf.value] = UnsafeRawPointer(register)
        } else {
          pointers[leaf.value] = leaf.block.bytes + tile.offset * leaf.itemSize
        }
      }
      for step in tiledInstructions {
        try run(step.instruction, step.dtype, count: tile.count, into: step.register)
        pointers[step.result] = UnsafeRawPointer(step.register)
      }
      try body(tile)
    }
  }

  /// Where the elements of a root are, in a call of `forEachTile`'s body.
  package func pointer(toRoot root: Int) -> UnsafeRawPointer {
    let value = program.roots[root]
    return repeated[value].map { UnsafeRawPointer($0.bytes.baseAddress!) } ?? pointers[value]
  }

  private func run(
    _ instruction: Program.Instruction, _ dtype: DType, count: Int, into result: UnsafeMutableRawPointer
  ) throws {
    func isScalar(_ value: Int) -> Bool { count > 1 && program.values[value].isScalar }
    switch instruction {
    case .unary(let operation, let a):
      Elementwise.unary(operation, program.values[a].dtype, count: count, pointers[a], into: result)
    case .binary(let operation, let a, let b):
      let dtypes = (program.values[a].dtype, program.values[b].dtype)
      guard dtypes.0 == dtypes.1 else {
        return Elementwise.compare(
          operation, dtypes, count: count, pointers[a], isScalar: isScalar(a), pointers[b],
          isScalar: isScalar(b), into: result)
      }
      try Elementwise.binary(
        operation, dtypes.0, count: count, pointers[a], isScalar: isScalar(a), pointers[b],
        isScalar: isScalar(b), into: result)
    case .select(let mask, let a, let b):
      Elementwise.select(
        itemSize: dtype.itemSize, count: count, mask: pointers[mask], isScalar: isScalar(mask), pointers[a],
        isScalar: isScalar(a), pointers[b], isScalar: isScalar(b), into: result)
    case .cast(let a):
      Cast.convert(count, from: program.values[a].dtype, pointers[a], to: dtype, result)
    case .custom(let custom, let operands):
      // Nobody knows how long a user's function takes for a block.
      try interruption()
      try custom.run(count, operands.map { .init(pointer: pointers[$0], isScalar: isScalar($0)) }, result)
    }
  }
}

/// How large tiles and registers are: what is computed of a tile is read again while it is in the nearest caches.
struct TileLayout {
  let limit: Int
  let registerBytes: Int

  private static let bytes = 16 << 10
  /// So few registers may be twice as large: reductions of columns gain by having more rows at once.
  private static let fewRegisters = 2

  init(_ program: Program, registers: Int) {
    let itemSize = program.values.lazy.filter { !$0.isScalar }.map(\.dtype.itemSize).max() ?? 1
    let bytes = registers <= TileLayout.fewRegisters ? 2 * TileLayout.bytes : TileLayout.bytes
    limit = bytes / max(itemSize, 4)
    registerBytes = limit * itemSize
  }
}
