import CTesseraKernels
package import TesseraCore

/// Puts lines of adjacent elements in ascending order, as NumPy does: NaN last, complex numbers by real, then by imaginary
/// part.
///
/// Elements are sorted by `SetKeys`, by radix, so time hardly depends on their order. Equal elements keep theirs.
package struct LineSort: Sendable {
  private let dtype: DType
  private let columns: Int
  private let width: Int

  /// - Parameter columns: elements of a line.
  package init(_ dtype: DType, columns: Int) {
    self.dtype = dtype
    self.columns = columns
    width = SetKeys.width(dtype)
  }

  /// What positions are sorted with: a key and a position, where both fit; otherwise positions alone.
  private var pairBytes: Int? {
    if width < 8 { return columns <= Int(UInt32.max) ? 8 : nil }
    return width == 8 ? 16 : nil
  }

  /// Bytes of scratch that `sort` needs, aligned for 16.
  package var sortScratchBytes: Int { columns.saturatingMultiply(2 * width) }
  /// The same of `argsort`.
  package var argsortScratchBytes: Int {
    guard let pairBytes else { return columns.saturatingMultiply(width) }
    return columns.saturatingMultiply(2 * pairBytes)
  }

  /// Writes the elements in order; of NaNs one quiet one, and zeros that are part of a complex number without a sign.
  package func sort(
    _ line: UnsafeRawPointer, scratch: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer
  ) {
    SetKeys.keys(dtype, count: columns, values: line, into: scratch)
    tessera_sort_keys(UInt32(width), columns, scratch, scratch + columns * width)
    SetKeys.values(dtype, count: columns, keys: scratch, into: target)
    restoreNegativeZeros(of: line, keys: scratch, in: target)
  }

  /// Zeros of either sign have one key: those with a sign go before the others.
  private func restoreNegativeZeros(
    of line: UnsafeRawPointer, keys: UnsafeRawPointer, in target: UnsafeMutableRawPointer
  ) {
    let negative = tessera_count_negative_zeros(dtype.rawValue, columns, line)
    guard negative > 0 else { return }
    let itemSize = dtype.itemSize
    let zero: [UInt64] = [1 << UInt64(8 * itemSize - 1), 0]
    let first = tessera_lower_bound(UInt32(width), columns, keys, zero)
    for place in first..<first + negative {
      target.storeBytes(of: 0x80, toByteOffset: (place + 1) * itemSize - 1, as: UInt8.self)
    }
  }

  /// Writes the positions of the elements in order; of equal ones, and of NaNs, ascending.
  package func argsort(
    _ line: UnsafeRawPointer, scratch: UnsafeMutableRawPointer, into positions: UnsafeMutablePointer<Int64>
  ) {
    guard let pairBytes else { return compare(line, scratch: scratch, into: positions) }
    // Keys lie in the second half until they are in pairs.
    let (pairs, work) = (scratch, scratch + columns * pairBytes)
    SetKeys.keys(dtype, count: columns, values: line, into: work)
    tessera_number_keys(UInt32(width), columns, work, pairs)
    tessera_sort_keys(UInt32(pairBytes), columns, pairs, work)
    tessera_key_numbers(UInt32(width), columns, pairs, positions)
  }

  /// Sorts positions by comparing the keys they are of.
  private func compare(
    _ line: UnsafeRawPointer, scratch: UnsafeMutableRawPointer, into positions: UnsafeMutablePointer<Int64>
  ) {
    SetKeys.keys(dtype, count: columns, values: line, into: scratch)
    func sort<Key: FixedWidthInteger>(_: Key.Type) {
      let keys = scratch.assumingMemoryBound(to: Key.self)
      var all = UnsafeMutableBufferPointer(start: positions, count: columns)
      for place in all.indices { all[place] = Int64(place) }
      all.sort { (keys[Int($0)], $0) < (keys[Int($1)], $1) }
    }
    switch width {
    case 2: sort(UInt16.self)
    case 4: sort(UInt32.self)
    default: sort(UInt128.self)
    }
  }
}
