import TesseraCore
import TesseraKernels

/// Linear interpolation between points in memory, in NumPy's order of operations, which decides the last bits:
/// https://github.com/numpy/numpy/blob/main/numpy/_core/src/multiarray/compiled_base.c (`arr_interp`).
struct Interpolation: Sendable {
  private let xp: [Double]
  /// One part of each value, or two of complex numbers, of which each is interpolated by itself.
  private let parts: [Part]
  private let positions: KeyPositions

  /// What becomes of the points' values, and of what lies outside.
  struct Part: Sendable {
    var values: [Double]
    var left: Double
    var right: Double
    var slopes: [Double] = []
  }

  private static let tile = 1024

  /// - Parameters:
  ///   - xp: ascending; equal neighbours are allowed.
  ///   - parts: as many values as there are points.
  /// - Throws: `.usage` for points that do not ascend, NaN among them, for none, and for another number of values.
  init(_ xp: [Double], _ parts: [Part]) throws {
    guard !xp.isEmpty else { throw TesseraError(.usage, "array of sample points is empty") }
    guard parts.allSatisfy({ $0.values.count == xp.count }) else {
      throw TesseraError(
        .usage, "fp and xp are not of the same length.", expected: "\(xp.count)",
        got: "\(parts[0].values.count)")
    }
    let found = xp.withUnsafeBytes { KeyPositions(.float64, count: xp.count, values: $0.baseAddress!) }
    guard let known = found, !xp.contains(where: \.isNaN) else {
      throw TesseraError(.usage, "sample points", expected: "numbers that ascend", got: "others")
    }
    self.xp = xp
    self.parts = parts.map { $0.withSlopes(xp, isComplex: parts.count > 1) }
    positions = known
  }

  /// Of points, and of each part values and slopes; a point's key and where it begins take 16.
  var heldBytes: Int { xp.count * (8 + 16 + 16 * parts.count) }

  /// Writes the values at adjacent float64 numbers.
  func run(_ count: Int, _ values: UnsafeRawPointer, into result: UnsafeMutableRawPointer) {
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: Interpolation.tile) { places in
      let places = places.baseAddress!
      for first in stride(from: 0, to: count, by: Interpolation.tile) {
        let piece = min(Interpolation.tile, count - first)
        positions.find(piece, values + first * 8, behind: true, into: places)
        for (number, part) in parts.enumerated() {
          for element in 0..<piece {
            let x = values.loadUnaligned(fromByteOffset: (first + element) * 8, as: Double.self)
            result.storeBytes(
              of: value(at: x, Int(places[element]), part, isFirst: number == 0),
              toByteOffset: ((first + element) * parts.count + number) * 8, as: Double.self)
          }
        }
      }
    }
  }

  /// - Parameter place: how many points are at x or before it.
  private func value(at x: Double, _ place: Int, _ part: Part, isFirst: Bool) -> Double {
    // A single point is compared with, and NaN is neither before nor behind it.
    if x.isNaN, xp.count > 1 { return isFirst ? x : 0 }
    if place == 0 { return part.left }
    let before = place - 1
    if place == xp.count { return x > xp[before] ? part.right : part.values[before] }
    if xp[before] == x { return part.values[before] }
    return part.between(before, x - xp[before], x - xp[place])
  }
}

extension Interpolation.Part {
  /// NumPy divides real differences, and multiplies complex ones by a reciprocal.
  fileprivate func withSlopes(_ xp: [Double], isComplex: Bool) -> Interpolation.Part {
    var part = self
    part.slopes = xp.indices.dropLast().map { place in
      let (rise, run) = (values[place + 1] - values[place], xp[place + 1] - xp[place])
      return isComplex ? rise * (1 / run) : rise / run
    }
    return part
  }

  /// From one point or, where that is NaN, from the next.
  fileprivate func between(_ place: Int, _ ahead: Double, _ back: Double) -> Double {
    let value = slopes[place] * ahead + values[place]
    if !value.isNaN { return value }
    let other = slopes[place] * back + values[place + 1]
    return other.isNaN && values[place] == values[place + 1] ? values[place] : other
  }
}
