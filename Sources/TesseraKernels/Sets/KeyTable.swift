import CTesseraKernels
import TesseraCore

/// Keys and how often each occurred, in a hash table that grows while keys come again often enough.
final class KeyTable {
  private var table: tessera_key_table
  private var slots: Buffer
  private var seen = 0

  private static let leastBits = 10
  /// Up to so many slots a table fits the second-level cache, and grows whatever it is filled with.
  private static let cachedBits = 15
  /// Beyond that it does while this many keys come for each that is new.
  private static let reuse = 8

  init(width: Int) {
    (table, slots) = KeyTable.make(width, bits: KeyTable.leastBits)
  }

  private static func make(_ width: Int, bits: Int) -> (tessera_key_table, Buffer) {
    let bytes = tessera_slot_bytes(UInt32(width)) << bits
    let slots = Buffer(count: bytes)
    slots.bytes.initializeMemory(as: UInt8.self, repeating: 0)
    let table = tessera_key_table(
      width: UInt32(width), slot_bits: UInt32(bits), used: 0, most: 1 << (bits - 1),
      slots: slots.bytes.baseAddress!)
    return (table, slots)
  }

  var count: Int { table.used }

  /// Counts keys until the table is full; returns how many were taken.
  func add(_ count: Int, _ keys: UnsafeRawPointer) -> Int {
    let taken = withExtendedLifetime(slots) { tessera_table_count(&table, count, keys) }
    seen += taken
    return taken
  }

  /// Makes room for more, if that is worth it and the tables before and after take no more than `memory`.
  func grow(within memory: Int) -> Bool {
    let bits = Int(table.slot_bits) + 1
    let bytes = tessera_slot_bytes(table.width) << bits
    guard bits <= KeyTable.cachedBits || seen >= KeyTable.reuse * table.used, bytes + bytes / 2 <= memory
    else {
      return false
    }
    var (larger, room) = KeyTable.make(Int(table.width), bits: bits)
    withExtendedLifetime(slots) { tessera_table_move(&table, &larger) }
    swap(&slots, &room)
    table = larger
    return true
  }

  /// The keys in ascending order.
  func keys() -> KeySet {
    let width = Int(table.width)
    return KeySet(width: width, room: count) { keys in
      withExtendedLifetime(slots) { tessera_table_keys(&table, keys) }
      return Buffer.withTemporary(count * width) {
        tessera_sort_distinct(table.width, count, keys, $0.baseAddress!)
      }
    }
  }

  /// Adds to `counts` how often each of the keys occurred.
  func addCounts(of keys: KeySet, to counts: UnsafeMutablePointer<UInt64>) {
    withExtendedLifetime((slots, keys)) { tessera_table_lookup(&table, keys.count, keys.bytes, counts) }
  }
}
