import TesseraCore

/// The distinct rows of an array in ascending order. Rows that have a NaN are all distinct; in the order, NaN is above all else,
/// and of rows that do not differ in it the first comes first.
final class DistinctRows: Sendable {
  let layout: RowLayout
  private let tables: [RowTable]
  /// How many rows are in the tables before each, and so the number of its first row.
  private let starts: [Int]
  let count: Int
  /// The place in the order of each row, by number.
  private let ranks: [Int]
  /// Of rows with a NaN, where they are, ascending, and their numbers.
  private let lone: [(position: Int, number: Int)]

  /// - Parameter tables: by the last bits of hashes, a power of two of them, to which nothing is added any more.
  init(_ layout: RowLayout, _ tables: [RowTable]) {
    self.layout = layout
    self.tables = tables
    var starts: [Int] = []
    var count = 0
    for table in tables {
      starts.append(count)
      count += table.count
    }
    self.starts = starts
    self.count = count
    let rows = tables.flatMap { table in (0..<table.count).map { table.row($0) } }
    let firsts = tables.flatMap(\.firsts)
    let order = (0..<count).sorted { a, b in
      let difference = layout.compare(rows[a], rows[b])
      return difference == 0 ? firsts[a] < firsts[b] : difference < 0
    }
    var ranks = [Int](repeating: 0, count: count)
    for (rank, number) in order.enumerated() { ranks[number] = rank }
    self.ranks = ranks
    lone = zip(tables, starts).flatMap { table, start in
      table.lone.map { (position: table.firsts[$0], number: start + $0) }
    }
    .sorted { $0.position < $1.position }
  }

  /// What is kept in memory, about.
  var bytes: Int { count.saturatingMultiply(layout.bytes.saturatingAdd(RowTable.bytesPerRow)) }

  /// Copies the rows.
  func copy(into target: UnsafeMutableRawPointer) {
    forEach { table, number, rank in
      (target + rank * layout.bytes).copyMemory(from: table.row(number), byteCount: layout.bytes)
    }
  }

  /// Where each is first.
  func firsts() -> [Int64] { list { $0.firsts[$1] } }

  /// How often each occurs.
  func counts() -> [Int64] { list { $0.counts[$1] } }

  private func list(_ value: (RowTable, Int) -> Int) -> [Int64] {
    var list = [Int64](repeating: 0, count: count)
    forEach { table, number, rank in list[rank] = Int64(value(table, number)) }
    return list
  }

  private func forEach(_ body: (_ table: RowTable, _ number: Int, _ rank: Int) -> Void) {
    for (table, start) in zip(tables, starts) {
      for number in 0..<table.count { body(table, number, ranks[start + number]) }
    }
  }

  /// The place in the order of a row of the array; nil where the array had no such row there.
  func rank(of row: RowKey, at position: Int) -> Int? {
    if row.hasNaN { return number(ofLone: position).map { ranks[$0] } }
    let table = DistinctRows.table(row.hash, of: tables.count)
    return tables[table].number(of: row).map { ranks[starts[table] + $0] }
  }

  /// Which of so many tables has rows of a hash.
  static func table(_ hash: UInt64, of count: Int) -> Int { Int(truncatingIfNeeded: hash) & (count - 1) }

  private func number(ofLone position: Int) -> Int? {
    var range = lone.indices
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      if lone[middle].position == position { return lone[middle].number }
      range = lone[middle].position < position ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return nil
  }
}
