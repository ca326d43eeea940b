package import TesseraCore

/// The pieces in which every product is made: each tile of the result takes one call of the kernel for each step along
/// the summed axis. Where tiles and steps end follows from shape and dtype alone, so an element is the same sequence of
/// sums whichever box of the result is read, in which memory and on how many threads.
package struct ProductTiles: Sendable, Hashable {
  package var rows: Int
  package var columns: Int
  /// Positions along the summed axis that one call takes.
  package var depth: Int
  /// Where a sum is so long beside a small result that it is cut into slabs, which threads share.
  package var slabs: Slabs
  /// Operands up to this are read, or computed, once and kept in memory: small beside any budget.
  package var keptBytes: Int

  package struct Slabs: Sendable, Hashable {
    /// Positions of the summed axis from which on there are slabs.
    package var leastDepth: Int
    /// The most slabs.
    package var count: Int
    /// Elements of a result, at most.
    package var mostElements: Int

    package init(leastDepth: Int, count: Int, mostElements: Int) {
      (self.leastDepth, self.count, self.mostElements) = (leastDepth, count, mostElements)
    }
  }

  package init(
    rows: Int, columns: Int, depth: Int,
    slabs: Slabs = Slabs(leastDepth: 1 << 14, count: 64, mostElements: 1 << 18), keptBytes: Int = 8 << 20
  ) {
    (self.rows, self.columns, self.depth) = (rows, columns, depth)
    (self.slabs, self.keptBytes) = (slabs, keptBytes)
  }

  /// Those for products of a dtype, m x n.
  ///
  /// A call of OpenBLAS is the faster the wider its result is. For a narrow one, panels of the long operand stay small.
  package init(_ dtype: DType, _ m: Int, _ n: Int) {
    switch dtype.itemSize {
    case 8: self.init(rows: 1024, columns: 1024, depth: 512)
    case 16: self.init(rows: 512, columns: 1024, depth: 256)
    default: self.init(rows: 1024, columns: 2048, depth: 512)
    }
    if n <= ProductTiles.narrow { rows = 512 }
    if m <= ProductTiles.narrow { columns = 512 }
  }

  /// Rows or columns of results that are narrow.
  static let narrow = 256

  /// The length of the slabs of a product; nil where it has none.
  func slabLength(_ m: Int, _ n: Int, _ k: Int) -> Int? {
    guard k >= slabs.leastDepth, m.saturatingMultiply(n) <= slabs.mostElements, m <= rows, n <= columns else {
      return nil
    }
    let least = (k + slabs.count - 1) / slabs.count
    return max(2, (least + depth - 1) / depth) * depth
  }
}
