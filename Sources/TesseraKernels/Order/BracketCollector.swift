import CTesseraKernels
package import TesseraCore

/// Gathers the keys that lie in the brackets, with the bracket of each.
///
/// Memory: 8 bytes per key, and 4 for its bracket if there are several, in arrays that grow by doubling.
package struct BracketCollector: Sendable {
  package let dtype: DType
  package let brackets: KeyBrackets
  /// Keys beyond this many are only counted: there are none unless the elements changed since they were counted.
  package let capacity: Int
  private var keys: [UInt64] = []
  private var owners: [UInt32] = []
  /// How many keys lay in the brackets.
  package private(set) var count = 0

  init(_ dtype: DType, _ brackets: KeyBrackets, capacity: Int) {
    self.dtype = dtype
    self.brackets = brackets
    self.capacity = capacity
  }

  /// Bytes per key when `brackets` are gathered, the room that growing and merging take included.
  static func bytesPerKey(brackets: Int) -> Int { 4 * (brackets > 1 ? 12 : 8) }

  private var hasOwners: Bool { brackets.count > 1 }

  /// Gathers from rows x columns adjacent elements; row r belongs to kept position `first` + r.
  package mutating func accumulateRows(
    first: Int, rows: Int, columns: Int, values: UnsafeRawPointer
  ) {
    let brackets = brackets
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: KeyTiles.size) { found in
      KeyTiles.eachOfRows(dtype, rows: rows, columns: columns, values: values) { row, count, keys in
        for bracket in brackets.starts[first + row]..<brackets.starts[first + row + 1] {
          let total = tessera_gather_keys(
            count, keys, brackets.lowers[Int(bracket)], UInt32(brackets.width), found.baseAddress!)
          append(found[..<total], repeatElement(bracket, count: total))
        }
      }
    }
  }

  /// Gathers from rows x columns adjacent elements; column c belongs to kept position `first` + c.
  package mutating func accumulateColumns(
    first: Int, rows: Int, columns: Int, values: UnsafeRawPointer
  ) {
    if columns == 1 {
      return accumulateRows(first: first, rows: 1, columns: rows, values: values)
    }
    let brackets = brackets
    // The loop writes one key beyond those it keeps.
    let room = KeyTiles.columns * brackets.most(in: first..<first + columns) + 1
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: room) { found in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: room) { owners in
        KeyTiles.eachOfColumns(dtype, rows: rows, columns: columns, values: values) { column, count, keys in
          let total = brackets.starts.withUnsafeBufferPointer { starts in
            tessera_gather_keys_columns(
              count, keys, starts.baseAddress! + first + column, brackets.lowers,
              UInt32(brackets.width), found.baseAddress!, owners.baseAddress!)
          }
          append(found[..<total], owners[..<total])
        }
      }
    }
  }

  private mutating func append(_ found: some Collection<UInt64>, _ brackets: some Collection<UInt32>) {
    count += found.count
    let room = capacity - keys.count
    keys.append(contentsOf: found.prefix(room))
    if hasOwners { owners.append(contentsOf: brackets.prefix(room)) }
  }

  /// Adds the keys of another part of the elements.
  package mutating func merge(_ other: BracketCollector) {
    let missed = other.count - other.keys.count
    append(other.keys, other.owners)
    count += missed
  }

  /// The keys sorted by bracket, and where each bracket's begin.
  func grouped() -> (keys: [UInt64], starts: [Int]) {
    guard hasOwners else { return (keys, [0, keys.count]) }
    var starts = [Int](repeating: 0, count: brackets.count + 1)
    for owner in owners { starts[Int(owner) + 1] += 1 }
    for bracket in 0..<brackets.count { starts[bracket + 1] += starts[bracket] }
    var next = starts
    let grouped = [UInt64](unsafeUninitializedCapacity: keys.count) { grouped, filled in
      for (key, owner) in zip(keys, owners) {
        grouped[next[Int(owner)]] = key
        next[Int(owner)] += 1
      }
      filled = keys.count
    }
    return (grouped, starts)
  }
}
