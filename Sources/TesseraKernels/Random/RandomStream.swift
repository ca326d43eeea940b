import CTesseraKernels
package import TesseraCore

/// An infinite sequence of random elements, any part of which can be made by itself.
///
/// An element depends on the seed, the distribution, the dtype and its index alone, so blocks, threads and
/// processors do not change it. Uniform float64 and float32 elements equal those of NumPy's
/// `Generator(Philox(seed)).random(n, dtype)` bit for bit. Of the other distributions only the distribution is
/// the same, as NumPy takes a varying number of draws for each element, one element after the other. Here normal,
/// exponential and geometric numbers, integers and counts of a small mean take one draw of 64 bits, by the inverse
/// of the distribution function: with tails to 9.2 deviations of normal numbers, to 45 times the scale of
/// exponential ones. The elements of other distributions have a stream each.
package struct RandomStream: Sendable, Hashable {
  /// Draws made at a time: they stay in the first-level cache.
  private static let tile = 512

  private let generator: Philox4x64
  private let table: CountTable?
  package let distribution: RandomDistribution
  package let dtype: DType

  /// Throws `.usage` for parameters that make no sense, and for a dtype that cannot hold the numbers: `.integers`
  /// have any real one, counts int64, all others need a real floating-point one.
  package init(seed: UInt128, _ distribution: RandomDistribution, dtype: DType) throws {
    try distribution.validate(for: dtype)
    generator = Philox4x64(seed: seed)
    table = CountTable(distribution)
    self.distribution = distribution
    self.dtype = dtype
  }

  /// Writes elements `first` ..< `first` + `count`. The memory need not be aligned.
  package func fill(first: Int, count: Int, into target: UnsafeMutableRawPointer) {
    precondition(first >= 0 && count >= 0)
    if distribution.hasOwnStreams {
      fillFromOwnStreams(first, count, into: target)
    } else {
      fillFromDraws(first, count, into: target)
    }
  }

  private func fillFromDraws(_ first: Int, _ count: Int, into target: UnsafeMutableRawPointer) {
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
    case .geometric(let probability): tessera_geometric(count, draws, probability, out)
    case .poisson, .binomial: table!.make(count, of: draws, into: out)
    case .cauchy, .gamma, .beta, .fisher, .student, .negativeBinomial:
      preconditionFailure("\(distribution) has a stream for each element")
    }
    if made != dtype { Cast.convert(count, from: made, values, to: dtype, target) }
  }

  private func fillFromOwnStreams(_ first: Int, _ count: Int, into target: UnsafeMutableRawPointer) {
    let made = madeDType
    if made == dtype { return makeFromOwnStreams(first, count, into: target) }
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.tile) { work in
      let values = UnsafeMutableRawPointer(work.baseAddress!)
      for done in stride(from: 0, to: count, by: Self.tile) {
        let piece = min(Self.tile, count - done)
        makeFromOwnStreams(first + done, piece, into: values)
        Cast.convert(piece, from: made, values, to: dtype, target + done * dtype.itemSize)
      }
    }
  }

  private func makeFromOwnStreams(_ first: Int, _ count: Int, into out: UnsafeMutableRawPointer) {
    let first = UInt64(first)
    generator.withKey { key in
      switch distribution {
      case .cauchy: tessera_cauchy(key, first, count, out)
      case .gamma(let shape, let scale): tessera_gamma(key, first, count, shape, scale, out)
      case .beta(let a, let b): tessera_beta(key, first, count, a, b, out)
      case .fisher(let numerator, let denominator): tessera_f(key, first, count, numerator, denominator, out)
      case .student(let freedom): tessera_student_t(key, first, count, freedom, out)
      case .poisson(let mean): tessera_poisson(key, first, count, mean, out)
      case .binomial(let trials, let probability):
        // The less likely outcome is counted.
        let trials = Int64(trials)
        let countsFailures = probability > 0.5
        tessera_binomial(
          key, first, count, trials, min(probability, 1 - probability), countsFailures ? trials : 0,
          countsFailures ? -1 : 1, out)
      case .negativeBinomial(let successes, let probability):
        tessera_negative_binomial(key, first, count, successes, probability, out)
      case .uniform, .normal, .integers, .exponential, .geometric:
        preconditionFailure("\(distribution) is made of one stream")
      }
    }
  }

  /// What the loop of the distribution writes.
  private var madeDType: DType {
    switch distribution {
    case .uniform: dtype == .float64 ? .float64 : .float32
    case .normal, .exponential, .cauchy, .gamma, .beta, .fisher, .student: .float64
    case .geometric, .poisson, .binomial, .negativeBinomial: .int64
    case .integers(let low, _): low < 0 ? .int64 : .uint64
    }
  }
}
