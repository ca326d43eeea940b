/// Two neighbouring ranks (from 0) of sorted elements, and how far between them a quantile lies.
package struct QuantilePosition: Sendable, Hashable {
  package var lower: Int
  package var upper: Int
  /// The weight of the upper element. Where both ranks are the same end of the elements it is whatever NumPy
  /// computes with, which may be outside 0 ... 1.
  package var fraction: Double

  static func exactly(_ index: Double, _ count: Int) -> QuantilePosition {
    let rank = min(max(Int(index), 0), count - 1)
    return QuantilePosition(lower: rank, upper: rank, fraction: 0)
  }

  /// NumPy's neighbours of a virtual index: beyond either end both are that end, the last being index -1.
  static func between(_ index: Double, _ count: Int) -> QuantilePosition {
    if index >= Double(count - 1) {
      return QuantilePosition(lower: count - 1, upper: count - 1, fraction: index + 1)
    }
    if index < 0 { return QuantilePosition(lower: 0, upper: 0, fraction: index) }
    let floor = index.rounded(.down)
    return QuantilePosition(lower: Int(floor), upper: Int(floor) + 1, fraction: index - floor)
  }
}
