import CTesseraKernels
import TesseraCore

/// Elements of many positions, each beside the number of its position, its owner.
///
/// Memory: `bytesPerElement` each, in pages that are merged without being copied, and `itemSize` more once they are grouped.
struct OwnedElements: Sendable {
  private static let pageCount = 1 << 14

  private struct Page: Sendable {
    let elements: Buffer
    let owners: Buffer
    var count = 0

    init(itemSize: Int) {
      elements = Buffer(count: OwnedElements.pageCount * itemSize)
      owners = Buffer(count: OwnedElements.pageCount * MemoryLayout<UInt32>.size)
    }

    var owned: tessera_owned {
      tessera_owned(
        elements: elements.bytes.baseAddress!,
        owners: owners.bytes.bindMemory(to: UInt32.self).baseAddress!, count: count,
        room: OwnedElements.pageCount)
    }
  }

  let itemSize: Int
  private let mostPages: Int
  private var pages: [Page] = []
  /// Whether there was no room for some, which are gone then.
  private(set) var hasLost = false

  /// - Parameter memory: bytes that it may take, at least `leastMemory(itemSize:)`.
  init(itemSize: Int, memory: Int) {
    self.itemSize = itemSize
    mostPages = memory / OwnedElements.leastMemory(itemSize: itemSize)
    precondition(mostPages > 0)
  }

  static func leastMemory(itemSize: Int) -> Int { pageCount * bytesPerElement(itemSize: itemSize) }
  static func bytesPerElement(itemSize: Int) -> Int { itemSize + MemoryLayout<UInt32>.size }

  var count: Int { pages.reduce(0) { $0 + $1.count } }

  /// Lends room for at least `least` more, `leastRoom` at most.
  mutating func append(least: Int, _ write: (inout tessera_owned) -> Void) {
    precondition(least <= OwnedElements.leastRoom)
    if pages.last.map({ OwnedElements.pageCount - $0.count < least }) ?? true { startPage() }
    var owned = pages[pages.count - 1].owned
    write(&owned)
    pages[pages.count - 1].count = owned.count
  }

  static let leastRoom = Int(TESSERA_PIVOT_COLUMNS)

  /// Where there may be no further page, the last is written anew.
  private mutating func startPage() {
    if pages.count < mostPages {
      pages.append(Page(itemSize: itemSize))
    } else {
      hasLost = true
      pages[pages.count - 1].count = 0
    }
  }

  /// Takes the pages of another.
  mutating func merge(_ other: OwnedElements) {
    pages += other.pages
    hasLost = hasLost || other.hasLost
  }

  /// The elements owner by owner, and where those of each begin; the last number is that of all elements.
  func grouped(owners: Int) -> (elements: Buffer, starts: [Int]) {
    var starts = [Int](repeating: 0, count: owners + 1)
    for page in pages {
      let owned = page.owned
      for index in 0..<owned.count { starts[Int(owned.owners[index]) + 1] += 1 }
    }
    for owner in 0..<owners { starts[owner + 1] += starts[owner] }
    var next = starts
    let elements = Buffer(count: starts[owners] * itemSize)
    for page in pages {
      var owned = page.owned
      tessera_scatter_owned(itemSize, &owned, &next, elements.bytes.baseAddress!)
    }
    return (elements, starts)
  }
}
