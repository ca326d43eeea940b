import CTesseraKernels
package import TesseraCore

/// Finds the places of elements in an ascending list of keys: by a table of the keys' upper bits, and bisection among the
/// keys that share them.
package final class KeyLocator: @unchecked Sendable {
  package let keys: KeySet
  private let dtype: DType
  private let starts: Buffer
  private var index: tessera_key_index

  /// Bits of the table's places: it stays in the second-level cache.
  private static let mostBits = 15

  /// - Parameter keys: at least one.
  package init(_ keys: KeySet, _ dtype: DType) {
    precondition(keys.count > 0)
    self.keys = keys
    self.dtype = dtype
    func upper(_ key: UInt128) -> UInt64 { UInt64(truncatingIfNeeded: keys.width == 16 ? key >> 64 : key) }
    let (low, high) = (upper(keys[0]), upper(keys[keys.count - 1]))
    let wanted = Int.bitWidth - (4 * keys.count).leadingZeroBitCount
    let span = UInt64.bitWidth - (high - low).leadingZeroBitCount
    let shift = max(0, span - min(wanted, KeyLocator.mostBits))
    let prefixes = Int((high - low) >> UInt64(shift)) + 1
    starts = Buffer(count: (prefixes + 1) * 8)
    let places = starts.bytes.baseAddress!.bindMemory(to: UInt64.self, capacity: prefixes + 1)
    index = tessera_key_index(
      width: UInt32(keys.width), shift: UInt32(shift), count: keys.count, prefixes: prefixes,
      keys: keys.bytes, low: low, starts: places)
    tessera_index_starts(&index, places)
  }

  /// Calls `body` for pieces of adjacent elements: the first's number, how many, their keys and places. A key that is
  /// above all has the place of the last one.
  package func forEachPiece(
    _ count: Int, _ values: UnsafeRawPointer,
    _ body: (_ first: Int, _ count: Int, _ keys: UnsafeRawPointer, _ places: UnsafeMutablePointer<Int64>) ->
      Void
  ) {
    let tile = SetKeys.tile
    withUnsafeTemporaryAllocation(byteCount: tile * keys.width, alignment: 16) { own in
      withUnsafeTemporaryAllocation(of: Int64.self, capacity: tile) { places in
        let (own, places) = (own.baseAddress!, places.baseAddress!)
        for first in stride(from: 0, to: count, by: tile) {
          let piece = min(tile, count - first)
          SetKeys.keys(dtype, count: piece, values: values + first * dtype.itemSize, into: own)
          withUnsafePointer(to: index) { tessera_locate_keys($0, piece, own, places) }
          body(first, piece, UnsafeRawPointer(own), places)
        }
      }
    }
  }

  /// Writes the place of each of adjacent elements.
  package func locate(_ count: Int, _ values: UnsafeRawPointer, into places: UnsafeMutableRawPointer) {
    forEachPiece(count, values) { first, count, _, found in
      (places + first * 8).copyMemory(from: found, byteCount: count * 8)
    }
  }

  /// Writes whether the list has each of adjacent elements, a byte each; or, inverted, whether it has not.
  package func contains(
    _ count: Int, _ values: UnsafeRawPointer, inverted: Bool, into result: UnsafeMutableRawPointer
  ) {
    let result = result.assumingMemoryBound(to: UInt8.self)
    forEachPiece(count, values) { first, count, keys, places in
      withUnsafePointer(to: index) {
        tessera_has_keys($0, count, keys, places, inverted ? 1 : 0, result + first)
      }
    }
  }

  /// Writes where each of adjacent elements would be put into a list with repetitions, of which `starts` says where the run
  /// of each key begins, and where the last one ends.
  ///
  /// - Parameter behind: whether behind those equal to it rather than before them.
  func insert(
    _ count: Int, _ values: UnsafeRawPointer, behind: Bool, starts: UnsafePointer<Int64>,
    into positions: UnsafeMutableRawPointer
  ) {
    forEachPiece(count, values) { first, count, keys, places in
      withUnsafePointer(to: index) {
        tessera_insert_keys($0, count, keys, starts, behind ? 1 : 0, places)
      }
      (positions + first * 8).copyMemory(from: places, byteCount: count * 8)
    }
  }

  /// Adds 1 to the counter of each element's place.
  package func count(_ count: Int, _ values: UnsafeRawPointer, into counts: UnsafeMutablePointer<UInt64>) {
    forEachPiece(count, values) { tessera_count_places($1, $3, counts) }
  }

  /// Lowers the first position of each element's place; the elements' own begin with `position`.
  ///
  /// - Parameter signs: of complex elements, those of the parts of the first: 1 for a real part below, 2 for an imaginary one.
  package func lower(
    _ count: Int, _ values: UnsafeRawPointer, position: Int, _ firsts: UnsafeMutablePointer<Int64>,
    signs: UnsafeMutablePointer<UInt8>?
  ) {
    forEachPiece(count, values) { first, count, keys, places in
      withUnsafePointer(to: index) {
        if let signs {
          return tessera_first_complex(
            $0, count, keys, values + first * dtype.itemSize, places, Int64(position + first), firsts, signs)
        }
        tessera_first_places($0, count, keys, places, Int64(position + first), firsts)
      }
    }
  }
}
