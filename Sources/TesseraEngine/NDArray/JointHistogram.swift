import TesseraCore
import TesseraKernels
import TesseraStorage

/// A histogram of several variables, as NumPy makes it: bins beyond either end of each variable, which are left out at the
/// end, one number for each combination of bins, and how often each number occurs.
struct JointHistogram {
  /// The variables, each with one axis of one length, and of one dtype.
  private let sample: [NDArray]

  init(_ sample: [NDArray]) throws {
    guard let first = sample.first else {
      throw TesseraError(.usage, "a histogram of several variables", expected: "one or more", got: "none")
    }
    guard sample.allSatisfy({ $0.ndim == 1 && $0.shape == first.shape }) else {
      throw TesseraError(
        .usage, "variables must have one axis of the same length",
        got: sample.map { "\($0.shape)" }.joined(separator: " "))
    }
    let dtype = sample.dropFirst().reduce(first.dtype) { .promoted($0, $1.dtype) }
    guard dtype.kind != .complex else {
      throw TesseraError(.usage, "histogram", expected: "real numbers", got: "\(dtype)")
    }
    self.sample = sample.map { $0.astype(dtype) }
  }

  // MARK: Edges

  /// The edges of each variable's bins; what they depend on is computed now.
  ///
  /// - Parameter ranges: nil for that of the elements.
  func edges(
    _ bins: [HistogramBins], _ ranges: [ClosedRange<Double>?], _ options: TransferOptions
  ) throws -> [[Double]] {
    guard bins.count == sample.count else {
      throw TesseraError(
        .usage, "The dimension of bins must be equal to the dimension of the sample x.",
        expected: "\(sample.count)", got: "\(bins.count)")
    }
    guard ranges.count == sample.count else {
      throw TesseraError(
        .usage, "range argument must have one entry per dimension", expected: "\(sample.count)",
        got: "\(ranges.count)")
    }
    try requireMemory(for: bins)
    let found = try dataRanges(bins.indices.filter { ranges[$0] == nil && bins[$0].isCount }, options)
    return try bins.enumerated().map { axis, bins in
      switch bins {
      case .count(let number):
        // Between ends that are elements NumPy computes in their precision, otherwise in float64.
        let fromData = ranges[axis] == nil && sample[axis].size > 0
        let ends = ranges[axis] ?? found[axis]!
        return try HistogramEdges(
          bins: number, from: ends.lowerBound, to: ends.upperBound,
          dtype: fromData ? sample[axis].dtype : .float64, fromData: fromData
        ).values
      case .edges(let values): return try JointHistogram.checked(values, axis)
      default:
        throw TesseraError(.usage, "bins of several variables", expected: "how many, or edges", got: "a rule")
      }
    }
  }

  private static func checked(_ edges: [Double], _ axis: Int) throws -> [Double] {
    let ascends = zip(edges, edges.dropFirst()).allSatisfy { $0 <= $1 }
    guard !edges.isEmpty, !edges[0].isNaN, ascends else {
      throw TesseraError(
        .usage, "`bins[\(axis)]` must be monotonically increasing, when an array",
        expected: "one edge or more that ascend")
    }
    return edges
  }

  /// From the least to the greatest element, of all axes in one pass; from 0 to 1 of no elements.
  private func dataRanges(
    _ axes: [Int], _ options: TransferOptions
  ) throws -> [Int: ClosedRange<Double>] {
    if axes.isEmpty { return [:] }
    if sample[0].size == 0 { return axes.reduce(into: [:]) { $0[$1] = 0...1 } }
    let extremes = try axes.flatMap { axis in
      [try sample[axis].min().astype(.float64), try sample[axis].max().astype(.float64)]
    }
    let found = try evaluate(extremes, options: options).map { try $0.item(as: Double.self) }
    return try axes.enumerated().reduce(into: [:]) { ranges, axis in
      ranges[axis.element] = try NDArray.finiteRange(found[2 * axis.offset], found[2 * axis.offset + 1])
    }
  }

  /// A counter for each combination of bins, those beyond the ends included.
  private func requireMemory(for bins: [HistogramBins]) throws {
    var combinations = 1
    for (axis, bins) in bins.enumerated() {
      if case .count(let number) = bins, number < 1 {
        throw TesseraError(
          .usage, "`bins[\(axis)]` must be positive, when an integer", got: "\(number)")
      }
      combinations = combinations.saturatingMultiply(bins.number.saturatingAdd(2))
    }
    guard combinations < UInt32.max else {
      throw TesseraError(
        .memory, "combinations of bins", expected: "fewer than 2^32", got: "\(combinations)")
    }
    try MemoryModel.requireAvailable(
      combinations.saturatingMultiply(32), for: "a histogram of \(combinations) bins")
  }

  // MARK: Counts

  /// How many elements, or the sum of their weights, fall into each combination of bins, as float64; lazy.
  func counts(_ edges: [[Double]], _ weights: NDArray?, _ options: TransferOptions) throws -> NDArray {
    try sample[0].checkWeights(weights)
    let lengths = edges.map { $0.count + 1 }
    let numbers = try zip(sample, edges).map { try JointHistogram.bins(of: $0, $1, options) }
    var combined = numbers[0]
    for axis in numbers.indices.dropFirst() { combined = try combined * lengths[axis] + numbers[axis] }
    let operands = [combined.node] + (weights.map { [$0.astype(.float64).node] } ?? [])
    let length = lengths.reduce(1, *)
    let all = NDArray(
      .barrier(BinCount(length: length, operands: operands)), shape: try Shape([length]),
      dtype: weights == nil ? .int64 : .float64)
    let inner = Selection(edges.map { .slice(start: 1, stop: $0.count) })
    return try all.reshape(lengths)[inner].astype(.float64)
  }

  /// The numbers of bins from 1 on, the last one closed at both ends; 0 and one more lie beyond.
  private static func bins(
    of x: NDArray, _ edges: [Double], _ options: TransferOptions
  ) throws -> NDArray {
    let wide = x.astype(.float64)
    let isLast = try wide .== edges[edges.count - 1]
    return try searchsorted(edges, wide, side: .right, options: options) - isLast
  }

  /// Counts scaled so that the integral is 1.
  static func density(_ counts: NDArray, _ edges: [[Double]]) throws -> NDArray {
    let scaled = try edges.enumerated().reduce(counts) { counts, axis in
      var lengths = [Int](repeating: 1, count: edges.count)
      lengths[axis.offset] = axis.element.count - 1
      let widths = zip(axis.element.dropFirst(), axis.element).map { $0 - $1 }
      return try counts / NDArray(widths, shape: lengths)
    }
    return try scaled / counts.sum()
  }
}

extension HistogramBins {
  fileprivate var isCount: Bool {
    if case .count = self { true } else { false }
  }

  /// How many there are; 0 of a rule.
  fileprivate var number: Int {
    switch self {
    case .count(let number): number
    case .edges(let edges): max(0, edges.count - 1)
    default: 0
    }
  }
}
