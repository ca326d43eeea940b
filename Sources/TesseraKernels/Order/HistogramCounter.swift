import CTesseraKernels
package import TesseraCore

/// Counts elements by bin, as `numpy.histogram` does: a bin holds its lower edge, the last one both edges.
///
/// Elements are compared as float64, so integers beyond 2^53 are rounded first. NaN and what lies outside the
/// edges is not counted. Memory: 8 bytes per bin, and as much again with weights.
package struct HistogramCounter: Sendable {
  private static let tile = 512

  package let edges: HistogramEdges
  package let isWeighted: Bool
  /// One more than there are bins: the last is for what is not counted.
  private var numbers: [UInt64]
  private var sums: [Double]

  package init(_ edges: HistogramEdges, isWeighted: Bool = false) {
    self.edges = edges
    self.isWeighted = isWeighted
    numbers = [UInt64](repeating: 0, count: isWeighted ? 0 : edges.bins + 1)
    sums = [Double](repeating: 0, count: isWeighted ? edges.bins + 1 : 0)
  }

  /// Elements per bin; empty with weights.
  package var counts: [UInt64] { Array(numbers.dropLast()) }

  /// Weights per bin, added one by one in the order they came; empty without weights.
  package var weights: [Double] { Array(sums.dropLast()) }

  /// Counts `count` adjacent elements of a real dtype, each with its weight if the histogram is weighted.
  package mutating func accumulate(
    _ dtype: DType, count: Int, values: UnsafeRawPointer, weights: UnsafePointer<Double>? = nil
  ) {
    precondition(dtype.kind != .complex && isWeighted == (weights != nil))
    withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.tile) { doubles in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.tile) { found in
        for start in stride(from: 0, to: count, by: Self.tile) {
          let piece = min(Self.tile, count - start)
          let (doubles, found) = (doubles.baseAddress!, found.baseAddress!)
          Cast.convert(piece, from: dtype, values + start * dtype.itemSize, to: .float64, doubles)
          tessera_find_bins(piece, doubles, edges.bins, edges.values, edges.scale, found)
          if let weights {
            tessera_sum_indices(piece, found, weights + start, &sums)
          } else {
            tessera_count_indices(piece, found, &numbers)
          }
        }
      }
    }
  }

  /// Adds the counts of other elements.
  package mutating func merge(_ other: HistogramCounter) {
    precondition(edges == other.edges && isWeighted == other.isWeighted)
    for bin in numbers.indices { numbers[bin] &+= other.numbers[bin] }
    for bin in sums.indices { sums[bin] += other.sums[bin] }
  }
}
