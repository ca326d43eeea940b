package import TesseraCore

extension QuantileMethod {
  /// Whether the answer is always one of the elements, and so keeps their dtype.
  package var isDiscrete: Bool {
    switch self {
    case .lower, .higher, .nearest, .invertedCDF, .closestObservation: true
    default: false
    }
  }

  /// Where quantile `q` lies in `count` sorted elements, at least one, computed in NumPy's order of operations.
  package func position(count: Int, q: Double) -> QuantilePosition {
    precondition(count > 0)
    let n = Double(count)
    let last = Double(count - 1)
    switch self {
    case .lower: return .exactly((last * q).rounded(.down), count)
    case .higher: return .exactly((last * q).rounded(.up), count)
    case .nearest: return .exactly((last * q).rounded(.toNearestOrEven), count)
    case .invertedCDF: return discrete(n * q - 1, count) { gamma, _ in gamma == 0 }
    case .closestObservation:
      return discrete(n * q - 1 - 0.5, count) { gamma, floor in
        gamma == 0 && floor.truncatingRemainder(dividingBy: 2) != 0
      }
    case .linear: return .between(last * q, count)
    case .midpoint:
      let index = 0.5 * ((last * q).rounded(.down) + (last * q).rounded(.up))
      var position = QuantilePosition.between(index, count)
      position.fraction = index == index.rounded(.down) ? 0 : 0.5
      return position
    case .averagedInvertedCDF:
      var position = QuantilePosition.between(n * q - 1, count)
      position.fraction = position.fraction == 0 ? 0.5 : 1
      return position
    case .interpolatedInvertedCDF: return virtual(n, q, count, 0, 1)
    case .hazen: return virtual(n, q, count, 0.5, 0.5)
    case .weibull: return virtual(n, q, count, 0, 0)
    case .medianUnbiased: return virtual(n, q, count, 1 / 3.0, 1 / 3.0)
    case .normalUnbiased: return virtual(n, q, count, 3 / 8.0, 3 / 8.0)
    }
  }

  /// The plotting positions of Hyndman and Fan, with their parameters.
  private func virtual(
    _ n: Double, _ q: Double, _ count: Int, _ alpha: Double, _ beta: Double
  ) -> QuantilePosition {
    .between(n * q + (alpha + q * (1 - alpha - beta)) - 1, count)
  }

  /// The element below `index` if the condition holds, otherwise the one after that.
  private func discrete(
    _ index: Double, _ count: Int, staysIf condition: (_ gamma: Double, _ floor: Double) -> Bool
  ) -> QuantilePosition {
    let floor = index.rounded(.down)
    return .exactly(condition(index - floor, floor) ? floor : floor + 1, count)
  }
}
