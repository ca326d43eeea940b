package import TesseraCore

/// How an array is cut into pieces by the blocks of two passes, and the order of the pieces in the file between them.
///
/// A piece is what a block of the one pass and a block of the other have in common. Its elements lie in C order in
/// one stretch, and the pieces follow one another in C order without gaps. So both passes move whole pieces,
/// whatever the shapes of their blocks, and where a piece lies is a matter of arithmetic.
package struct PieceGrid: Sendable, Hashable {
  package let shape: Shape
  /// The blocks' shapes, clipped to the array.
  private let first: [Int]
  private let second: [Int]

  package init(_ shape: Shape, blocks first: [Int], and second: [Int]) {
    precondition(
      first.count == shape.rank && second.count == shape.rank && (first + second).allSatisfy { $0 > 0 },
      "blocks have the array's rank and some elements")
    self.shape = shape
    self.first = first
    self.second = second
  }

  /// How many pieces there are.
  package var count: Int {
    shape.indices.map { axis in
      let length = shape[axis]
      guard length > 0 else { return 0 }
      func cuts(_ block: Int) -> Int { (length - 1) / block }
      let (common, overflow) = (first[axis] / gcd(first[axis], second[axis]))
        .multipliedReportingOverflow(by: second[axis])
      return 1 + cuts(first[axis]) + cuts(second[axis]) - (overflow ? 0 : cuts(common))
    }.saturatingProduct()
  }

  /// Elements that no piece has more than.
  package var largestPiece: Int { zip(first, second).map { min($0, $1) }.saturatingProduct() }

  /// Calls `body` with each piece of a block of either pass, in the order of the file, and the number of elements
  /// before it in the file.
  package func forEachPiece(of block: Region, _ body: (Region, Int) throws -> Void) rethrows {
    let cuts = shape.indices.map { stretches(of: block.range($0), axis: $0) }
    try Region(cuts.map { 0..<$0.count }).forEachIndex { choice in
      let piece = Region(zip(cuts, choice).map { $0[$1] })
      try body(piece, position(of: piece))
    }
  }

  private func stretches(of range: Range<Int>, axis: Int) -> [Range<Int>] {
    var stretches: [Range<Int>] = []
    var start = range.lowerBound
    while start < range.upperBound {
      // Blocks at the upper edge are clipped, as the range is.
      let room = min(first[axis] - start % first[axis], second[axis] - start % second[axis])
      stretches.append(start..<start + min(room, range.upperBound - start))
      start = stretches.last!.upperBound
    }
    return stretches
  }

  /// Before a piece come all slices below its first along axis 0, and of its own slices, likewise, what comes
  /// before it along the other axes.
  private func position(of piece: Region) -> Int {
    var position = 0
    for axis in shape.indices.reversed() {
      let slice = shape.dimensions[(axis + 1)...].reduce(1, *)
      position = piece.lower[axis] * slice + piece.lengths[axis] * position
    }
    return position
  }
}
