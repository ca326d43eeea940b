import TesseraCore
import TesseraEngine

/// For each query the nearest rows that were seen, of which there are at most so many.
///
/// Nearer is a lesser distance, then a lesser index; NaN is farther than everything. Each list is a heap with the farthest
/// at its top. One thread's at a time.
final class NearestLists {
  let queries: Int
  let capacity: Int
  private let memory: Buffer
  private let entries: UnsafeMutablePointer<Entry>
  private var counts: [Int]

  struct Entry: Equatable {
    var distance: Double
    var index: Int

    func isNearer(than other: Entry) -> Bool {
      if distance < other.distance { return true }
      if distance == other.distance || distance.isNaN && other.distance.isNaN { return index < other.index }
      return other.distance.isNaN && !distance.isNaN
    }
  }

  static func bytes(queries: Int, capacity: Int) -> Int {
    queries.saturatingMultiply(capacity.saturatingMultiply(MemoryLayout<Entry>.stride).saturatingAdd(8))
  }

  init(queries: Int, capacity: Int) {
    self.queries = queries
    self.capacity = capacity
    memory = Buffer(count: queries * capacity * MemoryLayout<Entry>.stride)
    entries = memory.bytes.baseAddress!.assumingMemoryBound(to: Entry.self)
    counts = [Int](repeating: 0, count: queries)
  }

  /// The distance above which nothing enters the query's list; NaN while everything does.
  func bound(_ query: Int) -> Double {
    counts[query] < capacity ? .nan : entries[query * capacity].distance
  }

  func insert(_ entry: Entry, query: Int) {
    let list = entries + query * capacity
    let count = counts[query]
    if count < capacity {
      list[count] = entry
      counts[query] = count + 1
      rise(list, count)
    } else if entry.isNearer(than: list[0]) {
      list[0] = entry
      sink(list, 0, count)
    }
  }

  /// Takes in what another one has.
  func merge(_ other: NearestLists) {
    for query in 0..<queries {
      for number in 0..<other.counts[query] {
        insert(other.entries[query * capacity + number], query: query)
      }
    }
  }

  /// Brings each list into order, nearest first; nothing may be inserted afterwards.
  func sort() {
    for query in 0..<queries {
      let list = entries + query * capacity
      for last in stride(from: counts[query] - 1, to: 0, by: -1) {
        (list[0], list[last]) = (list[last], list[0])
        sink(list, 0, last)
      }
    }
  }

  /// Of lists in order: (queries, capacity), int64.
  func indices() -> MemoryDriver {
    MemoryDriver(shape: Shape(known: [queries, capacity]), dtype: .int64) { target in
      let values = target.bindMemory(to: Int64.self)
      for number in 0..<queries * capacity { values[number] = Int64(entries[number].index) }
    }
  }

  /// Likewise, of a dtype that is float32 or float64.
  func distances(as dtype: DType, _ transform: (Double) -> Double) -> MemoryDriver {
    MemoryDriver(shape: Shape(known: [queries, capacity]), dtype: dtype) { target in
      for number in 0..<queries * capacity {
        let distance = transform(entries[number].distance)
        if dtype == .float32 {
          target.storeBytes(of: Float(distance), toByteOffset: number * 4, as: Float.self)
        } else {
          target.storeBytes(of: distance, toByteOffset: number * 8, as: Double.self)
        }
      }
    }
  }

  // MARK: The heap

  private func rise(_ list: UnsafeMutablePointer<Entry>, _ start: Int) {
    var place = start
    while place > 0 {
      let above = (place - 1) / 2
      guard list[above].isNearer(than: list[place]) else { return }
      (list[above], list[place]) = (list[place], list[above])
      place = above
    }
  }

  private func sink(_ list: UnsafeMutablePointer<Entry>, _ start: Int, _ count: Int) {
    var place = start
    while true {
      var farthest = place
      for below in [2 * place + 1, 2 * place + 2] where below < count {
        if list[farthest].isNearer(than: list[below]) { farthest = below }
      }
      if farthest == place { return }
      (list[farthest], list[place]) = (list[place], list[farthest])
      place = farthest
    }
  }
}
