package import TesseraCore

/// The distinct keys of a range of all elements.
package struct CollectedKeys {
  package var keys: KeySet
  /// How often each occurred; nil where that is not known.
  package var counts: [UInt64]?
  /// Where the next range begins; nil when there is nothing left.
  package var ceiling: UInt128?
}

extension KeyCollector {
  /// The keys of all threads, which have finished.
  ///
  /// - Parameters:
  ///   - range: what was gathered.
  ///   - team: calls its argument for each number below the first, from as many threads.
  package static func merge(
    _ all: [KeyCollector], _ dtype: DType, range: KeyRange, threads: Int,
    _ team: (Int, @Sendable (Int) -> Void) throws -> Void
  ) rethrows -> CollectedKeys {
    if SetKeys.width(dtype) == 2 { return countersMerged(all) }
    let tables = all.compactMap { if case .table(let table) = $0.form { table } else { nil } }
    if tables.count == all.count { return tablesMerged(all, tables, SetKeys.width(dtype)) }
    var range = range
    range.high = all.compactMap(\.ceiling).min()
    let pages = all.compactMap { if case .pages(let pages) = $0.form { pages } else { nil } }
    if pages.count == all.count {
      let keys = try KeyPages.union(pages, parts: threads, team)
      return CollectedKeys(keys: keys.within(range), counts: nil, ceiling: range.high)
    }
    let none = KeySet(width: SetKeys.width(dtype), room: 0) { _ in 0 }
    let keys = all.reduce(none) { $0.union($1.keySet()) }
    return CollectedKeys(keys: keys.within(range), counts: nil, ceiling: range.high)
  }

  private static func countersMerged(_ all: [KeyCollector]) -> CollectedKeys {
    var counts = [UInt64](repeating: 0, count: 1 << 16)
    for case .counters(let counters) in all.map(\.form) {
      for key in counts.indices { counts[key] += counters[key] }
    }
    let keys = KeySet(width: 2, room: 1 << 16) { target in
      let present = counts.indices.filter { counts[$0] > 0 }
      let keys = target.assumingMemoryBound(to: UInt16.self)
      for (place, key) in present.enumerated() { keys[place] = UInt16(key) }
      return present.count
    }
    return CollectedKeys(keys: keys, counts: counts.filter { $0 > 0 }, ceiling: nil)
  }

  private static func tablesMerged(
    _ all: [KeyCollector], _ tables: [KeyTable], _ width: Int
  ) -> CollectedKeys {
    let keys = tables.reduce(KeySet(width: width, room: 0) { _ in 0 }) { $0.union($1.keys()) }
    var counts = [UInt64](repeating: 0, count: keys.count)
    counts.withUnsafeMutableBufferPointer { counts in
      guard let counts = counts.baseAddress else { return }
      for table in tables { table.addCounts(of: keys, to: counts) }
    }
    return CollectedKeys(keys: keys, counts: counts, ceiling: nil)
  }
}
