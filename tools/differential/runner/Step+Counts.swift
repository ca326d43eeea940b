import Tessera

extension Step {
  /// A part of what `histogram` and `histogram2d` give, and `bincount`; nil for any other operation.
  func counted() throws -> NDArray? {
    let weights = array(named: "weights")
    switch operation {
    case "bincount":
      return try array(0).bincount(
        weights: weights, minlength: self["minlength"]?.int ?? 0, options: options)
    case "histogram":
      let (counts, edges) = try array(0).histogram(
        bins: bins(self["bins"]), range: range, weights: weights, density: self["density"]?.bool ?? false,
        options: options)
      return self["part"]?.string == "edges" ? edges : counts
    case "histogram2d":
      let own = (bins(self["bins"]?[0]), bins(self["bins"]?[1]))
      let (counts, xEdges, yEdges) = try histogram2d(
        array(0), array(1), bins: own, range: (range, range), weights: weights, options: options)
      return self["part"]?.string == "x" ? xEdges : self["part"]?.string == "y" ? yEdges : counts
    default: return nil
    }
  }

  private func bins(_ json: JSONValue?) -> HistogramBins {
    if let edges = json?.array { return .edges(edges.compactMap(\.double)) }
    return .count(json?.int ?? 10)
  }

  private var range: ClosedRange<Double>? {
    guard let ends = self["range"]?.array?.compactMap(\.double), ends.count == 2 else { return nil }
    return ends[0]...ends[1]
  }
}
