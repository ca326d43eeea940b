import CTesseraKernels
package import TesseraCore

/// An infinite sequence of random elements, any part of which can be made by itself.
///
/// An element depends on the seed, the distribution, the dtype and its index alone, so blocks, threads and
/// processors do not change it. Uniform float64 and float32 elements equal those of NumPy's
/// `Generator(Philox(seed)).random(n, dtype)` bit for bit. The other distributions take one draw of 64 bits
/// per element where NumPy takes a varying number, so that only the distribution is the same: normal numbers
/// come from the inverse of the distribution function with tails to 9.2 deviations, exponential ones to 45
/// times the scale.
package struct RandomStream: Sendable, Hashable {
  /// Draws made at a time: they stay in the first-level cache.
  private static let tile = 512

  private let generator: Philox4x64
  package let distribution: RandomDistribution
  package let dtype: DType

  /// Throws `.usage` for parameters that make no sense, and for a dtype that cannot hold the numbers: all but
  /// `.integers` need a real floating-point one.
  package init(seed: UInt128, _ distribution: RandomDistribution, dtype: DType) throws {
    try distribution.validate(for: dtype)
    generator = Philox4x64(seed: seed)
    self.distribution = distribution
    self.dtype = dtype
  }

  /// Writes elements `first` ..< `first` + `count`. The memory need not be aligned.
  package func fill(first: Int, count: Int, into target: UnsafeMutableRawPointer) {
    precondition(first >= 0 && count >= 0)
    let perDraw = distribution == .uniform && dtype != .float64 ? 2 : 1
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2 * Self.tile + 1) { work in
      let draws = work.baseAddress!
      let values = UnsafeMutableRawPointer(draws + Self.tile + 1)
      var done = 0
      while done < count {
        let index = UInt64(first) &+ UInt64(done)
        let skipped = Int(index % UInt64(perDraw))
        let piece = min(Self.tile, count - done)
        generator.fill(
          index / UInt64(perDraw), count: (skipped + piece + perDraw - 1) / perDraw, into: draws)
        make(piece, of: draws, skipping: skipped, into: target + done * dtype.itemSize, values)
        done += piece
      }
    }
  }

  /// Turns draws into elements at `target`, by way of `values` where the distribution makes another dtype.
  func make(
    _ count: Int, of draws: UnsafeMutablePointer<UInt64>, skipping skipped: Int,
    into target: UnsafeMutableRawPointer, _ values: UnsafeMutableRawPointer
  ) {
    let made = madeDType
    let out = made == dtype ? target : values
    switch distribution {
    case .uniform where made == .float64: tessera_uniform64(count, draws, out)
    case .uniform:
      // The lower half of a draw comes first.
      let halves = UnsafeRawPointer(draws).assumingMemoryBound(to: UInt32.self) + skipped
      tessera_uniform32(count, halves, UInt32(dtype.significandBits), out)
    case .normal(let mean, let deviation): tessera_normal(count, draws, mean, deviation, out)
    case .exponential(let scale): tessera_exponential(count, draws, scale, out)
    case .integers(let low, let high):
      tessera_integers(
        count, draws, UInt64(truncatingIfNeeded: low), UInt64(truncatingIfNeeded: high - low), out)
    }
    if made != dtype { Cast.convert(count, from: made, values, to: dtype, target) }
  }

  /// What the loop of the distribution writes.
  private var madeDType: DType {
    switch distribution {
    case .uniform: dtype == .float64 ? .float64 : .float32
    case .normal, .exponential: .float64
    case .integers(let low, _): low < 0 ? .int64 : .uint64
    }
  }
}
