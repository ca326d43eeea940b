import TesseraCore

/// Distinct rows, found by hash: their bytes as they first are, where that is, and how often they occur. Rows with a NaN equal
/// none, and each is one of its own.
///
/// One thread at a time adds rows; when all are there, any number may look them up.
final class RowTable: @unchecked Sendable {
  private let layout: RowLayout
  private let rowsPerSegment: Int
  private var segments: [Buffer] = []
  private var hashes: [UInt64] = []
  private(set) var firsts: [Int] = []
  private(set) var counts: [Int] = []
  /// The numbers of rows with a NaN.
  private(set) var lone: [Int] = []
  /// One more than the numbers of rows; 0 where there is none.
  private var slots = [UInt32](repeating: 0, count: 64)
  private var used = 0

  /// What rows are kept in, if one is not larger: a part of it may stay free.
  static let segmentBytes = 64 << 10

  /// What a row takes beside its bytes: the lists here while they grow, and what puts them in order.
  static let bytesPerRow = 192

  init(_ layout: RowLayout) {
    self.layout = layout
    rowsPerSegment = max(1, RowTable.segmentBytes / max(1, layout.bytes))
  }

  var count: Int { firsts.count }

  /// The bytes of a row.
  func row(_ number: Int) -> UnsafeRawPointer { UnsafeRawPointer(place(number)) }

  private func place(_ number: Int) -> UnsafeMutableRawPointer {
    segments[number / rowsPerSegment].bytes.baseAddress! + number % rowsPerSegment * layout.bytes
  }

  /// The number of a row that is there, has no NaN, and equals this one.
  func number(of row: RowKey) -> Int? {
    if row.hasNaN { return nil }
    var slot = slot(row.hash)
    while slots[slot] != 0 {
      let number = Int(slots[slot]) - 1
      if hashes[number] == row.hash, layout.isEqual(row, self.row(number)) { return number }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Counts a row, which stands for its equals where it is the first of them.
  ///
  /// - Returns: whether there was none.
  func add(_ row: RowKey, at position: Int) -> Bool {
    guard let known = number(of: row) else {
      append(row, position)
      return true
    }
    counts[known] += 1
    if position < firsts[known] {
      firsts[known] = position
      // Zeros may have other signs.
      place(known).copyMemory(from: row.bytes, byteCount: layout.bytes)
    }
    return false
  }

  private func append(_ row: RowKey, _ position: Int) {
    let number = count
    if number % rowsPerSegment == 0 { segments.append(Buffer(count: rowsPerSegment * layout.bytes)) }
    place(number).copyMemory(from: row.bytes, byteCount: layout.bytes)
    firsts.append(position)
    counts.append(1)
    hashes.append(row.hash)
    guard !row.hasNaN else { return lone.append(number) }
    if 2 * (used + 1) > slots.count { grow() }
    insert(number)
    used += 1
  }

  /// What tells tables apart is in the last bits.
  private func slot(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 8) & (slots.count - 1) }

  private func insert(_ number: Int) {
    var slot = slot(hashes[number])
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = UInt32(number) + 1
  }

  private func grow() {
    let old = slots
    slots = [UInt32](repeating: 0, count: 2 * old.count)
    for entry in old where entry != 0 { insert(Int(entry) - 1) }
  }
}
