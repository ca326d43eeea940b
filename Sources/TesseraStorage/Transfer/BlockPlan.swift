package import TesseraCore

/// How an array is cut into blocks that are read, converted and written one at a time.
package struct BlockPlan: Sendable, Hashable {
  /// A multiple of the sink's unit along every axis, clipped to the array.
  package var block: [Int]
  /// The order of the blocks: groups of this shape one after another, so that few files are open.
  package var group: [Int]
  /// How often, on average, a part of the source is read.
  package var sourceReads: Double
  private let grid: ChunkGrid
  private let groupGrid: ChunkGrid

  package var count: Int { grid.count }
  package var shape: Shape { grid.shape }

  /// What limits the choice of a block.
  package struct Limits: Sendable {
    /// Memory for one block and what goes with it.
    package var bytes: Int
    /// Bytes that handling a block of that shape takes.
    package var cost: @Sendable ([Int]) -> Int
    /// Blocks that are smaller grow even when the source gains nothing.
    package var leastBytes: Int

    package init(bytes: Int, leastBytes: Int, cost: @escaping @Sendable ([Int]) -> Int) {
      self.bytes = bytes
      self.leastBytes = leastBytes
      self.cost = cost
    }
  }

  /// Grows a block from the sink's unit, each time along the axis that saves most reading, while it fits.
  ///
  /// - Parameters:
  ///   - granule: what the source reads at once; a part of it costs as much as all of it.
  ///   - isContiguous: whether blocks must be whole stretches in C order.
  /// - Returns: nil when not even one unit fits; `leastCost` tells what would.
  package init?(
    _ shape: Shape, unit: [Int], fileShape: [Int]?, granule: [Int], isContiguous: Bool, itemSize: Int,
    limits: Limits
  ) throws {
    let unit = zip(unit, shape.dimensions).map { min($0, max($1, 1)) }
    let steps = shape.indices.map { axis in
      BlockPlan.lengths(shape[axis], unit: unit[axis], file: fileShape?[axis])
    }
    var choice = [Int](repeating: 0, count: shape.rank)
    func block(_ choice: [Int]) -> [Int] { zip(steps, choice).map { $0[$1] } }
    func reads(_ axis: Int, _ length: Int) -> Double {
      BlockPlan.reads(shape[axis], block: length, granule: granule[axis])
    }
    guard limits.cost(block(choice)) <= limits.bytes else { return nil }
    while true {
      let current = block(choice)
      var best: (axis: Int, gain: Double)?
      for axis in shape.indices.reversed() where choice[axis] + 1 < steps[axis].count {
        if isContiguous, (axis + 1..<shape.rank).contains(where: { current[$0] < shape[$0] }) { continue }
        var next = choice
        next[axis] += 1
        guard limits.cost(block(next)) <= limits.bytes else { continue }
        // The gain of the whole way along this axis: one step may not help where several do.
        let now = reads(axis, current[axis])
        let gain =
          (choice[axis] + 1..<steps[axis].count).map { now - reads(axis, steps[axis][$0]) }.max() ?? 0
        if gain > 0.005, gain > (best?.gain ?? 0) { best = (axis, gain) }
      }
      let isSmall = current.saturatingProduct(itemSize) < limits.leastBytes
      if best == nil, isSmall {
        best = shape.indices.reversed().first { axis in
          guard choice[axis] + 1 < steps[axis].count else { return false }
          if isContiguous, (axis + 1..<shape.rank).contains(where: { current[$0] < shape[$0] }) {
            return false
          }
          var next = choice
          next[axis] += 1
          // The next divisor of a file may be the whole file.
          let isModest = block(next).saturatingProduct(itemSize) <= 8 * limits.leastBytes
          return isModest && limits.cost(block(next)) <= limits.bytes
        }.map { ($0, 0) }
      }
      guard let axis = best?.axis else { break }
      choice[axis] += 1
    }
    let chosen = block(choice)
    let group = fileShape.map { file in zip(file, chosen).map { max($0, $1) } } ?? chosen
    self.block = chosen
    self.group = group
    grid = try ChunkGrid(shape: shape, chunkShape: chosen)
    groupGrid = try ChunkGrid(shape: shape, chunkShape: group)
    sourceReads = zip(shape.indices, chosen).reduce(1) { $0 * reads($1.0, $1.1) }
  }

  /// Blocks of a given shape, in C order; file by file where there are several.
  package init(_ shape: Shape, block: [Int], granule: [Int], fileShape: [Int]? = nil) throws {
    self.block = block
    group = fileShape.map { file in zip(file, block).map { max($0, $1) } } ?? block
    grid = try ChunkGrid(shape: shape, chunkShape: block)
    groupGrid = try ChunkGrid(shape: shape, chunkShape: group)
    sourceReads = shape.indices.reduce(1) {
      $0 * BlockPlan.reads(shape[$1], block: block[$1], granule: granule[$1])
    }
  }

  /// The same blocks of a source that gives each of them without reading more.
  package var readOnce: BlockPlan {
    var copy = self
    copy.sourceReads = 1
    return copy
  }

  /// The lengths a block may have along an axis: units that divide a file, then whole files, doubling.
  static func lengths(_ length: Int, unit: Int, file: Int?) -> [Int] {
    var lengths: [Int] = []
    let perFile = file.map { max(1, $0 / unit) }
    var factor = 1
    while true {
      lengths.append(min(unit.multipliedReportingOverflow(by: factor).partialValue, max(length, 1)))
      if unit * factor >= length { return lengths }
      factor = next(after: factor, perFile: perFile)
    }
  }

  private static let maximumSearch = 4096

  private static func next(after factor: Int, perFile: Int?) -> Int {
    guard let perFile, factor < perFile else { return factor * 2 }
    // The next divisor of a file's chunks; when there is none near, the file.
    return (factor + 1...min(perFile, factor + maximumSearch)).first { perFile % $0 == 0 } ?? perFile
  }

  /// How many blocks, on average, read the same granule along an axis.
  private static func reads(_ length: Int, block: Int, granule: Int) -> Double {
    guard length > 0, block < length else { return 1 }
    let granules = (length + granule - 1) / granule
    // Every inner block boundary that is not a granule boundary splits one granule.
    let boundaries = (length - 1) / block
    let period = granule / gcd(block, granule)
    let splits = boundaries - boundaries / period
    return Double(granules + splits) / Double(granules)
  }

  /// The region of block `number`, group by group.
  package func region(_ number: Int) -> Region {
    // Groups are aligned to blocks, so all but those at the edges hold equally many.
    var rest = number
    var index = [Int](repeating: 0, count: grid.counts.count)
    var position = groupPosition(&rest)
    let counts = blocksPerGroup(position)
    for axis in index.indices.reversed() {
      (rest, index[axis]) = rest.quotientAndRemainder(dividingBy: counts[axis])
      position[axis] = position[axis] * (group[axis] / block[axis]) + index[axis]
    }
    return grid.region(position)
  }

  private func blocksPerGroup(_ position: [Int]) -> [Int] {
    position.indices.map { axis in
      let perGroup = group[axis] / block[axis]
      return min(perGroup, grid.counts[axis] - position[axis] * perGroup)
    }
  }

  package var groupCount: Int { groupGrid.count }

  /// The numbers of the blocks of a group.
  package func blocks(inGroup ordinal: Int) -> Range<Int> {
    let position = groupGrid.index(ordinal: ordinal)
    let first = position.indices.reduce(0) { $0 + position[$1] * slab(position, axis: $1) }
    return first..<first + blocksPerGroup(position).reduce(1, *)
  }

  /// Takes whole groups off `number`: axis by axis, as the blocks before a group form boxes.
  private func groupPosition(_ number: inout Int) -> [Int] {
    var position = [Int](repeating: 0, count: grid.counts.count)
    for axis in position.indices {
      let slab = slab(position, axis: axis)
      position[axis] = slab > 0 ? min(number / slab, max(0, groupGrid.counts[axis] - 1)) : 0
      number -= position[axis] * slab
    }
    return position
  }

  /// How many blocks lie between the groups at one position along an axis and those at the next, the positions
  /// along the axes before being given.
  private func slab(_ position: [Int], axis: Int) -> Int {
    let outer = position[..<axis].indices.reduce(1) { product, before in
      let size = group[before] / block[before]
      return product * min(size, grid.counts[before] - position[before] * size)
    }
    return outer * (group[axis] / block[axis]) * grid.counts[(axis + 1)...].reduce(1, *)
  }
}
