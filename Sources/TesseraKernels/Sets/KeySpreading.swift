import CTesseraKernels
import TesseraCore

/// Keys of 4 bytes that wait in buckets by their upper bits: those of a bucket are marked together, in a part of a bitmap that
/// fits the cache.
struct KeySpreading {
  typealias Keys = UnsafeMutablePointer<UInt32>

  static let shift = 21
  static let buckets = 1 << (32 - shift)
  private static let capacity = 16 << 10
  private static let chunkBytes = capacity * 4
  /// Less memory than for that many chunks is not worth it.
  private static let leastChunks = 32

  private let most: Int
  private var memory: [Buffer] = []
  private var free: [Keys] = []
  /// Of each bucket the chunk that is being filled, how many keys it has, and the full ones.
  private var current = [Keys?](repeating: nil, count: buckets)
  private var counts = [UInt32](repeating: 0, count: buckets)
  private var full = [[Keys]](repeating: [], count: buckets)

  /// Bytes for a bitmap that may take so many in all.
  static func memory(of all: Int) -> Int {
    let share = all / 8 * 5
    return share < leastChunks * chunkBytes ? 0 : share
  }

  init(memory: Int) { most = memory / KeySpreading.chunkBytes }

  /// Whether any keys may wait.
  var isPossible: Bool { most > 0 }

  /// Takes keys until there is no memory for more; returns how many.
  mutating func add(_ count: Int, _ source: UnsafePointer<UInt32>) -> Int {
    var done = 0
    while true {
      done += tessera_spread_keys(
        count - done, source + done, UInt32(KeySpreading.shift), UInt32(KeySpreading.capacity),
        current, &counts)
      guard done < count, let chunk = makeChunk() else { return done }
      let bucket = Int(source[done] >> UInt32(KeySpreading.shift))
      if let own = current[bucket] { full[bucket].append(own) }
      (current[bucket], counts[bucket]) = (chunk, 0)
    }
  }

  private mutating func makeChunk() -> Keys? {
    if let chunk = free.popLast() { return chunk }
    guard memory.count < most else { return nil }
    let buffer = Buffer(count: KeySpreading.chunkBytes)
    memory.append(buffer)
    return buffer.bytes.baseAddress!.bindMemory(to: UInt32.self, capacity: KeySpreading.capacity)
  }

  /// The buckets in which keys wait.
  var waitingBuckets: [Int] { current.indices.filter { current[$0] != nil } }

  /// Whether buckets have filled more than a chunk or two each.
  var isWorthwhile: Bool { memory.count >= 2 * waitingBuckets.count }

  /// Those of a bucket that wait, chunk by chunk.
  func waiting(_ bucket: Int) -> [UnsafeBufferPointer<UInt32>] {
    guard let own = current[bucket] else { return [] }
    return full[bucket].map { UnsafeBufferPointer(start: $0, count: KeySpreading.capacity) }
      + [UnsafeBufferPointer(start: own, count: Int(counts[bucket]))]
  }

  /// Forgets those of a bucket.
  mutating func clear(_ bucket: Int) {
    free += full[bucket] + (current[bucket].map { [$0] } ?? [])
    (current[bucket], counts[bucket], full[bucket]) = (nil, 0, [])
  }
}
