import CTesseraKernels

/// Counts of a small mean by inversion of their distribution: one draw says how many there are.
struct CountTable: Sendable, Hashable {
  /// Bound n - 1 lies above as many draws as stand for n or more.
  private var bounds: [UInt64]
  /// The count that no bound above a draw stands for, and what each adds to it.
  private var base: Int64 = 0
  private var step: Int64 = 1

  /// nil for other distributions, and for means that are not small.
  init?(_ distribution: RandomDistribution) {
    guard !distribution.hasOwnStreams else { return nil }
    bounds = [UInt64](repeating: 0, count: Int(TESSERA_COUNT_BOUNDS))
    let length: Int
    switch distribution {
    case .poisson(let mean): length = tessera_poisson_bounds(mean, &bounds)
    case .binomial(let trials, let probability):
      let trials = Int64(trials)
      length = tessera_binomial_bounds(trials, min(probability, 1 - probability), &bounds)
      // The less likely outcome is counted.
      if probability > 0.5 { (base, step) = (trials, -1) }
    default: return nil
    }
    bounds.removeSubrange(length...)
  }

  /// Writes a count for each draw, as int64.
  func make(_ count: Int, of draws: UnsafePointer<UInt64>, into target: UnsafeMutableRawPointer) {
    tessera_counts(count, draws, bounds, bounds.count, base, step, target)
  }
}
