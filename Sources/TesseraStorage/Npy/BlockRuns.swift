import TesseraCore

/// Where the elements of a block lie in an array in C order: in runs, of which those of neighbouring rows are parts of one
/// stretch. All counts are of elements.
struct BlockRuns {
  private let block: Region
  private let strides: [Int]
  /// Elements of each run.
  private let run: Int
  /// The axis that the block may cover in part, while it covers all of the axes behind it; runs go along it.
  private let axis: Int

  /// - Parameter block: not empty.
  init(of block: Region, in shape: Shape) {
    self.block = block
    strides = shape.strides
    var (axis, run) = (block.rank, 1)
    while axis > 0 {
      axis -= 1
      run *= block.lengths[axis]
      if block.lengths[axis] != shape[axis] { break }
    }
    (self.axis, self.run) = (axis, run)
  }

  /// Calls `body` for each run: where it begins in the array, and which part of the block it is.
  func forEachRun(_ body: (_ place: Int, _ part: Range<Int>) throws -> Void) rethrows {
    var start = 0
    try leading(axis).forEachIndex { index in
      try body(place(index + block.lower[axis...]), start..<start + run)
      start += run
    }
  }

  /// Calls `body` for each stretch of whole rows, of whatever lies before `axis`, that the block has runs in: where it lies
  /// in the array, and how many elements of it are the block's. With one run to a stretch that is the run itself.
  func forEachStretch(_ body: (_ stretch: Range<Int>, _ filled: Int) -> Void) {
    guard axis > 0, block.lengths[axis - 1] > 1 else {
      return forEachRun { place, part in body(place..<place + part.count, part.count) }
    }
    let rows = block.lengths[axis - 1]
    leading(axis - 1).forEachIndex { index in
      let start = place(index + [block.lower[axis - 1]])
      body(start..<start + rows * strides[axis - 1], rows * run)
    }
  }

  private func leading(_ count: Int) -> Region {
    Region(lower: Array(block.lower[..<count]), lengths: Array(block.lengths[..<count]))
  }

  private func place(_ position: [Int]) -> Int { zip(position, strides).reduce(0) { $0 + $1.0 * $1.1 } }
}
