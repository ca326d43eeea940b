import CTesseraKernels
import TesseraCore

/// Elements in memory owner by owner, to select from.
struct ElementGroups {
  private let dtype: DType
  private let elements: Buffer
  private let starts: [Int]

  init(_ owned: OwnedElements, _ dtype: DType, owners: Int) {
    self.dtype = dtype
    (elements, starts) = owned.grouped(owners: owners)
  }

  /// Lends what selects keys by rank from one owner's elements after the other's.
  func withSelector<Result>(_ body: (inout Selector) throws -> Result) rethrows -> Result {
    let most = zip(starts, starts.dropFirst()).reduce(0) { max($0, $1.1 - $1.0) }
    return try Buffer.withTemporary(most * ElementGroups.scratchBytes) { scratch in
      var selector = Selector(groups: self, words: scratch.bindMemory(to: UInt64.self), most: most)
      return try body(&selector)
    }
  }

  /// Bytes for each element of the largest group: its key, twice.
  static let scratchBytes = 2 * MemoryLayout<UInt64>.size

  struct Selector {
    fileprivate let groups: ElementGroups
    fileprivate let words: UnsafeMutableBufferPointer<UInt64>
    fileprivate let most: Int
    /// Elements of the owner that is open, and how many of them are NaN, which are the last.
    private(set) var count = 0
    private(set) var nans = 0

    fileprivate init(groups: ElementGroups, words: UnsafeMutableBufferPointer<UInt64>, most: Int) {
      self.groups = groups
      self.words = words
      self.most = most
    }

    /// Makes the keys of one owner's elements.
    mutating func open(_ owner: Int) {
      let start = groups.starts[owner]
      count = groups.starts[owner + 1] - start
      nans = 0
      guard count > 0 else { return }
      let values = groups.elements.bytes.baseAddress! + start * groups.dtype.itemSize
      OrderedKeys.keys(groups.dtype, count: count, values: values, into: words.baseAddress!)
      if groups.dtype.kind == .floating { nans = tessera_count_nan_keys(count, words.baseAddress!) }
    }

    /// The key that is at place `rank` when they are sorted.
    func key(ofRank rank: Int) -> UInt64 {
      var key: UInt64 = 0
      var wanted = UInt64(rank)
      tessera_select_keys(count, words.baseAddress!, words.baseAddress! + most, 1, &wanted, &key)
      return key
    }

    /// The keys of several ranks, ascending; the second of two neighbours costs little.
    func keys(ofRanks ranks: [UInt64]) -> [UInt64] {
      if ranks.isEmpty { return [] }
      var keys = [UInt64](repeating: 0, count: ranks.count)
      tessera_select_keys(count, words.baseAddress!, words.baseAddress! + most, ranks.count, ranks, &keys)
      return keys
    }
  }
}
