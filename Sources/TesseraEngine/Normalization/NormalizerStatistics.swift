import TesseraCore

/// What a fit remembers of each feature; enough to be merged with another's, where that is possible.
package enum NormalizerStatistics: Sendable, Hashable {
  /// Values that are not NaN, their mean, and their sum of squared deviations from it.
  case moments(count: [Double], mean: [Double], m2: [Double])
  case range(minimum: [Double], maximum: [Double])
  case magnitude([Double])
  case quartiles(lower: [Double], median: [Double], upper: [Double])
  /// Centers and scales themselves, of a file without statistics.
  case fixed(center: [Double], scale: [Double])
  /// What is not computed yet, while the use of it is planned.
  case planned
  case none

  /// The center and scale of each feature.
  ///
  /// - Parameter dtype: of the data: differences of its rounding are no spread.
  func parameters(_ dtype: DType) -> (center: [Double], scale: [Double]) {
    // NaN is not below anything, and stays.
    func usable(_ scale: Double, _ dtype: DType) -> Double { scale < 10 * dtype.roundingUnit ? 1 : scale }
    switch self {
    case .moments(let count, let mean, let m2):
      let scale = mean.indices.map { NormalizerStatistics.deviation(count[$0], mean[$0], m2[$0]) }
      return (zip(count, mean).map { $0 > 0 ? $1 : .nan }, scale)
    case .range(let minimum, let maximum):
      return (minimum, zip(minimum, maximum).map { usable($1 - $0, dtype) })
    case .magnitude(let most): return (most.map { _ in 0 }, most.map { usable($0, dtype) })
    case .quartiles(let lower, let median, let upper):
      // Quartiles are float64 whatever the data, and scikit-learn goes by their rounding.
      return (median, zip(lower, upper).map { usable($1 - $0, .float64) })
    case .fixed(let center, let scale): return (center, scale)
    case .planned, .none: return ([], [])
    }
  }

  /// The population's standard deviation; 1 for a variance that the error of computing it explains, by the bound of
  /// Chan, Golub and LeVeque (1983, https://doi.org/10.1080/00031305.1983.10483115) that scikit-learn uses too.
  private static func deviation(_ count: Double, _ mean: Double, _ m2: Double) -> Double {
    guard count > 0 else { return .nan }
    let variance = m2 / count
    // Squares may leave the range of numbers; then nothing is known.
    guard variance < .infinity else { return .nan }
    let unit = Double.ulpOfOne
    let error = count * mean * unit
    return variance <= count * unit * variance + error * error ? 1 : variance.squareRoot()
  }
}

extension DType {
  /// The distance of 1 and the next number; float64's for what is computed in float64. bfloat16 is scaled in
  /// float32, whose it has: with its own, features of a hundredth would count as constant.
  var roundingUnit: Double {
    switch self {
    case .float16: 0x1p-10
    case .bfloat16, .float32: 0x1p-23
    default: 0x1p-52
    }
  }
}
