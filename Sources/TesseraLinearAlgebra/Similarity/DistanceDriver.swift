import TesseraCore
import TesseraEngine
import TesseraStorage

/// Distances of rows from products of rows, and from the rows themselves where products would lose the digits.
///
/// |x|² + |y|² - 2xy is off by at most some 4dε(|x|² + |y|²) for rows of d elements. Below `nearness` of |x|² + |y|² it is
/// not used, so what is used has a relative error below 4dε / nearness, half of that after the root: 4.4e-8 for d = 1000
/// at the very worst, as large as float32's own rounding; errors of sums are rarely a hundredth of their bound.
final class DistanceDriver: ComputedDriver {
  let description: ArrayDescription
  let granule: [Int]
  let scratchBytes: Int
  private let rows: (any ArrayDriver, any ArrayDriver)
  private let product: any ArrayDriver
  private let squaredNorms: (any ArrayDriver, any ArrayDriver)
  private let width: Int
  /// Rows of each matrix that are read at once for near pairs.
  private let side: Int
  private let idle: Pool<Memory>

  private static let nearness = 1e-5
  /// Rows whose norms are at hand at once, and bytes of rows that are read for near pairs, of each matrix.
  private static let stripe = 1024
  private static let nearBytes = 1 << 20

  /// One reader's.
  private final class Memory {
    let norms = (Buffer(), Buffer())
    let rows = (Buffer(), Buffer())
  }

  init(
    _ rows: (any ArrayDriver, any ArrayDriver), product: any ArrayDriver,
    squaredNorms: (any ArrayDriver, any ArrayDriver)
  ) {
    self.rows = rows
    self.product = product
    self.squaredNorms = squaredNorms
    description = product.description
    granule = product.granule
    width = rows.0.description.shape[1]
    side = max(1, min(64, DistanceDriver.nearBytes / max(8, width.saturatingMultiply(8))))
    let own = side.saturatingMultiply(width).saturatingMultiply(16).saturatingAdd(
      16 * DistanceDriver.stripe)
    scratchBytes = [product, rows.0, rows.1, squaredNorms.0, squaredNorms.1].reduce(own) {
      $0.saturatingAdd($1.scratchBytes)
    }
    idle = Pool { Memory() }
  }

  var isSequential: Bool { product.isSequential }

  func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    try product.read(selection, into: target, strides: strides, scratch: scratch)
    try idle.with { memory in
      for above in stride(from: 0, to: selection.axes[0].count, by: DistanceDriver.stripe) {
        let first = part(selection.axes[0], above, DistanceDriver.stripe)
        let norms = try vector(squaredNorms.0, first, memory.norms.0, scratch)
        for left in stride(from: 0, to: selection.axes[1].count, by: DistanceDriver.stripe) {
          let second = part(selection.axes[1], left, DistanceDriver.stripe)
          let box = Box(
            target: target + above * strides[0] + left * strides[1], strides: (strides[0], strides[1]),
            rows: (first, second), norms: (norms, try vector(squaredNorms.1, second, memory.norms.1, scratch))
          )
          try finish(box, memory, scratch)
        }
      }
    }
  }

  /// Products on their way to be distances.
  private struct Box {
    var target: UnsafeMutableRawPointer
    var strides: (Int, Int)
    var rows: (StridedRegion.Axis, StridedRegion.Axis)
    var norms: (UnsafePointer<Double>, UnsafePointer<Double>)

    /// Squared distances in place of products.
    ///
    /// - Returns: whether some are too near for products.
    func square() -> Bool {
      var hasNear = false
      for i in 0..<rows.0.count {
        for j in 0..<rows.1.count {
          let place = (target + i * strides.0 + j * strides.1).assumingMemoryBound(to: Double.self)
          let sum = norms.0[i] + norms.1[j]
          let squared = sum - 2 * place.pointee
          // NaN of infinities is looked at as well; that of NaN is what it is.
          let isFar = squared > DistanceDriver.nearness * sum || sum.isNaN
          place.pointee = isFar ? squared.squareRoot() : -1
          if !isFar { hasNear = true }
        }
      }
      return hasNear
    }

    func part(_ above: Int, _ left: Int, _ side: Int) -> Box {
      Box(
        target: target + above * strides.0 + left * strides.1, strides: strides,
        rows: (DistanceDriver.part(rows.0, above, side), DistanceDriver.part(rows.1, left, side)),
        norms: (norms.0 + above, norms.1 + left))
    }

    /// Calls `body` for each pair that is too near, or of infinite rows, with the place of its distance.
    func forEachNear(_ body: (Int, Int, UnsafeMutablePointer<Double>) throws -> Void) rethrows {
      for i in 0..<rows.0.count {
        for j in 0..<rows.1.count {
          let place = (target + i * strides.0 + j * strides.1).assumingMemoryBound(to: Double.self)
          if place.pointee < 0 { try body(i, j, place) }
        }
      }
    }
  }

  private func finish(_ box: Box, _ memory: Memory, _ scratch: ReadScratch) throws {
    guard box.square() else { return }
    for above in stride(from: 0, to: box.rows.0.count, by: side) {
      var first: UnsafePointer<Double>?
      for left in stride(from: 0, to: box.rows.1.count, by: side) {
        let part = box.part(above, left, side)
        var second: UnsafePointer<Double>?
        try part.forEachNear { i, j, place in
          if first == nil { first = try matrix(rows.0, part.rows.0, memory.rows.0, scratch) }
          if second == nil { second = try matrix(rows.1, part.rows.1, memory.rows.1, scratch) }
          place.pointee = RowDistance.squaredEuclidean(
            first! + i * width, second! + j * width, count: width
          ).squareRoot()
        }
      }
    }
  }

  // MARK: Reading operands

  private static func part(_ axis: StridedRegion.Axis, _ start: Int, _ count: Int) -> StridedRegion.Axis {
    StridedRegion.Axis(
      start: axis.start + start * axis.step, step: axis.step, count: min(count, axis.count - start))
  }

  private func part(_ axis: StridedRegion.Axis, _ start: Int, _ count: Int) -> StridedRegion.Axis {
    DistanceDriver.part(axis, start, count)
  }

  private func vector(
    _ driver: any ArrayDriver, _ axis: StridedRegion.Axis, _ buffer: Buffer, _ scratch: ReadScratch
  ) throws -> UnsafePointer<Double> {
    let target = buffer.reserve(axis.count * 8).baseAddress!
    try driver.read(StridedRegion(axes: [axis]), into: target, strides: [8], scratch: scratch)
    return UnsafePointer(target.assumingMemoryBound(to: Double.self))
  }

  private func matrix(
    _ driver: any ArrayDriver, _ axis: StridedRegion.Axis, _ buffer: Buffer, _ scratch: ReadScratch
  ) throws -> UnsafePointer<Double> {
    let target = buffer.reserve(axis.count * width * 8).baseAddress!
    let all = StridedRegion.Axis(start: 0, step: 1, count: width)
    if width > 0 {
      try driver.read(
        StridedRegion(axes: [axis, all]), into: target, strides: [width * 8, 8], scratch: scratch)
    }
    return UnsafePointer(target.assumingMemoryBound(to: Double.self))
  }

  // MARK: Of the operands

  private var operands: [any ArrayDriver] { [product, rows.0, rows.1, squaredNorms.0, squaredNorms.1] }

  func finishReading() {
    idle.drain()
    for operand in operands { operand.finishReading() }
  }

  var storedBytesRead: Int { product.wholeStoredBytes }
  var sourceNames: [String] { product.knownNames }
  func storedBytes() throws -> Int { 0 }
  func fingerprint() throws -> String { "distances from \(try product.fingerprint())" }
}
