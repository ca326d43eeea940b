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

  package func scratchBytes(reading block: [Int]) -> Int {
    let (rows, columns) = (block[block.count - 2], block[block.count - 1])
    let apart = isAligned(rows, geometry.rowCuts) && isAligned(columns, geometry.columnCuts) ? 0 : tileBytes
    return max(panels(for: block).bytes, groupPanels).saturatingAdd(apart).saturatingAdd(readerBytes)
  }

  private func isAligned(_ length: Int, _ cuts: AxisCuts) -> Bool {
    length >= cuts.length || length % cuts.tile == 0
  }

  package func reading(blocks block: [Int]) -> any ArrayDriver {
    let panels = panels(for: block)
    return (try? ProductDriver(geometry, left: left, right: right, dtype: dtype, panels: panels)) ?? self
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

  /// How often what is decoded as one is, each time an operand is read.
  private func decodes(inBlocks block: [Int]) -> (left: Double, right: Double) {
    let (rows, columns) = (block[block.count - 2], block[block.count - 1])
    let panels = panels(for: block)
    let part = part(rows, columns, limit: panels.bytes, depth: panels.depth)
    let depth = panels.depth ?? loadedDepth(part.rows, part.columns)
    return (
      left.decodes(inPanels: part.rows, depth, isAlone: !right.isDecoded),
      right.decodes(inPanels: depth, part.columns, isAlone: !left.isDecoded)
    )
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
  /// On a disk.
  private static let secondsPerByteWritten = 1e-9
  private static let secondsPerBlock = 3e-5
  /// Of a stretch that is written, beside its bytes: a call, and the file's lock.
  private static let secondsPerStretch = 3e-6

  package func price(ofBlocks block: [Int], threads: Int) -> Double {
    let reads = reads(inBlocks: block)
    let decodes = decodes(inBlocks: block)
    let copying =
      left.readingCost * Double(reads.left) * decodes.left
      + right.readingCost * Double(reads.right) * decodes.right
    let steps =
      Double(geometry.leading.saturatingProduct()) * Double(geometry.m) * Double(geometry.n)
      * Double(max(1, geometry.k))
    let waste = waste(block)
    let seconds = (steps * secondsPerStep + copying * ProductDriver.secondsPerByte) * waste
    return (seconds + writing(block)) * imbalance(block, threads) / Double(threads)
      + (isReadByTiles ? tail(block) : 0)
  }

  /// What the last block takes to be written, while nothing is left to compute; and what each block takes beside its work.
  private func tail(_ block: [Int]) -> Double {
    let bytes = block.saturatingProduct(dtype.itemSize)
    let blocks = zip(geometry.dimensions, block).reduce(1.0) { $0 * Double(($1.0 + $1.1 - 1) / max(1, $1.1)) }
    return Double(bytes) * ProductDriver.secondsPerByteWritten + blocks * ProductDriver.secondsPerBlock
  }

  /// What it takes to write blocks narrower than the result, of which each row is a stretch of its own.
  private func writing(_ block: [Int]) -> Double {
    let width = max(1, block[block.count - 1])
    guard width < geometry.n else { return 0 }
    let rows = Double(geometry.leading.saturatingProduct()) * Double(geometry.m)
    return rows * Double((geometry.n + width - 1) / width) * ProductDriver.secondsPerStretch
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
