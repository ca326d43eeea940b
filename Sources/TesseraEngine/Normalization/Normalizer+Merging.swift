import TesseraCore

extension Normalizer {
  /// The normalizer of the arrays of two fits together, as if they had been one.
  ///
  /// Counts, means and squared deviations are merged by the formulas of Chan, Golub and LeVeque (1983,
  /// https://doi.org/10.1080/00031305.1983.10483115); extremes are exact.
  ///
  /// - Throws: `.usage` for other methods, axes or features; for `robust`, whose quartiles cannot be merged; for parameters
  ///   that came without their statistics.
  public func merging(_ other: Normalizer) throws -> Normalizer {
    guard method == other.method, axis == other.axis, featureShape == other.featureShape else {
      throw TesseraError(
        .usage, "fits to merge", expected: "the same method, axis and features: \(summary)",
        got: other.summary)
    }
    return Normalizer(
      method, axis: axis, try statistics(with: other),
      dtype: dtype.roundingUnit < other.dtype.roundingUnit ? other.dtype : dtype, featureShape: featureShape)
  }

  private var summary: String { "\(method.rawValue) along axis \(axis) of \(featureShape)" }

  private func statistics(with other: Normalizer) throws -> NormalizerStatistics {
    switch (statistics, other.statistics) {
    case (.moments, .moments): return statistics.mergingMoments(other.statistics)
    case (.range(let minimum, let maximum), .range(let otherMinimum, let otherMaximum)):
      return .range(
        minimum: zip(minimum, otherMinimum).map { Double.minimum($0, $1) },
        maximum: zip(maximum, otherMaximum).map { Double.maximum($0, $1) })
    case (.magnitude(let most), .magnitude(let otherMost)):
      return .magnitude(zip(most, otherMost).map { Double.maximum($0, $1) })
    case (.none, .none): return .none
    default:
      throw method == .robust
        ? TesseraError(
          .usage, "fits of method robust cannot be merged: quartiles of parts do not tell those of the whole",
          expected: "one fit over all arrays, joined by concatenate")
        : TesseraError(
          .usage, "fits cannot be merged", expected: "the statistics that Normalizer.save keeps",
          got: "center and scale alone")
    }
  }
}

extension NormalizerStatistics {
  func mergingMoments(_ other: NormalizerStatistics) -> NormalizerStatistics {
    guard case .moments(var count, var mean, var m2) = self,
      case .moments(let otherCount, let otherMean, let otherM2) = other
    else { return self }
    for index in count.indices where otherCount[index] > 0 {
      guard count[index] > 0 else {
        (count[index], mean[index], m2[index]) = (otherCount[index], otherMean[index], otherM2[index])
        continue
      }
      let all = count[index] + otherCount[index]
      let delta = otherMean[index] - mean[index]
      m2[index] += otherM2[index] + delta * delta * (count[index] * otherCount[index] / all)
      mean[index] += delta * (otherCount[index] / all)
      count[index] = all
    }
    return .moments(count: count, mean: mean, m2: m2)
  }
}
