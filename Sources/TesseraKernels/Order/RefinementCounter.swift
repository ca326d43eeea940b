import CTesseraKernels
package import TesseraCore

/// Counts, per bracket of every kept position, how many keys lie in each of its 2^`bits` equal bins.
///
/// Memory: 8 bytes per bin, bracket after bracket, and 8 bytes per kept position if NaNs are counted apart.
/// NaNs of float64 are in the last bin as well; those of shorter floats are above all bins.
package struct RefinementCounter: Sendable {
  package let dtype: DType
  package let brackets: KeyBrackets
  package let bits: Int
  /// Bin i of bracket b is element b * 2^bits + i.
  package private(set) var counts: [UInt64]
  /// NaNs per kept position; empty if they are not counted.
  package private(set) var nans: [UInt64]

  init(_ dtype: DType, _ brackets: KeyBrackets, bits: Int, countsNaN: Bool) {
    precondition((1...brackets.width).contains(bits))
    self.dtype = dtype
    self.brackets = brackets
    self.bits = bits
    counts = [UInt64](repeating: 0, count: brackets.count << bits)
    nans = [UInt64](repeating: 0, count: countsNaN ? brackets.kept : 0)
  }

  private var shift: UInt32 { UInt32(brackets.width - bits) }

  /// Counts rows x columns adjacent elements; row r belongs to kept position `first` + r.
  package mutating func accumulateRows(
    first: Int, rows: Int, columns: Int, values: UnsafeRawPointer
  ) {
    let (brackets, shift) = (brackets, shift)
    KeyTiles.eachOfRows(dtype, rows: rows, columns: columns, values: values) { row, count, keys in
      let position = first + row
      if !nans.isEmpty { nans[position] += UInt64(tessera_count_nan_keys(count, keys)) }
      counts.withUnsafeMutableBufferPointer { counts in
        for bracket in Int(brackets.starts[position])..<Int(brackets.starts[position + 1]) {
          let bins = counts.baseAddress! + bracket << bits
          tessera_count_keys(count, keys, brackets.lowers[bracket], shift, 1 << UInt64(bits), bins)
        }
      }
    }
  }

  /// Counts rows x columns adjacent elements; column c belongs to kept position `first` + c.
  package mutating func accumulateColumns(
    first: Int, rows: Int, columns: Int, values: UnsafeRawPointer
  ) {
    if columns == 1 {
      return accumulateRows(first: first, rows: 1, columns: rows, values: values)
    }
    let (brackets, shift) = (brackets, shift)
    KeyTiles.eachOfColumns(dtype, rows: rows, columns: columns, values: values) { column, count, keys in
      if !nans.isEmpty {
        nans.withUnsafeMutableBufferPointer {
          tessera_count_nan_keys_columns(count, keys, $0.baseAddress! + first + column)
        }
      }
      counts.withUnsafeMutableBufferPointer { counts in
        brackets.starts.withUnsafeBufferPointer { starts in
          tessera_count_keys_columns(
            count, keys, starts.baseAddress! + first + column, brackets.lowers, shift,
            1 << UInt64(bits), counts.baseAddress!)
        }
      }
    }
  }

  /// Adds the counts of another part of the elements.
  package mutating func merge(_ other: RefinementCounter) {
    precondition(counts.count == other.counts.count && nans.count == other.nans.count)
    for index in counts.indices { counts[index] &+= other.counts[index] }
    for index in nans.indices { nans[index] &+= other.nans[index] }
  }
}
