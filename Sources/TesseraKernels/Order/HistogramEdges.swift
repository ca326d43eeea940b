package import TesseraCore

/// The edges of a histogram's bins: one more than there are bins, ascending.
package struct HistogramEdges: Sendable, Hashable {
  package let values: [Double]
  /// Set if the edges are evenly spaced.
  let spacing: Spacing?
  /// Set if they are, and as evenly when float32 numbers are placed in float32.
  let narrowSpacing: NarrowSpacing?

  package var bins: Int { values.count - 1 }

  /// Any edges, as `numpy.histogram` takes them.
  ///
  /// Throws `.usage` for fewer than two, more than 2^32, and for edges that do not ascend (equal neighbours
  /// are allowed, NaN is not).
  package init(_ values: [Double]) throws {
    guard (2...Int(UInt32.max)).contains(values.count) else {
      throw TesseraError(.usage, "edges of a histogram", expected: "two or more", got: "\(values.count)")
    }
    guard zip(values, values.dropFirst()).allSatisfy({ $0 <= $1 }) else {
      throw TesseraError(.usage, "edges of a histogram", expected: "ascending ones", got: "others")
    }
    self.values = values
    (spacing, narrowSpacing) = (nil, nil)
  }

  /// `bins` equal bins from `first` to `last`: NumPy's for an array of `dtype`, bit for bit.
  ///
  /// For equal ends, the bins cover half a unit to either side. `fromData` tells that the ends are elements
  /// themselves (no `range` given): NumPy then computes in the elements' own precision if they are floats;
  /// otherwise in float64, and rounds the edges. Throws `.usage` for ends that are not finite or descend, for
  /// no bins, and where rounding would leave a bin empty.
  package init(bins: Int, from first: Double, to last: Double, dtype: DType, fromData: Bool) throws {
    guard bins > 0, bins < UInt32.max else {
      throw TesseraError(.usage, "number of bins", expected: "1 to 2^32", got: "\(bins)")
    }
    guard first.isFinite, last.isFinite, first <= last else {
      throw TesseraError(
        .usage, "range of a histogram", expected: "finite ends that ascend", got: "\(first) to \(last)")
    }
    let round = HistogramEdges.rounding(to: dtype)
    let compute = fromData ? round : { $0 }
    let low = first == last ? compute(first - 0.5) : first
    let high = first == last ? compute(last + 0.5) : last
    values = HistogramEdges.spaced(bins, low, high, compute).map(round)
    guard zip(values, values.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw TesseraError(
        .usage, "number of bins", expected: "fewer, so that no two edges are equal", got: "\(bins)")
    }
    spacing = Spacing(values)
    narrowSpacing = spacing.flatMap { [values] in NarrowSpacing(values, $0) }
  }

  /// Edges so evenly spaced that (edge i - first edge) * `scale` is i but for less than 1/4. As both operations keep the
  /// order of what they are applied to, what they make of a value between two edges is nearest to one of these.
  struct Spacing: Sendable, Hashable {
    /// Bins per unit.
    let scale: Double
    /// How far a value's place may be from where it belongs, in bins.
    let doubt: Double

    /// nil where rounding has moved edges so far that their bins must be sought.
    init?(_ edges: [Double]) {
      let bins = edges.count - 1
      let scale = Double(bins) / (edges[bins] - edges[0])
      guard scale.isFinite, scale > 0, bins < 1 << 30 else { return nil }
      let most = edges.indices.reduce(0) { max($0, abs((edges[$1] - edges[0]) * scale - Double($1))) }
      guard most < 0.25 else { return nil }
      self.scale = scale
      // Beside the edges' own, what a fused operation leaves out.
      doubt = most + 4 * Double.ulpOfOne * Double(bins)
    }
  }

  /// The same for values of float32, which are compared with the least float32 that is no less than an edge.
  struct NarrowSpacing: Sendable, Hashable {
    let edges: [Float]
    /// The largest float32 that is no more than the last edge.
    let greatest: Float
    let scale: Float
    let doubt: Float

    /// nil where rounding to float32 could move a value's place by as much as an edge may be away from its own.
    init?(_ edges: [Double], _ spacing: Spacing) {
      let bins = Double(edges.count - 1)
      let bounds = 1e-30...1e30
      // The first edge, the difference, the scale, the product, and the half that is added: an ulp each.
      let lost = Double(Float.ulpOfOne) * (4 * bins + abs(edges[0]) * spacing.scale)
      guard lost < 0.2, bounds.contains(spacing.scale), bounds.contains(bins / spacing.scale),
        abs(edges[0]) < bounds.upperBound
      else { return nil }
      let (narrow, scale) = (edges.map { Float(noLess: $0) }, Float(spacing.scale))
      let most = narrow.indices.reduce(0) { max($0, abs((narrow[$1] - narrow[0]) * scale - Float($1))) }
      greatest = -Float(noLess: -edges.last!)
      doubt = most + 4 * Float.ulpOfOne * Float(bins)
      (self.edges, self.scale) = (narrow, scale)
    }
  }

  /// `numpy.linspace`, every operation rounded.
  private static func spaced(
    _ bins: Int, _ low: Double, _ high: Double, _ round: (Double) -> Double
  ) -> [Double] {
    let extent = round(high - low)
    let step = round(extent / round(Double(bins)))
    return (0...bins).map { index in
      if index == bins { return high }
      let index = round(Double(index))
      let offset = step == 0 ? round(round(index / round(Double(bins))) * extent) : round(index * step)
      return round(offset + low)
    }
  }

  /// Rounding twice, to float64 and then to a shorter float, is rounding once for one operation.
  private static func rounding(to dtype: DType) -> (Double) -> Double {
    switch dtype {
    case .float16: { Double(Float16($0)) }
    case .bfloat16: { Double(BFloat16(Float($0)).float) }
    case .float32: { Double(Float($0)) }
    default: { $0 }
    }
  }
}

extension Float {
  /// The least number that is no less than another.
  fileprivate init(noLess value: Double) {
    let nearest = Float(value)
    self = Double(nearest) < value ? nearest.nextUp : nearest
  }
}
