import TesseraCore

/// Cuts elements that come one after another into rows, and makes their keys.
struct RowAssembler {
  private let layout: RowLayout
  /// The beginning of a row that goes on in what comes next.
  private let row: UnsafeMutableRawPointer
  private let keys: UnsafeMutableRawPointer
  private let spare: UnsafeMutableRawPointer
  private var filled = 0

  /// - Parameter scratch: aligned memory, as much as the layout says.
  init(_ layout: RowLayout, scratch: UnsafeMutableRawPointer) {
    self.layout = layout
    row = scratch
    keys = scratch + layout.rowRoom
    spare = keys + layout.keyRoom
  }

  /// Begins with the first element of a row.
  mutating func begin() { filled = 0 }

  /// Calls `body` with each row that ends among the elements.
  mutating func take(
    _ count: Int, _ values: UnsafeRawPointer, _ body: (RowKey) throws -> Void
  ) rethrows {
    let itemSize = layout.dtype.itemSize
    var place = 0
    while place < count {
      let next = values + place * itemSize
      if filled == 0, count - place >= layout.count {
        place += layout.count
        try body(layout.key(of: next, into: keys, spare: spare))
        continue
      }
      let part = min(layout.count - filled, count - place)
      (row + filled * itemSize).copyMemory(from: next, byteCount: part * itemSize)
      filled += part
      place += part
      if filled == layout.count {
        filled = 0
        try body(layout.key(of: UnsafeRawPointer(row), into: keys, spare: spare))
      }
    }
  }
}
