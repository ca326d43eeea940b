import CTesseraKernels
package import TesseraCore

/// Counts elements by bin, as `numpy.histogram` does: a bin holds its lower edge, the last one both edges.
///
/// Elements are compared as float64, so integers beyond 2^53 are rounded first. NaN and what lies outside the
/// edges is not counted. Memory: 8 bytes per bin, four times as much where bins are few and without weights.
package struct HistogramCounter: Sendable {
  private static let tile = 512

  package let edges: HistogramEdges
  package let isWeighted: Bool
  /// One more than there are bins: the last is for what is not counted. With several tables, one after the other.
  private var numbers: [UInt64]
  private var sums: [Double]
  private let tables: Int

  /// So few bins stay in the first-level cache in several tables.
  private static let mostBinsApart = 512

  package init(_ edges: HistogramEdges, isWeighted: Bool = false) {
    self.edges = edges
    self.isWeighted = isWeighted
    tables = !isWeighted && edges.bins <= HistogramCounter.mostBinsApart ? Int(TESSERA_COUNTS_APART) : 1
    numbers = [UInt64](repeating: 0, count: isWeighted ? 0 : tables * (edges.bins + 1))
    sums = [Double](repeating: 0, count: isWeighted ? edges.bins + 1 : 0)
  }

  /// Bytes of the counters.
  package var byteCount: Int { (edges.bins + 1).saturatingMultiply(8 * tables) }

  /// Elements per bin; empty with weights.
  package var counts: [UInt64] {
    if isWeighted { return [] }
    return (0..<edges.bins).map { bin in
      (0..<tables).reduce(0) { $0 &+ numbers[$1 * (edges.bins + 1) + bin] }
    }
  }

  /// Weights per bin, added one by one in the order they came; empty without weights.
  package var weights: [Double] { Array(sums.dropLast()) }

  /// Counts `count` adjacent elements of a real dtype, each with its weight if the histogram is weighted.
  package mutating func accumulate(
    _ dtype: DType, count: Int, values: UnsafeRawPointer, weights: UnsafePointer<Double>? = nil
  ) {
    precondition(dtype.kind != .complex && isWeighted == (weights != nil))
    // Float32 holds what shorter dtypes do.
    let narrow = dtype == .float32 || dtype.itemSize < 4 ? edges.narrowSpacing : nil
    let working = narrow == nil ? DType.float64 : .float32
    withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.tile) { converted in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.tile) { found in
        let (converted, found) = (converted.baseAddress!, found.baseAddress!)
        for start in stride(from: 0, to: count, by: Self.tile) {
          let piece = min(Self.tile, count - start)
          var values = values + start * dtype.itemSize
          if dtype != working {
            Cast.convert(piece, from: dtype, values, to: working, converted)
            values = UnsafeRawPointer(converted)
          }
          findBins(piece, values, narrow, found)
          if let weights {
            tessera_sum_indices(piece, found, weights + start, &sums)
          } else if tables > 1 {
            tessera_count_indices_apart(piece, found, edges.bins + 1, &numbers)
          } else {
            tessera_count_indices(piece, found, &numbers)
          }
        }
      }
    }
  }

  /// - Parameter narrow: for values of float32; those of float64 without.
  private func findBins(
    _ count: Int, _ values: UnsafeRawPointer, _ narrow: HistogramEdges.NarrowSpacing?,
    _ found: UnsafeMutablePointer<UInt32>
  ) {
    if let narrow {
      tessera_find_even_bins_float32(
        count, values, edges.bins, narrow.edges, narrow.greatest, narrow.scale, narrow.doubt, found)
    } else if let spacing = edges.spacing {
      tessera_find_even_bins(
        count, values, edges.bins, edges.values, edges.values[edges.bins], spacing.scale, spacing.doubt,
        found)
    } else {
      tessera_find_bins(count, values, edges.bins, edges.values, found)
    }
  }

  /// Adds the counts of other elements.
  package mutating func merge(_ other: HistogramCounter) {
    precondition(edges == other.edges && isWeighted == other.isWeighted)
    for bin in numbers.indices { numbers[bin] &+= other.numbers[bin] }
    for bin in sums.indices { sums[bin] += other.sums[bin] }
  }
}
