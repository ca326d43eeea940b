import CTesseraKernels
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
      if isSpreading {
        let (taken, stop) = spreading.add(count - done, keys + done)
        done += taken
        switch stop {
        case nil: break
        case .full(let bucket): if !mark(bucket) { return done }
        case .tooMany:
          if !finish() { return done }
          isSpreading = false
          spreading = KeySpreading(memory: 0)
        }
      } else {
        let piece = count - done
        var fresh = 0
        let taken = mark(piece, keys + done, mostlyFresh: false, &fresh)
        done += taken
        if taken < piece { return done }
        isSpreading = spreading.isPossible && used > KeyPages.cachedPages && fresh > piece / 16
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

  /// Marks those that wait in a bucket; false when there is no page for all of them.
  private func mark(_ bucket: Int) -> Bool {
    let waiting = spreading.waiting(bucket)
    var fresh = 0
    let taken = mark(waiting.count, waiting.baseAddress!, mostlyFresh: true, &fresh)
    // What is left goes to the front.
    guard taken < waiting.count else {
      spreading.remove(taken, from: bucket)
      return true
    }
    UnsafeMutablePointer(mutating: waiting.baseAddress!).update(
      from: waiting.baseAddress! + taken, count: waiting.count - taken)
    spreading.remove(taken, from: bucket)
    return false
  }

  /// Marks all that wait; false when there is no page for all of them.
  func finish() -> Bool { spreading.waitingBuckets.allSatisfy { mark($0) } }

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
        body(tessera_page_keys(pages[number]!, UInt32(number), keys.baseAddress!), keys.baseAddress!)
      }
    }
    for bucket in spreading.waitingBuckets {
      let waiting = spreading.waiting(bucket)
      body(waiting.count, waiting.baseAddress!)
    }
  }

  /// The keys of all of them, ascending, written by several threads.
  ///
  /// - Parameter team: calls its argument for each number below the first, from as many threads.
  static func union(
    _ all: [KeyPages], parts: Int, _ team: (Int, @Sendable (Int) -> Void) throws -> Void
  ) rethrows -> KeySet {
    let numbers = (0..<KeyPages.numbers).filter { number in all.contains { $0.isOwn(number) } }
    let work = Union(numbers: numbers, all: all)
    @Sendable func part(_ index: Int) -> Range<Int> {
      numbers.count * index / parts..<numbers.count * (index + 1) / parts
    }
    try team(parts) { work.merge(part($0)) }
    let total = work.place()
    return try KeySet(width: 4, room: total) { keys in
      nonisolated(unsafe) let keys = keys.assumingMemoryBound(to: UInt32.self)
      try team(parts) { work.write(part($0), to: keys) }
      return total
    }
  }

  /// Pages of several sets, one after another; each thread has pages of its own.
  private final class Union: @unchecked Sendable {
    private let pages: [(number: Int, owners: [Page])]
    /// How many keys each page has, then where they begin.
    private let places: UnsafeMutableBufferPointer<Int>
    private let all: [KeyPages]

    init(numbers: [Int], all: [KeyPages]) {
      self.all = all
      pages = numbers.map { number in (number, all.compactMap { $0.page(number) }) }
      places = .allocate(capacity: max(1, pages.count))
    }

    deinit { places.deallocate() }

    func merge(_ part: Range<Int>) {
      for index in part {
        let owners = pages[index].owners
        for other in owners.dropFirst() { tessera_page_merge(owners[0], other) }
        places[index] = tessera_page_count(owners[0])
      }
    }

    /// Turns numbers of keys into places; returns how many there are.
    func place() -> Int {
      var next = 0
      for index in pages.indices { (places[index], next) = (next, next + places[index]) }
      return next
    }

    func write(_ part: Range<Int>, to keys: UnsafeMutablePointer<UInt32>) {
      for index in part {
        let page = pages[index]
        _ = tessera_page_keys(page.owners[0], UInt32(page.number), keys + places[index])
      }
    }
  }
}
