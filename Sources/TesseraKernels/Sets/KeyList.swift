import CTesseraKernels
import TesseraCore

/// Keys in the order they came, sorted whenever there is no room for more: an ascending list without repetitions, and
/// what came after it.
///
/// When distinct keys alone are too many, the upper half of them is given up, and the range that is gathered ends there.
final class KeyList {
  private let width: Int
  private let capacity: Int
  private var keys: Buffer
  private var sorted = 0
  private var count = 0
  private(set) var range: KeyRange

  /// - Parameters:
  ///   - memory: bytes that it takes at most while it sorts or merges.
  ///   - most: as many keys as may come.
  init(width: Int, range: KeyRange, memory: Int, most: Int) {
    self.width = width
    self.range = range
    capacity = max(16, min(memory / (2 * width), most))
    keys = Buffer(count: capacity * width)
  }

  /// Takes keys, those outside of the range left out.
  func add(_ added: Int, _ source: UnsafeRawPointer) {
    var done = 0
    while done < added {
      if count == capacity { compact() }
      let piece = min(capacity - count, added - done)
      var raw = range.raw
      count += withExtendedLifetime(keys) {
        tessera_select_range(
          UInt32(width), piece, source + done * width, &raw, keys.bytes.baseAddress! + count * width)
      }
      done += piece
    }
  }

  /// Sorts what came, and gives up the upper half of what would leave little room.
  private func compact() {
    sort()
    guard sorted > capacity / 4 * 3 else { return }
    let kept = capacity / 2
    range.high = withExtendedLifetime(keys) {
      KeySet.key(width, at: keys.bytes.baseAddress! + kept * width)
    }
    (sorted, count) = (kept, kept)
  }

  private func sort() {
    guard count > sorted else { return }
    let fresh = keys.bytes.baseAddress! + sorted * width
    let distinct = Buffer.withTemporary((count - sorted) * width) { work in
      tessera_sort_distinct(UInt32(width), count - sorted, fresh, work.baseAddress!)
    }
    if sorted == 0 {
      sorted = distinct
    } else {
      let merged = Buffer(count: capacity * width)
      sorted = withExtendedLifetime(keys) {
        tessera_merge_distinct(
          UInt32(width), sorted, keys.bytes.baseAddress!, distinct, fresh, merged.bytes.baseAddress!)
      }
      keys = merged
    }
    count = sorted
  }

  /// All that was gathered; the list is of no more use.
  func finish() -> KeySet {
    sort()
    return KeySet(width: width, count: sorted, keys)
  }
}
