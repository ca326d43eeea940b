import CTesseraKernels
package import TesseraCore

/// One thread's distinct keys of the elements it sees, within so much memory.
///
/// Keys of 2 bytes are counted in a counter each. Others begin in a hash table, which counts them too. Where there are too
/// many for it, a bitmap tells which keys of 4 bytes there were, and wider ones become a list that is sorted. Bitmap and list
/// give up the upper part of the range when it has too much in it, which another pass then looks at.
package final class KeyCollector {
  enum Form {
    case counters(UnsafeMutableBufferPointer<UInt64>)
    case table(KeyTable)
    case pages(KeyPages)
    case list(KeyList)
    case finished(KeySet)
  }

  private let dtype: DType
  let width: Int
  private(set) var form: Form
  private let range: KeyRange
  private let memory: Int
  private let most: Int
  private let keys: Buffer

  /// - Parameters:
  ///   - range: keys outside are left out.
  ///   - most: as many elements as may come.
  package init(_ dtype: DType, range: KeyRange, memory: Int, most: Int) {
    self.dtype = dtype
    width = SetKeys.width(dtype)
    self.range = range
    self.memory = memory
    self.most = most
    keys = Buffer(count: SetKeys.tile * width)
    if width == 2 {
      let counters = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: 1 << 16)
      counters.initialize(repeating: 0)
      form = .counters(counters)
    } else if range == KeyRange() {
      form = .table(KeyTable(width: width))
    } else {
      form = KeyCollector.afterTable(width, range, memory, most)
    }
  }

  deinit {
    if case .counters(let counters) = form { counters.deallocate() }
  }

  private static func afterTable(_ width: Int, _ range: KeyRange, _ memory: Int, _ most: Int) -> Form {
    width == 4
      ? .pages(KeyPages(range: range, memory: memory / 2))
      : .list(KeyList(width: width, range: range, memory: memory, most: most))
  }

  /// Takes adjacent elements at any address.
  package func add(_ count: Int, _ values: UnsafeRawPointer) {
    for start in stride(from: 0, to: count, by: SetKeys.tile) {
      let piece = min(SetKeys.tile, count - start)
      withExtendedLifetime(keys) {
        let keys = keys.bytes.baseAddress!
        SetKeys.keys(dtype, count: piece, values: values + start * dtype.itemSize, into: keys)
        addKeys(piece, UnsafeRawPointer(keys))
      }
    }
  }

  private func addKeys(_ count: Int, _ keys: UnsafeRawPointer) {
    var done = 0
    while done < count {
      let rest = keys + done * width
      switch form {
      case .counters(let counters):
        tessera_count_small_keys(count, keys.assumingMemoryBound(to: UInt16.self), counters.baseAddress!)
        return
      case .list(let list):
        return list.add(count - done, rest)
      case .table(let table):
        done += table.add(count - done, rest)
        if done < count, !table.grow(within: memory) { leave(table) }
      case .pages(let pages):
        done += pages.add(count - done, rest.assumingMemoryBound(to: UInt32.self))
        if done < count { leave(pages) }
      case .finished: preconditionFailure("keys after the end")
      }
    }
  }

  private func leave(_ table: KeyTable) {
    let keys = table.keys()
    form = KeyCollector.afterTable(width, range, memory, most)
    addKeys(keys.count, keys.bytes)
  }

  private func leave(_ pages: KeyPages) {
    guard pages.isSparse else { return pages.giveUpHalf() }
    let list = KeyList(width: width, range: pages.range, memory: memory, most: most)
    pages.forEachPage { list.add($0, $1) }
    form = .list(list)
  }

  /// Sorts what there is; called when all elements were taken, by each thread for its own.
  package func finish() {
    while case .pages(let pages) = form, !pages.finish() { leave(pages) }
    if case .list(let list) = form {
      ceiling = list.range.high
      form = .finished(list.finish())
    } else if case .pages(let pages) = form {
      ceiling = pages.range.high
    }
  }

  /// Where the range that was gathered ends early.
  private(set) var ceiling: UInt128?

  /// The keys in ascending order.
  func keySet() -> KeySet {
    switch form {
    case .counters: preconditionFailure("counters are merged as they are")
    case .table(let table): table.keys()
    case .pages(let pages): KeyPages.union([pages], parts: 1) { $1(0) }
    case .list: preconditionFailure("a list is sorted by its own thread")
    case .finished(let keys): keys
    }
  }
}
