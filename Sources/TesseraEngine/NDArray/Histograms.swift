public import TesseraStorage

// Histograms of several variables: NumPy's `histogram2d` and `histogramdd`.

/// How many pairs of elements fall into each rectangle of bins: NumPy's `histogram2d`.
///
/// The last bin of each axis is closed at both ends; NaN and what lies outside are not counted. The least and greatest
/// elements, where edges depend on them, are computed at once, in a pass of their own; the counts are lazy.
///
/// - Parameters:
///   - x: real numbers, one axis: rows of the result.
///   - y: as many: columns of the result.
///   - bins: how many on either axis, or the edges of both. (Of a list of two numbers NumPy makes two numbers of bins: here
///     that is `bins: (4, 5)`.)
///   - range: the outer edges of either axis; the least and the greatest element where nil.
///   - weights: real numbers of the elements' shape; bins then add up weights.
///   - density: scales the counts so that the histogram's integral is 1.
/// - Returns: counts, as float64, and the edges of either axis, one more than its bins, as float64.
/// - Throws: `.usage` for complex numbers, other shapes, edges that do not ascend, a range that is not finite, no bins, and
///   rules; `.memory` for more bins than there is memory for.
/// - Complexity: one pass, and one before it where edges depend on elements; 8 bytes for each bin and thread.
public func histogram2d(
  _ x: NDArray, _ y: NDArray, bins: HistogramBins = 10,
  range: (ClosedRange<Double>?, ClosedRange<Double>?) = (nil, nil), weights: NDArray? = nil,
  density: Bool = false, options: TransferOptions = .init()
) throws -> (counts: NDArray, xEdges: NDArray, yEdges: NDArray) {
  try histogram2d(
    x, y, bins: (bins, bins), range: range, weights: weights, density: density, options: options)
}

/// The same with bins of either axis by themselves: `bins: (10, [0, 1, 5])`.
public func histogram2d(
  _ x: NDArray, _ y: NDArray, bins: (HistogramBins, HistogramBins),
  range: (ClosedRange<Double>?, ClosedRange<Double>?) = (nil, nil), weights: NDArray? = nil,
  density: Bool = false, options: TransferOptions = .init()
) throws -> (counts: NDArray, xEdges: NDArray, yEdges: NDArray) {
  let (counts, edges) = try histogramdd(
    [x, y], bins: [bins.0, bins.1], range: [range.0, range.1], weights: weights, density: density,
    options: options)
  return (counts, edges[0], edges[1])
}

/// How often each combination of bins occurs, of any number of variables: NumPy's `histogramdd`, as `histogram2d`.
///
/// - Parameters:
///   - sample: the variables, each with one axis of the same length.
///   - bins: for each of them.
///   - range: for each of them; nil for that of the elements.
/// - Returns: counts, as float64, with an axis for each variable, and the edges of each.
/// - Throws: as `histogram2d`; `.usage` also for no variables, and other numbers of bins or ranges than there are variables.
/// - Complexity: as `histogram2d`.
public func histogramdd(
  _ sample: [NDArray], bins: [HistogramBins], range: [ClosedRange<Double>?]? = nil,
  weights: NDArray? = nil, density: Bool = false, options: TransferOptions = .init()
) throws -> (counts: NDArray, edges: [NDArray]) {
  let histogram = try JointHistogram(sample)
  let ranges = range ?? [ClosedRange<Double>?](repeating: nil, count: sample.count)
  let edges = try histogram.edges(bins, ranges, options)
  let counts = try histogram.counts(edges, weights, options)
  let result = try density ? JointHistogram.density(counts, edges) : counts
  return (result, try edges.map { try NDArray($0) })
}
