import TesseraCore
import TesseraStorage

/// The box that a pass reads and computes at one time.
///
/// It depends on the arrays' layout alone, not on budget or threads: reductions add up block by block, so the
/// same blocks give the same bits.
enum BlockShape {
  /// A block's bytes, all leaves together, when chunks do not ask for more: what is read stays in L2 until used.
  static let bytes = 512 << 10
  /// Chunks beyond this do not shape blocks together with other leaves'.
  static let most = 16 << 20

  /// - Parameter whole: axes along which a block must have everything.
  static func choose(_ program: Program, over shape: Shape, whole: Set<Int> = []) -> [Int] {
    let limits = shape.dimensions.map { max($0, 1) }
    let itemSize = max(1, program.values.lazy.filter { !$0.isScalar }.map(\.dtype.itemSize).max() ?? 1)
    var block = granule(program, limits, itemSize)
    for axis in whole { block[axis] = limits[axis] }
    let target = max(1, bytes / itemSize)
    for axis in order(program, limits) where block[axis] < limits[axis] {
      let others = block.indices.reduce(1) { $1 == axis ? $0 : $0.saturatingMultiply(block[$1]) }
      let room = target / max(1, others)
      if room >= limits[axis] {
        block[axis] = limits[axis]
      } else {
        // Whole granules; an axis that does not fit ends the growing, so that blocks stay contiguous.
        block[axis] = max(block[axis], room / block[axis] * block[axis])
        break
      }
    }
    return block
  }

  /// The same for what needs all of some axes at a time; where chunks would make such blocks very large, they are
  /// cut along the other axes, and their chunks are read for several blocks.
  static func chooseCut(
    _ program: Program, over shape: Shape, whole: Set<Int>, most: Int = most
  ) -> [Int] {
    var block = choose(program, over: shape, whole: whole)
    if whole.isEmpty { return block }
    let itemSize = max(1, program.values.lazy.filter { !$0.isScalar }.map(\.dtype.itemSize).max() ?? 1)
    let granule = granule(program, over: shape)
    for axis in block.indices where !whole.contains(axis) {
      let others = block.indices.reduce(itemSize) { $1 == axis ? $0 : $0.saturatingMultiply(block[$1]) }
      let room = max(1, most / max(1, others))
      if room < block[axis] { block[axis] = cut(granule[axis], to: room) }
    }
    return block
  }

  /// Whole granules, or the largest part of one that it consists of, so that no block has parts of two; as much as there is
  /// room for where that part is less than half of it.
  private static func cut(_ granule: Int, to room: Int) -> Int {
    if room >= granule { return room / granule * granule }
    return ((room + 1) / 2...room).last { granule % $0 == 0 } ?? room
  }

  /// The least box worth reading at once.
  static func granule(_ program: Program, over shape: Shape) -> [Int] {
    let itemSize = max(1, program.values.lazy.filter { !$0.isScalar }.map(\.dtype.itemSize).max() ?? 1)
    return granule(program, shape.dimensions.map { max($0, 1) }, itemSize)
  }

  /// The least box that all stored leaves read without waste; the largest leaf's alone where that is too much.
  private static func granule(_ program: Program, _ limits: [Int], _ itemSize: Int) -> [Int] {
    let granules = program.leaves.filter { !$0.source.isInMemory }.map { leaf in
      zip(leaf.map.granule(leaf.source.driver.granule), limits).map { min($0, $1) }
    }
    let ones = [Int](repeating: 1, count: limits.count)
    let joint = granules.reduce(ones) { zip($0, $1).map { max($0, $1) } }
    if joint.saturatingProduct(itemSize) <= most { return joint }
    return granules.max { $0.saturatingProduct() < $1.saturatingProduct() } ?? ones
  }

  /// The axes, fastest in storage first.
  private static func order(_ program: Program, _ limits: [Int]) -> [Int] {
    let axes = Array(limits.indices.reversed())
    let largest = program.leaves.filter { !$0.source.isInMemory && $0.map.isInjective }.max {
      $0.source.driver.description.shape.count < $1.source.driver.description.shape.count
    }
    guard let largest else { return axes }
    let sources = largest.map.axes.compactMap(\.source)
    guard sources.count == limits.count else { return axes }
    return largest.source.driver.description.isFortranOrder ? sources : sources.reversed()
  }
}
