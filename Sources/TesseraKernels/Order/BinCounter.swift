import CTesseraKernels
package import TesseraCore

/// Counts how often each small non-negative integer occurs, or adds up its weights: `numpy.bincount`.
///
/// Memory: 8 bytes for each integer up to the largest, which may not exceed a limit.
package struct BinCounter: Sendable {
  private static let tile = 512

  /// The largest integer that may occur.
  package let limit: Int
  package let isWeighted: Bool
  /// Occurrences of 0, 1, …; empty with weights.
  package private(set) var counts: [UInt64] = []
  /// Weights of 0, 1, …, added one by one in the order they came; empty without weights.
  package private(set) var weights: [Double] = []

  /// There are at least `minimumLength` counters.
  package init(minimumLength: Int = 0, limit: Int, isWeighted: Bool = false) {
    precondition(minimumLength >= 0 && limit >= 0 && limit < UInt32.max)
    self.limit = limit
    self.isWeighted = isWeighted
    grow(to: minimumLength)
  }

  /// Counts `count` adjacent integers or bools, each with its weight if the counter is weighted.
  ///
  /// Throws `.usage` for another dtype and for a negative integer, `.memory` for one above the limit; elements
  /// before it may have been counted.
  package mutating func accumulate(
    _ dtype: DType, count: Int, values: UnsafeRawPointer, weights: UnsafePointer<Double>? = nil
  ) throws {
    precondition(isWeighted == (weights != nil))
    guard dtype.kind == .signed || dtype.kind == .unsigned || dtype.kind == .bool else {
      throw TesseraError(.usage, "bincount", expected: "integers", got: dtype.name)
    }
    try withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.tile) { wide in
      try withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.tile) { indices in
        for start in stride(from: 0, to: count, by: Self.tile) {
          let piece = min(Self.tile, count - start)
          let source = values + start * dtype.itemSize
          Cast.convert(piece, from: dtype, source, to: .uint64, wide.baseAddress!)
          try check(wide[..<piece], isSigned: dtype.kind == .signed)
          for index in 0..<piece { indices[index] = UInt32(truncatingIfNeeded: wide[index]) }
          add(UnsafeBufferPointer(rebasing: indices[..<piece]), weights.map { $0 + start })
        }
      }
    }
  }

  /// Adds the counts of other elements.
  package mutating func merge(_ other: BinCounter) {
    precondition(isWeighted == other.isWeighted)
    grow(to: max(other.counts.count, other.weights.count))
    for index in other.counts.indices { counts[index] &+= other.counts[index] }
    for index in other.weights.indices { weights[index] += other.weights[index] }
  }

  private mutating func check(_ values: Slice<UnsafeMutableBufferPointer<UInt64>>, isSigned: Bool) throws {
    let largest = values.reduce(0, max)
    if largest <= UInt64(limit) { return grow(to: values.isEmpty ? 0 : Int(largest) + 1) }
    if isSigned, largest >> 63 == 1 {
      let got = "\(Int64(bitPattern: largest))"
      throw TesseraError(.usage, "bincount", expected: "integers that are not negative", got: got)
    }
    throw TesseraError(.memory, "bincount", expected: "integers up to \(limit)", got: "\(largest)")
  }

  private mutating func grow(to length: Int) {
    let missing = length - max(counts.count, weights.count)
    guard missing > 0 else { return }
    if isWeighted {
      weights.append(contentsOf: repeatElement(0, count: missing))
    } else {
      counts.append(contentsOf: repeatElement(0, count: missing))
    }
  }

  private mutating func add(_ indices: UnsafeBufferPointer<UInt32>, _ added: UnsafePointer<Double>?) {
    if let added {
      tessera_sum_indices(indices.count, indices.baseAddress, added, &weights)
    } else {
      tessera_count_indices(indices.count, indices.baseAddress, &counts)
    }
  }
}
