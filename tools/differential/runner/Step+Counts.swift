import Tessera

extension Step {
  /// A part of what `histogram` gives, and `bincount`; nil for any other operation.
  func counted() throws -> NDArray? {
    let weights = array(named: "weights")
    switch operation {
    case "bincount":
      return try array(0).bincount(
        weights: weights, minlength: self["minlength"]?.int ?? 0, options: options)
    case "histogram":
      let (counts, edges) = try array(0).histogram(
        bins: bins, range: range, weights: weights, density: self["density"]?.bool ?? false,
        options: options)
      return self["part"]?.string == "edges" ? edges : counts
    default: return nil
    }
  }

  private var bins: HistogramBins {
    if let edges = self["bins"]?.array { return .edges(edges.compactMap(\.double)) }
    return .count(self["bins"]?.int ?? 10)
  }

  private var range: ClosedRange<Double>? {
    guard let ends = self["range"]?.array?.compactMap(\.double), ends.count == 2 else { return nil }
    return ends[0]...ends[1]
  }
}
