import TesseraCore

// Ascending picks, each position once, as those that are replaced are.
extension Picks {
  /// One of them that lies in a box.
  struct Found {
    /// Which one it is.
    var number: Int
    /// Where it lies in what the box is copied to, in bytes.
    var offset: Int
  }

  /// Calls `body` with those that lie in a box, some at a time, in order.
  ///
  /// - Parameters:
  ///   - box: an axis for each that is picked from.
  ///   - strides: of these axes in what the box is copied to, in bytes.
  ///   - lengths: those of the axes.
  ///   - most: how many at a time.
  func forEachFound(
    in box: [StridedRegion.Axis], _ strides: [Int], of lengths: [Int], most: Int,
    _ body: ([Found]) throws -> Void
  ) throws {
    let walk = BoxWalk(box, strides, lengths)
    guard walk.hasPositions else { return }
    var found: [Found] = []
    var number = first(from: walk.least, after: 0)
    while number < positions.count, positions[number] <= walk.greatest {
      switch walk.place(of: positions[number]) {
      case .inside(let offset):
        found.append(Found(number: number, offset: offset))
        if found.count == most {
          try body(found)
          found.removeAll(keepingCapacity: true)
        }
        number += 1
      case .outside(let next): number = first(from: next, after: number + 1)
      }
    }
    if !found.isEmpty { try body(found) }
  }

  /// The number of the first position from `least` on, where none before `number` is. It is looked for in steps that double,
  /// for it is mostly near.
  private func first(from least: Int, after number: Int) -> Int {
    var (low, step) = (number, 1)
    while low + step - 1 < positions.count, positions[low + step - 1] < least {
      low += step
      step *= 2
    }
    var high = min(positions.count, low + step - 1)
    while low < high {
      let middle = low + (high - low) / 2
      if positions[middle] < least { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// A box of some axes, gone through by positions in C order of them.
private struct BoxWalk {
  enum Place {
    /// At so many bytes from where the box begins.
    case inside(Int)
    /// Nothing lies inside before this position, which is a later one.
    case outside(next: Int)
  }

  private let box: [StridedRegion.Axis]
  private let bounds: Region
  private let strides: [Int]
  private let lengths: [Int]
  private let pickStrides: [Int]

  init(_ box: [StridedRegion.Axis], _ strides: [Int], _ lengths: [Int]) {
    self.box = box
    self.strides = strides
    self.lengths = lengths
    bounds = StridedRegion(axes: box).bounds
    pickStrides = Shape.strides(of: lengths)
  }

  var hasPositions: Bool { box.allSatisfy { $0.count > 0 } }
  var least: Int { zip(bounds.lower, pickStrides).reduce(0) { $0 + $1.0 * $1.1 } }
  var greatest: Int {
    box.indices.reduce(0) { $0 + (bounds.lower[$1] + bounds.lengths[$1] - 1) * pickStrides[$1] }
  }

  func place(of position: Int) -> Place {
    var (rest, offset) = (position, 0)
    for axis in box.indices {
      let stride = pickStrides[axis]
      let own = rest / stride
      let row = position - rest
      rest -= own * stride
      if own < bounds.lower[axis] { return .outside(next: row + bounds.lower[axis] * stride) }
      if own >= bounds.lower[axis] + bounds.lengths[axis] {
        return .outside(next: row + lengths[axis] * stride)
      }
      let steps = (own - box[axis].start).quotientAndRemainder(dividingBy: box[axis].step)
      if steps.remainder != 0 { return .outside(next: row + (own + 1) * stride) }
      offset += steps.quotient * strides[axis]
    }
    return .inside(offset)
  }
}
