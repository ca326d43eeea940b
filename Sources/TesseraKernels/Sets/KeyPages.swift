import CTesseraKernels
import Synchronization
import TesseraCore

/// A set of keys of 4 bytes as bits, in pages of 65536 that are there once one of their keys is: in order without sorting,
/// and dense where values are.
///
/// When there are too many pages, the upper half is given up, and the range that is gathered ends there.
final class KeyPages {
  typealias Page = UnsafeMutablePointer<UInt64>

  static let bytesPerPage = Int(TESSERA_PAGE_WORDS) * 8
  private static let numbers = 1 << 16
  /// Pages that are allocated together.
  private static let slabPages = 32

  private let pages: UnsafeMutablePointer<Page?>
  private var slabs: [Buffer] = []
  private var free: [Page] = []
  private var used = 0
  private let memory: Int
  private let most: Int
  /// What stands for all pages outside of the range, whose keys then need no look.
  private let outside: Page
  private(set) var range: KeyRange
  private var spreading: KeySpreading
  /// Whether keys wait to be marked together: once many are new in a bitmap that leaves the cache.
  private var isSpreading = false

  /// - Parameter memory: bytes that it takes at most.
  init(range: KeyRange, memory: Int) {
    self.range = range
    self.memory = memory
    let spreadingBytes = KeySpreading.memory(of: memory)
    spreading = KeySpreading(memory: spreadingBytes)
    most = max(2, (memory - spreadingBytes - KeyPages.fixedBytes) / KeyPages.bytesPerPage)
    pages = .allocate(capacity: KeyPages.numbers)
    pages.initialize(repeating: nil, count: KeyPages.numbers)
    outside = .allocate(capacity: Int(TESSERA_PAGE_WORDS))
    outside.initialize(repeating: .max, count: Int(TESSERA_PAGE_WORDS))
    let first = Int(range.low >> 16)
    for number in 0..<min(first, KeyPages.numbers) { pages[number] = outside }
  }

  deinit {
    pages.deallocate()
    outside.deallocate()
  }

  /// The list of pages, and the page for what is outside.
  static let fixedBytes = numbers * 8 + bytesPerPage

  /// Takes keys until one needs a page more than there may be; returns how many were taken.
  func add(_ count: Int, _ keys: UnsafePointer<UInt32>) -> Int {
    var done = 0
    while done < count {
      let piece = count - done
      guard isSpreading else {
        var fresh = 0
        let taken = mark(piece, keys + done, mostlyFresh: false, &fresh)
        done += taken
        if taken < piece { return done }
        isSpreading = spreading.isPossible && used > KeyPages.cachedPages && fresh > piece / 16
        continue
      }
      done += spreading.add(piece, keys + done)
      if done < count {
        let isWorthwhile = spreading.isWorthwhile
        if !markWaiting() { return done }
        if !isWorthwhile {
          isSpreading = false
          spreading = KeySpreading(memory: 0)
        }
      }
    }
    return done
  }

  /// Pages that stay in the second-level cache.
  private static let cachedPages = 48

  private func mark(
    _ count: Int, _ keys: UnsafePointer<UInt32>, mostlyFresh: Bool, _ fresh: inout Int
  ) -> Int {
    var done = 0
    while true {
      done += tessera_mark_keys(count - done, keys + done, pages, mostlyFresh ? 1 : 0, &fresh)
      guard done < count, let page = makePage() else { return done }
      pages[Int(keys[done] >> 16)] = page
    }
  }

  /// Marks all that wait; false when there is no page for all of them, of which some may then be marked already.
  private func markWaiting() -> Bool {
    for bucket in spreading.waitingBuckets {
      for waiting in spreading.waiting(bucket) {
        var fresh = 0
        guard mark(waiting.count, waiting.baseAddress!, mostlyFresh: true, &fresh) == waiting.count
        else {
          return false
        }
      }
      spreading.clear(bucket)
    }
    return true
  }

  /// Leaves no more waiting than a bitmap of all their buckets is worth; false when there is no page for all of them.
  func finish() -> Bool {
    spreading.waitingBuckets.count * KeyPages.bucketBytes <= memory || markWaiting()
  }

  private static let bucketPages = 1 << (KeySpreading.shift - 16)
  private static let bucketBytes = bucketPages * bytesPerPage

  private func makePage() -> Page? {
    if free.isEmpty {
      let count = min(KeyPages.slabPages, most - slabs.count * KeyPages.slabPages)
      guard count > 0 else { return nil }
      let slab = Buffer(count: count * KeyPages.bytesPerPage)
      let words = slab.bytes.initializeMemory(as: UInt64.self, repeating: 0)
      slabs.append(slab)
      free = (0..<count).reversed().map { words.baseAddress! + $0 * Int(TESSERA_PAGE_WORDS) }
    }
    used += 1
    return free.removeLast()
  }

  private func isOwn(_ number: Int) -> Bool { pages[number] != nil && pages[number] != outside }

  /// The pages that are there, ascending.
  var ownNumbers: [Int] { (0..<KeyPages.numbers).filter(isOwn) }

  /// The page of that number; nil where there is none.
  func page(_ number: Int) -> Page? { isOwn(number) ? pages[number] : nil }

  /// Gives up the pages above half of those that are there.
  func giveUpHalf() {
    let own = ownNumbers
    let first = own[own.count / 2]
    for number in own[(own.count / 2)...] {
      pages[number]!.update(repeating: 0, count: Int(TESSERA_PAGE_WORDS))
      free.append(pages[number]!)
      used -= 1
    }
    for number in first..<KeyPages.numbers { pages[number] = outside }
    range.high = UInt128(first) << 16
  }

  /// Whether a list would take a quarter of the memory.
  var isSparse: Bool {
    let keys = ownNumbers.reduce(0) { $0 + Int(tessera_page_count(pages[$1]!)) }
    return keys * 4 * 4 <= used * KeyPages.bytesPerPage
  }

  /// Calls `body` with the keys of one page after another, and those that wait.
  func forEachPage(_ body: (Int, UnsafeRawPointer) -> Void) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 1 << 16) { keys in
      for number in ownNumbers {
        body(
          tessera_page_keys(pages[number]!, UInt32(number), keys.baseAddress!), keys.baseAddress!)
      }
    }
    for waiting in spreading.waitingBuckets.flatMap({ spreading.waiting($0) }) {
      body(waiting.count, waiting.baseAddress!)
    }
  }

  /// The keys of all of them, ascending, written by several threads.
  ///
  /// - Parameter team: calls its argument for each number below the first, from as many threads.
  static func union(
    _ all: [KeyPages], parts: Int, _ team: (Int, @Sendable (Int) -> Void) throws -> Void
  ) rethrows -> KeySet {
    let work = Union(all)
    try team(parts) { part in
      while let bucket = work.next() { work.gather(bucket) }
    }
    let total = work.place()
    return try KeySet(width: 4, room: total) { keys in
      nonisolated(unsafe) let keys = keys.assumingMemoryBound(to: UInt32.self)
      try team(parts) { part in
        while let bucket = work.next() { work.write(bucket, to: keys) }
      }
      return total
    }
  }

  /// Bitmaps of several sets, bucket by bucket; each bucket is one thread's at a time.
  private final class Union: @unchecked Sendable {
    private struct Bucket {
      var pages: [(number: Int, page: Page)] = []
      /// How many keys it has, then where they begin.
      var place = 0
      /// Of pages that are made here.
      var memory: Buffer?
    }

    private let all: [KeyPages]
    private let buckets: UnsafeMutableBufferPointer<Bucket>
    private let taken = Atomic<Int>(0)

    init(_ all: [KeyPages]) {
      self.all = all
      buckets = .allocate(capacity: KeySpreading.buckets)
      buckets.initialize(repeating: Bucket())
    }

    deinit {
      buckets.deinitialize()
      buckets.deallocate()
    }

    /// The number of a bucket that nobody has taken yet.
    func next() -> Int? {
      let number = taken.wrappingAdd(1, ordering: .relaxed).oldValue
      return number < buckets.count ? number : nil
    }

    /// Makes one bitmap of all that there is of a bucket, and counts its keys.
    func gather(_ bucket: Int) {
      let waiting = all.flatMap { $0.spreading.waiting(bucket) }
      let numbers = bucket * KeyPages.bucketPages..<(bucket + 1) * KeyPages.bucketPages
      if !waiting.isEmpty { makePages(for: bucket) }
      for number in numbers {
        var owners = all.compactMap { $0.page(number) }
        if let made = buckets[bucket].memory {
          let words = made.bytes.baseAddress!.assumingMemoryBound(to: UInt64.self)
          owners.insert(words + (number - numbers.lowerBound) * Int(TESSERA_PAGE_WORDS), at: 0)
        }
        guard let first = owners.first else { continue }
        for other in owners.dropFirst() { tessera_page_merge(first, other) }
        buckets[bucket].pages.append((number, first))
      }
      mark(waiting, in: bucket, numbers)
      buckets[bucket].place = buckets[bucket].pages.reduce(0) { $0 + tessera_page_count($1.page) }
    }

    private func makePages(for bucket: Int) {
      let memory = Buffer(count: KeyPages.bucketBytes)
      memory.bytes.initializeMemory(as: UInt64.self, repeating: 0)
      buckets[bucket].memory = memory
    }

    /// Those outside of the range are cut off when all are there.
    private func mark(
      _ waiting: [UnsafeBufferPointer<UInt32>], in bucket: Int, _ numbers: Range<Int>
    ) {
      guard !waiting.isEmpty else { return }
      withUnsafeTemporaryAllocation(of: Page?.self, capacity: numbers.count) { own in
        for (place, page) in buckets[bucket].pages.enumerated() { own[place] = page.page }
        var fresh = 0
        for keys in waiting {
          _ = tessera_mark_keys(
            keys.count, keys.baseAddress!, own.baseAddress! - numbers.lowerBound, 1, &fresh)
        }
      }
    }

    /// Turns numbers of keys into places; returns how many there are.
    func place() -> Int {
      var next = 0
      for index in buckets.indices {
        (buckets[index].place, next) = (next, next + buckets[index].place)
      }
      taken.store(0, ordering: .relaxed)
      return next
    }

    func write(_ bucket: Int, to keys: UnsafeMutablePointer<UInt32>) {
      var place = buckets[bucket].place
      for (number, page) in buckets[bucket].pages {
        place += tessera_page_keys(page, UInt32(number), keys + place)
      }
    }
  }
}
