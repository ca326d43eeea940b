import TesseraCore

/// Positions in C order, in the whole array, of the elements of a block's tiles.
struct FlatPositions {
  private let shape: Shape
  private let strides: [Int]
  private var lower: [Int] = []

  init(_ shape: Shape) {
    self.shape = shape
    strides = shape.strides
  }

  mutating func begin(_ block: Region) { lower = block.lower }

  /// That of an element of a tile; later elements have greater ones.
  func position(of element: Int, in tile: Tile) -> Int {
    var (rest, position) = (element, 0)
    for axis in tile.lengths.indices.reversed() {
      let own = rest % tile.lengths[axis]
      rest /= tile.lengths[axis]
      position += (lower[axis] + tile.lower[axis] + own) * strides[axis]
    }
    return position
  }

  /// How many elements of a tile follow one another without a gap, at a time.
  func run(_ tile: Tile) -> Int {
    var run = 1
    for axis in tile.lengths.indices.reversed() {
      run *= tile.lengths[axis]
      if tile.lengths[axis] != shape[axis] { break }
    }
    return run
  }
}
