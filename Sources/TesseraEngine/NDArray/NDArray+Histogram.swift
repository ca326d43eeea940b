import TesseraCore
import TesseraKernels
public import TesseraStorage

extension NDArray {
  /// How many elements fall into each bin, the last one closed at both ends; NaN and what lies outside are not counted.
  ///
  /// What the edges depend on (the range, and the spread for NumPy's rules) is computed at once, in a pass of its own; the
  /// counts are lazy.
  ///
  /// - Parameters:
  ///   - bins: how many, or their edges, or a rule.
  ///   - range: the outer edges; the least and the greatest element when nil.
  ///   - weights: real numbers of this array's shape; bins then add up weights. There is no rule for such bins.
  ///   - density: scales the counts so that the histogram's integral is 1.
  /// - Returns: counts (int64; float64 with weights or density), and one edge more, as float64.
  /// - Throws: `.usage` for complex numbers, edges that do not ascend, a range that is not finite, no bins, weights that are
  ///   complex or of another shape, and a rule beside weights.
  public func histogram(
    bins: HistogramBins = 10, range: ClosedRange<Double>? = nil, weights: NDArray? = nil,
    density: Bool = false,
    options: TransferOptions = .init()
  ) throws -> (counts: NDArray, edges: NDArray) {
    guard dtype.kind != .complex else {
      throw TesseraError(.usage, "histogram", expected: "real numbers", got: "\(dtype)")
    }
    try checkWeights(weights)
    guard weights == nil || !bins.isAutomatic else {
      throw TesseraError(
        .usage, "automated estimation of the number of bins is not supported for weighted data")
    }
    if case .edges(let values) = bins, values.count == 1 {
      let none = try NDArray.zeros([0], dtype: weights == nil && !density ? .int64 : .float64)
      return (none, try NDArray(values))
    }
    let edges = try edges(bins, range, options)
    let counts = counting(weights) { Histogram(edges: edges, operands: $0) }
    let result = NDArray(
      .barrier(counts), shape: try Shape([edges.bins]), dtype: weights == nil ? .int64 : .float64)
    let positions = try NDArray(edges.values)
    guard density else { return (result, positions) }
    let widths = try positions[1...] - positions[..<edges.bins]
    return (try result.astype(.float64) / widths / result.sum().astype(.float64), positions)
  }

  /// How often each of 0, 1, … up to the greatest element occurs, or the sum of its weights: NumPy's `bincount`.
  ///
  /// The greatest element is computed at once, in a pass of its own; the counts are lazy.
  ///
  /// - Parameter minlength: the least length of the result.
  /// - Throws: `.usage` for other than one axis of integers, negative ones, a negative `minlength`, and weights that are
  ///   complex or of another shape; `.memory` for a length of 2^32 or more.
  public func bincount(
    weights: NDArray? = nil, minlength: Int = 0, options: TransferOptions = .init()
  ) throws -> NDArray {
    guard ndim == 1, [.bool, .signed, .unsigned].contains(dtype.kind) else {
      throw TesseraError(
        .usage, "bincount", expected: "one axis of integers", got: "\(dtype) of shape \(shape)")
    }
    guard minlength >= 0 else {
      throw TesseraError(.usage, "'minlength' must not be negative", got: "\(minlength)")
    }
    guard minlength <= UInt32.max else {
      throw TesseraError(.memory, "bincount", expected: "a length below 2^32", got: "\(minlength)")
    }
    try checkWeights(weights)
    var length = minlength
    if size > 0 {
      let (least, greatest) = try evaluate(min().astype(.int64), max().astype(.int64), options: options)
      guard try least.item(as: Int64.self) >= 0 else {
        throw TesseraError(
          .usage, "bincount", expected: "integers that are not negative",
          got: "\(try least.item(as: Int64.self))")
      }
      let most = try greatest.item(as: Int64.self)
      guard most < UInt32.max else {
        throw TesseraError(.memory, "bincount", expected: "integers below 2^32 - 1", got: "\(most)")
      }
      length = Swift.max(length, Int(most) + 1)
    }
    let barrier = counting(weights) { BinCount(length: length, operands: $0) }
    return NDArray(.barrier(barrier), shape: try Shape([length]), dtype: weights == nil ? .int64 : .float64)
  }

  func checkWeights(_ weights: NDArray?) throws {
    guard let weights else { return }
    guard weights.shape == shape else {
      throw TesseraError(.usage, "weights", expected: "the shape \(shape)", got: "\(weights.shape)")
    }
    guard weights.dtype.kind != .complex else {
      throw TesseraError(.usage, "weights", expected: "real numbers", got: "\(weights.dtype)")
    }
  }

  private func counting<Counting: Barrier>(
    _ weights: NDArray?, _ make: ([Node]) -> Counting
  ) -> Counting {
    guard let weights else { return make([node]) }
    return make([node, weights.astype(.float64).node])
  }

  // MARK: Edges

  private func edges(
    _ bins: HistogramBins, _ range: ClosedRange<Double>?, _ options: TransferOptions
  ) throws -> HistogramEdges {
    let count: Int
    let ends: ClosedRange<Double>
    switch bins {
    case .edges(let values): return try HistogramEdges(values)
    case .count(let number):
      guard number > 0 else { throw TesseraError(.usage, "'bins' must be positive", got: "\(number)") }
      (count, ends) = (number, try range ?? dataRange(options))
    case _ where size == 0: (count, ends) = (1, try range ?? dataRange(options))
    default: (count, ends) = try AutomaticBins(self, bins, within: range).chosen(options)
    }
    try MemoryModel.requireAvailable(count.saturatingMultiply(32), for: "a histogram of \(count) bins")
    // Of an empty array the ends are no elements.
    return try HistogramEdges(
      bins: count, from: ends.lowerBound, to: ends.upperBound, dtype: dtype,
      fromData: range == nil && size > 0)
  }

  /// NumPy takes 0 to 1 for an empty array.
  private func dataRange(_ options: TransferOptions) throws -> ClosedRange<Double> {
    if size == 0 { return 0...1 }
    let (least, greatest) = try evaluate(min().astype(.float64), max().astype(.float64), options: options)
    return try NDArray.finiteRange(least.item(as: Double.self), greatest.item(as: Double.self))
  }

  /// From the least to the greatest element.
  static func finiteRange(_ low: Double, _ high: Double) throws -> ClosedRange<Double> {
    guard low.isFinite, high.isFinite else {
      throw TesseraError(.usage, "autodetected range of [\(low), \(high)] is not finite")
    }
    return low...high
  }
}
