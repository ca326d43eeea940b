import TesseraCore
import TesseraEngine
package import TesseraStorage

/// What reading takes, and the blocks that are read best.
extension ProductDriver: PricedDriver {
  /// Matrices of a stack that are computed together: small ones, up to this many bytes of both operands and the result.
  private static let groupBytes = 512 << 10

  var together: Int {
    guard geometry.m <= geometry.tiles.rows, geometry.n <= geometry.tiles.columns,
      geometry.k <= geometry.tiles.depth, geometry.slabLength == nil
    else { return 1 }
    let (m, n, k) = (geometry.m, geometry.n, geometry.k)
    return max(1, ProductDriver.groupBytes / max(1, (m * n + k * (m + n)) * dtype.itemSize))
  }

  /// Of matrices that are computed together.
  private var groupPanels: Int {
    let count = together
    guard count > 1 else { return 0 }
    return left.panelBytes(geometry.m, geometry.k).saturatingAdd(right.panelBytes(geometry.k, geometry.n))
      .saturatingMultiply(count)
  }

  private var readerBytes: Int {
    left.scratchBytes.saturatingAdd(right.scratchBytes).saturatingAdd(MatrixKernel.scratchBytes(dtype))
      .saturatingAdd(MatrixKernel.libraryBytes(dtype))
  }

  private var tileBytes: Int {
    [min(geometry.tiles.rows, geometry.m), min(geometry.tiles.columns, geometry.n)]
      .saturatingProduct(dtype.itemSize)
  }

  package var scratchBytes: Int {
    max(panelBytes, groupPanels).saturatingAdd(tileBytes).saturatingAdd(readerBytes)
  }

  package var mapsNothing: Bool { left.mapsNothing && right.mapsNothing }

  package func scratchBytes(reading block: [Int], team: Int) -> Int {
    let panels = panels(for: block, team: team).bytes
    // A team reads the next ones meanwhile.
    if team > 1 { return panels.saturatingMultiply(2).saturatingAdd(readerBytes.saturatingMultiply(team)) }
    return max(panels, groupPanels).saturatingAdd(isAligned(block) ? 0 : tileBytes).saturatingAdd(readerBytes)
  }

  /// Whether blocks cut no tile.
  private func isAligned(_ block: [Int]) -> Bool {
    zip([geometry.rowCuts, geometry.columnCuts], block.suffix(2)).allSatisfy { cuts, length in
      length >= cuts.length || length % cuts.tile == 0
    }
  }

  package func reading(blocks block: [Int], team: Int) -> any ArrayDriver {
    let panels = panels(for: block, team: team)
    let prepared = try? ProductDriver(
      geometry, left: left, right: right, dtype: dtype, panels: panels, team: team)
    return prepared ?? self
  }

  /// Products of many tiles, neither of whose operands is a stream.
  package var hasTeams: Bool {
    min(geometry.m, geometry.n) > ProductTiles.narrow && together == 1 && !isSequential
      && (geometry.m > geometry.tiles.rows || geometry.n > geometry.tiles.columns)
  }

  // MARK: What it costs

  /// How often each operand is read when the result is read in such blocks: A for each column of blocks, B for each row.
  func reads(inBlocks block: [Int]) -> (left: Int, right: Int) {
    let rows = max(1, block[block.count - 2])
    let columns = max(1, block[block.count - 1])
    return (
      left.isInPlace ? 1 : max(1, (geometry.n + columns - 1) / columns),
      right.isInPlace ? 1 : max(1, (geometry.m + rows - 1) / rows)
    )
  }

  /// Seconds of one thread that reading the operands for blocks of a shape takes.
  private func reading(_ block: [Int], team: Int) -> Double {
    let panels = panels(for: block, team: team)
    let part = part(block[block.count - 2], block[block.count - 1], limit: panels.bytes, depth: panels.depth)
    let depth = panels.depth ?? loadedDepth(part.rows, part.columns)
    let reads = reads(inBlocks: block)
    // Which thread of a team reads a chunk again is left to chance, and so is whether it has it at hand.
    let isOne = team == 1
    let copied =
      left.readingCost * left.decodes(inPanels: part.rows, depth, isAlone: isOne && !right.isDecoded)
      * Double(reads.left)
      + right.readingCost * right.decodes(inPanels: depth, part.columns, isAlone: isOne && !left.isDecoded)
      * Double(reads.right)
    let calls =
      left.calls(inPanels: part.rows, depth) * Double(reads.left)
      + right.calls(inPanels: depth, part.columns) * Double(reads.right)
    return copied * ProductDriver.secondsPerByte + calls * ProductDriver.secondsPerCall
  }

  package func storedBytesRead(inBlocks block: [Int]) -> Int {
    let reads = reads(inBlocks: block)
    return left.storedBytes.saturatingMultiply(reads.left).saturatingAdd(
      right.storedBytes.saturatingMultiply(reads.right))
  }

  /// Seconds of a multiplication and addition, and of a byte copied from the page cache, on one core: rough, for both
  /// are only compared with one another.
  private var secondsPerStep: Double {
    let simple = MatrixKernel.usesLibrary(dtype) ? 5e-12 : 1e-11
    return simple * Double(dtype.itemSize) * (dtype.kind == .complex ? 2 : 1)
  }
  private static let secondsPerByte = 2.5e-10
  /// The same of the memory, or disk, that all threads share: ten gigabytes in a second.
  private static let secondsPerByteShared = 1e-10
  /// Of a stretch of a file that is read, beside its bytes: of an AMD EPYC, by `strace`.
  private static let secondsPerCall = 1.4e-6
  /// Into new pages of a file: 45 to 120 ms for 52 MiB, by `strace`.
  private static let secondsPerByteStored = 1.5e-9
  /// On a disk.
  private static let secondsPerByteWritten = 1e-9
  private static let secondsPerBlock = 3e-5
  /// Of a stretch that is written, beside its bytes: a call, and the file's lock.
  private static let secondsPerStretch = 3e-6

  package func price(ofBlocks block: [Int], threads: Int, team: Int) -> Double {
    let steps =
      Double(geometry.leading.saturatingProduct()) * Double(geometry.m) * Double(geometry.n)
      * Double(max(1, geometry.k))
    let seconds = steps * secondsPerStep + reading(block, team: team)
    let shared = Double(storedBytesRead(inBlocks: block)) * ProductDriver.secondsPerByteShared
    if team > 1 {
      guard isAligned(block) else { return .infinity }
      // One thread writes.
      return seconds * imbalance(within: block, team) / Double(team) + shared + writing(block)
    }
    return (seconds * waste(block) + writing(block)) * imbalance(block, threads) / Double(threads) + shared
      + (isReadByTiles ? tail(block) : 0)
  }

  /// What the last block takes to be written, while nothing is left to compute; and what each block takes beside its work.
  private func tail(_ block: [Int]) -> Double {
    let bytes = block.saturatingProduct(dtype.itemSize)
    let blocks = zip(geometry.dimensions, block).reduce(1.0) { $0 * Double(($1.0 + $1.1 - 1) / max(1, $1.1)) }
    return Double(bytes) * ProductDriver.secondsPerByteWritten + blocks * ProductDriver.secondsPerBlock
  }

  /// What it takes to write blocks; of those narrower than the result each row is a stretch of its own.
  private func writing(_ block: [Int]) -> Double {
    let width = max(1, block[block.count - 1])
    let bytes = geometry.dimensions.saturatingProduct(dtype.itemSize)
    let stored = Double(bytes) * ProductDriver.secondsPerByteStored
    guard width < geometry.n else { return stored }
    let rows = Double(geometry.leading.saturatingProduct()) * Double(geometry.m)
    return stored + rows * Double((geometry.n + width - 1) / width) * ProductDriver.secondsPerStretch
  }

  /// How much more is computed where blocks cut tiles: each tile once for every block that has a part of it.
  private func waste(_ block: [Int]) -> Double {
    zip([geometry.rowCuts, geometry.columnCuts], block.suffix(2)).reduce(1) { product, axis in
      let (cuts, length) = axis
      guard length < cuts.length, length > 0 else { return product }
      let touched = stride(from: 0, to: cuts.length, by: length).lazy.prefix(1024).map { start in
        let end = min(cuts.length, start + length)
        return min(cuts.length, (end + cuts.tile - 1) / cuts.tile * cuts.tile) - start / cuts.tile * cuts.tile
      }
      let seen = min(cuts.length, 1024 * length)
      return product * Double(touched.reduce(0, +)) / Double(seen)
    }
  }

  /// The time of the thread that is busy longest, as a multiple of an equal share.
  private func imbalance(_ block: [Int], _ threads: Int) -> Double {
    let (height, width) = (max(1, block[block.count - 2]), max(1, block[block.count - 1]))
    let stacks = zip(geometry.leading, block).map { ($0 + $1 - 1) / max(1, $1) }.saturatingProduct()
    let (down, across) = ((geometry.m + height - 1) / height, (geometry.n + width - 1) / width)
    guard threads > 1, stacks.saturatingMultiply(down).saturatingMultiply(across) < 64 * threads else {
      return 1
    }
    var busy = [Int](repeating: 0, count: threads)
    for _ in 0..<stacks {
      for row in 0..<down {
        for column in 0..<across {
          let next = busy.indices.min { busy[$0] < busy[$1] }!
          busy[next] += min(height, geometry.m - row * height) * min(width, geometry.n - column * width)
        }
      }
    }
    let all = busy.reduce(0, +)
    return all > 0 ? Double(busy.max()! * threads) / Double(all) : 1
  }

  /// The same of a team that shares the tiles of each block, the largest first.
  private func imbalance(within block: [Int], _ team: Int) -> Double {
    var (longest, all) = (0, 0)
    for (height, down) in ProductDriver.pieces(geometry.m, block[block.count - 2]) {
      for (width, across) in ProductDriver.pieces(geometry.n, block[block.count - 1]) {
        guard BoxTile.count(height, width, geometry.tiles) < 64 * team else { return 1 }
        let tiles = BoxTile.all(height, width, geometry.tiles)
        var busy = [Int](repeating: 0, count: team)
        for tile in tiles { busy[busy.indices.min { busy[$0] < busy[$1] }!] += tile.rows * tile.columns }
        longest += busy.max()! * down * across
        all += height * width * down * across
      }
    }
    return all > 0 ? Double(longest) * Double(team) / Double(all) : 1
  }

  /// The lengths of the pieces into which a length is cut, and how many there are of each.
  private static func pieces(_ length: Int, _ piece: Int) -> [(length: Int, count: Int)] {
    let (whole, rest) = length.quotientAndRemainder(dividingBy: max(1, piece))
    return [(piece, whole), (rest, rest > 0 ? 1 : 0)].filter { $0.1 > 0 }
  }

  /// Reading elements again is computing them again: in bytes copied from the page cache as long as that takes.
  package var readingCost: Double {
    max(1, Double(geometry.k) * secondsPerStep / (Double(dtype.itemSize) * ProductDriver.secondsPerByte))
  }
}

extension ProductDriver {
  package func explain(_ pass: inout Explanation.Pass, memory: Int) {
    let reads = reads(inBlocks: pass.blockShape)
    pass.bytesRead = storedBytesRead(inBlocks: pass.blockShape)
    pass.product = Explanation.Product(
      rows: geometry.m, columns: geometry.n, summed: geometry.k,
      tileShape: [geometry.tiles.rows, geometry.tiles.columns], tileDepth: geometry.tiles.depth,
      leftReads: reads.left, rightReads: reads.right, leastBytesRead: leastBytesRead(memory))
  }

  /// Of each matrix 2 m n k / sqrt(M) elements for a memory of M, and each operand once.
  private func leastBytesRead(_ memory: Int) -> Int {
    let elements = Double(max(1, memory / dtype.itemSize))
    let steps =
      Double(geometry.leading.saturatingProduct()) * Double(geometry.m) * Double(geometry.n)
      * Double(geometry.k)
    let bound = 2 * steps / elements.squareRoot() * Double(dtype.itemSize)
    return max(Int(min(bound, 1e18)), left.storedBytes.saturatingAdd(right.storedBytes))
  }
}
