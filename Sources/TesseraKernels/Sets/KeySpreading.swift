import CTesseraKernels
import TesseraCore

/// Keys of 4 bytes that wait, sorted into buckets by their upper bits, until there are many of a bucket: marked together,
/// they go to a part of a bitmap that fits the cache.
struct KeySpreading {
  private static let shift = 21
  private static let buckets = 1 << (32 - shift)
  /// Keys of a bucket: several for each line of its part of the bitmap.
  private static let capacity = 16 << 10
  private static let bucketBytes = capacity * 4
  /// Fewer buckets than that are not worth it.
  private static let leastBuckets = 32

  private let most: Int
  private var memory: [Buffer] = []
  private var keys = [UnsafeMutablePointer<UInt32>?](repeating: nil, count: buckets)
  private var counts = [UInt32](repeating: 0, count: buckets)

  /// Bytes for a bitmap that may take so many in all.
  static func memory(of all: Int) -> Int {
    all / 4 < leastBuckets * bucketBytes ? 0 : min(all / 4, buckets * bucketBytes)
  }

  init(memory: Int) { most = memory / KeySpreading.bucketBytes }

  /// Whether it may have any bucket.
  var isPossible: Bool { most > 0 }

  /// What stopped it from taking a key.
  enum Stop {
    case full(bucket: Int)
    case tooMany
  }

  /// Takes keys until a bucket is full or there would be too many of them; returns how many.
  mutating func add(_ count: Int, _ source: UnsafePointer<UInt32>) -> (taken: Int, stop: Stop?) {
    var done = 0
    while true {
      done += tessera_spread_keys(
        count - done, source + done, UInt32(KeySpreading.shift), UInt32(KeySpreading.capacity), keys, &counts)
      guard done < count else { return (done, nil) }
      let bucket = Int(source[done] >> UInt32(KeySpreading.shift))
      guard keys[bucket] == nil else { return (done, .full(bucket: bucket)) }
      guard memory.count < most else { return (done, .tooMany) }
      let buffer = Buffer(count: KeySpreading.bucketBytes)
      memory.append(buffer)
      keys[bucket] = buffer.bytes.baseAddress!.bindMemory(to: UInt32.self, capacity: KeySpreading.capacity)
    }
  }

  /// Those of a bucket that wait.
  func waiting(_ bucket: Int) -> UnsafeBufferPointer<UInt32> {
    UnsafeBufferPointer(start: keys[bucket], count: Int(counts[bucket]))
  }

  /// The buckets in which some wait.
  var waitingBuckets: [Int] { counts.indices.filter { counts[$0] > 0 } }

  /// Forgets the last so many of a bucket.
  mutating func remove(_ count: Int, from bucket: Int) { counts[bucket] -= UInt32(count) }
}
