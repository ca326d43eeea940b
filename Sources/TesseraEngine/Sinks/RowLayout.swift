import Glibc
import TesseraCore
import TesseraKernels

/// What rows of an array are told apart by: keys of their elements, which are equal where the elements are and sort as they do.
struct RowLayout: Sendable {
  let dtype: DType
  /// Elements of a row, of which there are any.
  let count: Int
  private let keyWidth: Int
  /// What hashes begin with, another one each time: of a known one, rows can be made that all have the same hash, and each
  /// of them is compared with all others.
  private let seed = UInt64.random(in: .min ... .max)

  init(_ dtype: DType, count: Int) {
    self.dtype = dtype
    self.count = count
    keyWidth = SetKeys.width(dtype)
  }

  /// Of a row.
  var bytes: Int { count.saturatingMultiply(dtype.itemSize) }
  private var keyBytes: Int { count.saturatingMultiply(keyWidth) }

  /// Of a row that is put together, its keys, and those of another one, each aligned.
  var scratchBytes: Int { rowRoom.saturatingAdd(keyRoom.saturatingMultiply(2)) }
  var rowRoom: Int { bytes.saturatingAdd(63) / 64 * 64 }
  var keyRoom: Int { keyBytes.saturatingAdd(63) / 64 * 64 }

  /// A row and what it is found by.
  ///
  /// - Parameters:
  ///   - keys: memory for its keys.
  ///   - spare: memory for the keys of rows that it is compared with.
  func key(
    of row: UnsafeRawPointer, into keys: UnsafeMutableRawPointer, spare: UnsafeMutableRawPointer
  ) -> RowKey {
    SetKeys.keys(dtype, count: count, values: row, into: keys)
    let own = UnsafeRawPointer(keys)
    return RowKey(bytes: row, keys: own, spare: spare, hash: hash(own), hasNaN: hasNaN(own))
  }

  /// Whether another row, with no NaN either, has equal elements. Zeros of either sign are equal.
  func isEqual(_ row: RowKey, _ other: UnsafeRawPointer) -> Bool {
    if memcmp(row.bytes, other, bytes) == 0 { return true }
    SetKeys.keys(dtype, count: count, values: other, into: row.spare)
    return memcmp(row.keys, row.spare, keyBytes) == 0
  }

  /// Below 0 where the first row comes before the second one, 0 where neither does: by the first elements that differ, NaN
  /// above all else.
  func compare(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer) -> Int {
    var element = 0
    while let byte = RowLayout.firstDifference(a, b, element * dtype.itemSize..<bytes) {
      element = byte / dtype.itemSize
      let (first, second) = (key(a, element), key(b, element))
      if first != second { return first < second ? -1 : 1 }
      element += 1
    }
    return 0
  }

  private func key(_ row: UnsafeRawPointer, _ element: Int) -> UInt128 {
    var key: UInt128 = 0
    withUnsafeMutableBytes(of: &key) { bytes in
      SetKeys.keys(dtype, count: 1, values: row + element * dtype.itemSize, into: bytes.baseAddress!)
    }
    return UInt128(littleEndian: key)
  }

  private static func firstDifference(
    _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ range: Range<Int>
  ) -> Int? {
    var place = range.lowerBound
    while place + 8 <= range.upperBound {
      let first = a.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      let second = b.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      if first != second {
        return place + (first.littleEndian ^ second.littleEndian).trailingZeroBitCount / 8
      }
      place += 8
    }
    return (place..<range.upperBound).first {
      a.load(fromByteOffset: $0, as: UInt8.self) != b.load(fromByteOffset: $0, as: UInt8.self)
    }
  }

  private func hash(_ keys: UnsafeRawPointer) -> UInt64 {
    var hash = seed
    func mix(_ word: UInt64) {
      let product = (hash ^ word).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
      hash = product.high ^ product.low &+ 0xE703_7ED1_A0B4_28DB
    }
    var place = 0
    while place + 8 <= keyBytes {
      mix(keys.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      place += 8
    }
    var rest: UInt64 = 0
    while place < keyBytes {
      rest = rest << 16 | UInt64(keys.loadUnaligned(fromByteOffset: place, as: UInt16.self))
      place += 2
    }
    mix(rest)
    return hash
  }

  private func hasNaN(_ keys: UnsafeRawPointer) -> Bool {
    guard let least = SetKeys.leastNaN(dtype) else { return false }
    switch keyWidth {
    case 2: return hasKey(from: UInt16(least), keys)
    case 4: return hasKey(from: UInt32(least), keys)
    case 8: return hasKey(from: UInt64(least), keys)
    default: return hasKey(from: least, keys)
    }
  }

  private func hasKey<Key: FixedWidthInteger & BitwiseCopyable>(
    from least: Key, _ keys: UnsafeRawPointer
  ) -> Bool {
    for place in 0..<count
    where keys.loadUnaligned(fromByteOffset: place * MemoryLayout<Key>.stride, as: Key.self) >= least {
      return true
    }
    return false
  }
}

/// A row as it is looked up, for as long as its memory lasts.
struct RowKey {
  let bytes: UnsafeRawPointer
  let keys: UnsafeRawPointer
  /// For the keys of rows that it is compared with.
  let spare: UnsafeMutableRawPointer
  let hash: UInt64
  /// Whether it has a NaN, and so equals no row.
  let hasNaN: Bool
}
