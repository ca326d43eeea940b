import CTesseraKernels
package import TesseraCore

/// An ascending list of keys without repetitions.
package final class KeySet: @unchecked Sendable {
  package let width: Int
  package private(set) var count: Int
  private let buffer: Buffer

  /// - Parameter write: fills the room for so many keys, and says how many there are.
  package init(width: Int, room: Int, _ write: (UnsafeMutableRawPointer) throws -> Int) rethrows {
    self.width = width
    buffer = Buffer(count: room * width)
    count = 0
    count = try write(buffer.bytes.baseAddress!)
  }

  /// - Parameter buffer: holds so many keys.
  init(width: Int, count: Int, _ buffer: Buffer) {
    (self.width, self.count, self.buffer) = (width, count, buffer)
  }

  package var bytes: UnsafeRawPointer { UnsafeRawPointer(buffer.bytes.baseAddress!) }

  /// The elements of a dtype as wide as the keys, in their place: the set is of no more use.
  package func becomeValues(_ dtype: DType) -> Buffer {
    precondition(width == dtype.itemSize)
    Buffer.withTemporary(SetKeys.tile * width) { tile in
      for start in stride(from: 0, to: count, by: SetKeys.tile) {
        let (piece, place) = (min(SetKeys.tile, count - start), buffer.bytes.baseAddress! + start * width)
        SetKeys.values(dtype, count: piece, keys: UnsafeRawPointer(place), into: tile.baseAddress!)
        place.copyMemory(from: tile.baseAddress!, byteCount: piece * width)
      }
    }
    return buffer
  }

  package subscript(place: Int) -> UInt128 {
    precondition(place >= 0 && place < count)
    return KeySet.key(width, at: bytes + place * width)
  }

  static func key(_ width: Int, at place: UnsafeRawPointer) -> UInt128 {
    switch width {
    case 2: UInt128(place.loadUnaligned(as: UInt16.self))
    case 4: UInt128(place.loadUnaligned(as: UInt32.self))
    case 8: UInt128(place.loadUnaligned(as: UInt64.self))
    default: place.loadUnaligned(as: UInt128.self)
    }
  }

  /// How many keys are below this one.
  package func lowerBound(_ key: UInt128) -> Int {
    if width < 16, key >> UInt128(8 * width) != 0 { return count }
    let words = [UInt64(truncatingIfNeeded: key), UInt64(truncatingIfNeeded: key >> 64)]
    return tessera_lower_bound(UInt32(width), count, bytes, words)
  }

  /// Leaves out all but the first keys.
  package func truncate(to count: Int) {
    precondition(count <= self.count)
    self.count = count
  }

  package func union(_ other: KeySet) -> KeySet {
    if count == 0 { return other }
    if other.count == 0 { return self }
    return KeySet(width: width, room: count + other.count) {
      tessera_merge_distinct(UInt32(width), count, bytes, other.count, other.bytes, $0)
    }
  }

  /// Those within a range.
  package func within(_ range: KeyRange) -> KeySet {
    let first = lowerBound(range.low)
    let end = range.high.map(lowerBound) ?? count
    if first == 0 {
      truncate(to: end)
      return self
    }
    return KeySet(width: width, room: max(0, end - first)) {
      $0.copyMemory(from: bytes + first * width, byteCount: max(0, end - first) * width)
      return max(0, end - first)
    }
  }
}
