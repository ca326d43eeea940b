import TesseraTestSupport
import Testing

@testable import TesseraKernels

/// A copy described by its two layouts, and what it must give, element by element.
private struct CopyCase: CustomStringConvertible {
  var shape: [Int]
  var itemSize: Int
  var swapUnit: Int
  var source: Layout
  var target: Layout

  struct Layout {
    var strides: [Int]
    /// Where element (0, …, 0) is, and how many bytes the layout spans.
    var start = 0
    var extent = 0

    /// Leaves room for negative strides, and an odd number of bytes before all.
    init(shape: [Int], itemSize: Int, strides: [Int], misalignment: Int) {
      self.strides = strides
      var low = 0
      var high = itemSize
      for (length, stride) in zip(shape, strides) where length > 0 {
        low += min(0, (length - 1) * stride)
        high += max(0, (length - 1) * stride)
      }
      start = misalignment - low
      extent = high - low + misalignment
    }
  }

  var description: String {
    "shape \(shape) item \(itemSize) swap \(swapUnit) from \(source.strides) to \(target.strides)"
  }

  func run(_ bytes: [UInt8], into result: inout [UInt8]) {
    bytes.withUnsafeBytes { from in
      result.withUnsafeMutableBytes { to in
        StridedCopy.copy(
          shape: shape, itemSize: itemSize, swapUnit: swapUnit, from: from.baseAddress! + source.start,
          sourceStrides: source.strides, to: to.baseAddress! + target.start, targetStrides: target.strides)
      }
    }
  }

  func model(_ bytes: [UInt8], into result: inout [UInt8]) {
    var index = [Int](repeating: 0, count: shape.count)
    for _ in 0..<shape.reduce(1, *) {
      let from = zip(index, source.strides).reduce(source.start) { $0 + $1.0 * $1.1 }
      let to = zip(index, target.strides).reduce(target.start) { $0 + $1.0 * $1.1 }
      for byte in 0..<itemSize {
        let scalar = byte / swapUnit * swapUnit
        result[to + byte] = bytes[from + scalar + (swapUnit - 1 - (byte - scalar))]
      }
      for axis in shape.indices.reversed() {
        index[axis] += 1
        if index[axis] < shape[axis] { break }
        index[axis] = 0
      }
    }
  }
}

extension CopyCase {
  /// Strides that walk the axes in a random order with random gaps and directions.
  static func strides(
    _ shape: [Int], _ itemSize: Int, allowZero: Bool, using random: inout SeededGenerator
  ) -> [Int] {
    var strides = [Int](repeating: 0, count: shape.count)
    var next = itemSize
    let order =
      Int.random(in: 0..<3, using: &random) == 0
      ? shape.indices.shuffled(using: &random)
      : Array(shape.indices.reversed())
    let spreads = Int.random(in: 0..<3, using: &random) == 0
    let reverses = Int.random(in: 0..<3, using: &random) == 0
    for axis in order {
      if spreads, Bool.random(using: &random) { next += Int.random(in: 1...2 * itemSize, using: &random) }
      strides[axis] = reverses && Bool.random(using: &random) ? -next : next
      next *= max(shape[axis], 1)
      if allowZero, Int.random(in: 0..<12, using: &random) == 0 { strides[axis] = 0 }
    }
    return strides
  }

  static func random(seed: UInt64) -> CopyCase {
    var random = SeededGenerator(seed: seed)
    let rank = Int.random(in: 0...6, using: &random)
    var shape = (0..<rank).map { _ in
      Int.random(in: 0..<20, using: &random) == 0 ? 0 : Int.random(in: 1...5, using: &random)
    }
    // One or two longer axes, so that whole tiles, blocks and their rests occur.
    for _ in 0..<2 where rank > 0 && rank < 5 {
      shape[Int.random(in: 0..<rank, using: &random)] = Int.random(in: 1...90, using: &random)
    }
    let itemSize = [1, 2, 4, 8, 16].randomElement(using: &random)!
    let swapUnit = [1, 1, 2, 4, 8].filter { $0 <= itemSize }.randomElement(using: &random)!
    return CopyCase(
      shape: shape, itemSize: itemSize, swapUnit: swapUnit,
      source: Layout(
        shape: shape, itemSize: itemSize,
        strides: strides(shape, itemSize, allowZero: true, using: &random),
        misalignment: Int.random(in: 0..<4, using: &random)),
      target: Layout(
        shape: shape, itemSize: itemSize,
        strides: strides(shape, itemSize, allowZero: false, using: &random),
        misalignment: Int.random(in: 0..<4, using: &random)))
  }
}

private func check(_ copy: CopyCase, seed: UInt64) {
  var random = SeededGenerator(seed: seed ^ 0xB17E5)
  let bytes = random.bytes(copy.source.extent)
  // What lies between the target's elements must stay as it is.
  let before = random.bytes(copy.target.extent)
  var got = before
  var expected = before
  copy.run(bytes, into: &got)
  copy.model(bytes, into: &expected)
  if got != expected {
    let place = zip(got, expected).enumerated().first { $0.element.0 != $0.element.1 }!.offset
    Issue.record("seed \(seed): \(copy) differs at byte \(place)")
  }
}

@Test(arguments: 0..<8) func copiesWhatTheElementwiseModelCopies(block: UInt64) {
  for seed in sampled(0..<80, every: 6, phase: Int(block)).map({ block * 80 + UInt64($0) }) {
    check(CopyCase.random(seed: seed), seed: seed)
  }
}

@Test(
  arguments: [1, 2, 4, 8, 16],
  [[64, 64], [65, 80], [200, 3], [3, 200], [16, 16], [15, 17], [1, 70], [70, 129]])
func transposesAllSizes(itemSize: Int, shape: [Int]) {
  for swapUnit in [1, 2, 4, 8] where swapUnit <= itemSize {
    for (rowSign, columnSign) in [(1, 1), (-1, 1), (1, -1), (-1, -1)] {
      let copy = CopyCase(
        shape: shape, itemSize: itemSize, swapUnit: swapUnit,
        source: .init(
          shape: shape, itemSize: itemSize,
          strides: [rowSign * itemSize, columnSign * shape[0] * itemSize], misalignment: 1),
        target: .init(
          shape: shape, itemSize: itemSize, strides: [shape[1] * itemSize, itemSize], misalignment: 0))
      check(copy, seed: UInt64(itemSize))
    }
  }
}

@Test func copiesScalarsAndTheHighestRank() {
  for rank in [0, 1, 63, 64] {
    var shape = [Int](repeating: 1, count: rank)
    for axis in stride(from: 0, to: rank, by: 9) { shape[axis] = 2 }
    var random = SeededGenerator(seed: UInt64(rank))
    let copy = CopyCase(
      shape: shape, itemSize: 4, swapUnit: 4,
      source: .init(
        shape: shape, itemSize: 4,
        strides: CopyCase.strides(shape, 4, allowZero: true, using: &random), misalignment: 3),
      target: .init(
        shape: shape, itemSize: 4,
        strides: CopyCase.strides(shape, 4, allowZero: false, using: &random), misalignment: 1))
    check(copy, seed: UInt64(rank))
  }
}

@Test func emptyCopiesTouchNothing() {
  var target: [UInt8] = [1, 2, 3, 4]
  let source: [UInt8] = [9, 9, 9, 9]
  target.withUnsafeMutableBytes { to in
    source.withUnsafeBytes { from in
      StridedCopy.copy(
        shape: [3, 0, 5], itemSize: 2, swapUnit: 2, from: from.baseAddress!,
        sourceStrides: [-1000, 2, 1 << 40],
        to: to.baseAddress!, targetStrides: [1 << 50, 8, -2])
    }
  }
  #expect(target == [1, 2, 3, 4])
}
