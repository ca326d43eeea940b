/// A regular division of an array into chunks of one shape; chunks at the upper edges may reach beyond it.
public struct ChunkGrid: Sendable, Hashable {
  public let shape: Shape
  /// At least 1 along every axis.
  public let chunkShape: [Int]
  /// Chunks along each axis; 0 where the array has length 0.
  public let counts: [Int]

  /// - Throws: `TesseraError` when ranks differ or a chunk length is not positive, or when a full
  ///   chunk would have 2^59 elements or more.
  public init(shape: Shape, chunkShape: [Int]) throws {
    guard chunkShape.count == shape.rank else {
      throw TesseraError(
        .corrupt, "chunk shape of the wrong rank",
        expected: "\(shape.rank) lengths for shape \(shape)", got: Shape.describe(chunkShape))
    }
    guard chunkShape.allSatisfy({ $0 > 0 }) else {
      throw TesseraError(
        .corrupt, "chunk shape", expected: "positive lengths", got: Shape.describe(chunkShape))
    }
    _ = try Shape(stored: chunkShape)
    self.shape = shape
    self.chunkShape = chunkShape
    self.counts = zip(shape.dimensions, chunkShape).map { ($0 + $1 - 1) / $1 }
  }

  /// How many chunks there are; 1 for a scalar.
  public var count: Int { counts.reduce(1, *) }
  /// Elements of a full chunk.
  public var chunkCount: Int { chunkShape.reduce(1, *) }

  /// The box of the chunk at `index`, clipped to the array.
  public func region(_ index: [Int]) -> Region {
    var region = fullRegion(index)
    for axis in index.indices {
      region.lengths[axis] = min(region.lengths[axis], shape[axis] - region.lower[axis])
    }
    return region
  }

  /// The box of the chunk at `index`, which at an upper edge reaches beyond the array.
  public func fullRegion(_ index: [Int]) -> Region {
    Region(lower: zip(index, chunkShape).map { $0 * $1 }, lengths: chunkShape)
  }

  /// The chunks that a non-empty region touches, as a box of chunk indices.
  public func chunks(touching region: Region) -> Region {
    Region(
      region.lower.indices.map { axis in
        let start = region.lower[axis] / chunkShape[axis]
        let end =
          region.lengths[axis] == 0
          ? start
          : (region.lower[axis] + region.lengths[axis] - 1) / chunkShape[axis] + 1
        return start..<end
      })
  }

  /// The position of a chunk in C order.
  public func ordinal(_ index: [Int]) -> Int {
    zip(index, counts).reduce(0) { $0 * $1.1 + $1.0 }
  }

  /// The chunk at a position in C order.
  public func index(ordinal: Int) -> [Int] {
    var rest = ordinal
    var index = [Int](repeating: 0, count: counts.count)
    for axis in counts.indices.reversed() where counts[axis] > 0 {
      (rest, index[axis]) = rest.quotientAndRemainder(dividingBy: counts[axis])
    }
    return index
  }
}

extension Region {
  /// The position of an index of the box in C order.
  package func ordinal(_ index: [Int]) -> Int {
    index.indices.reduce(0) { $0 * lengths[$1] + index[$1] - lower[$1] }
  }

  /// Calls `body` with every index of the box in C order; once with `[]` for a scalar.
  public func forEachIndex(_ body: ([Int]) throws -> Void) rethrows {
    if isEmpty { return }
    var index = lower
    while true {
      try body(index)
      var axis = rank - 1
      while axis >= 0 {
        index[axis] += 1
        if index[axis] < lower[axis] + lengths[axis] { break }
        index[axis] = lower[axis]
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}
