import TesseraCore
import TesseraStorage

/// Reads of one array that must agree.
enum Reading {
  /// What is read at all. Metadata may claim anything, and it is right to believe it as long as somebody asks for no
  /// more than a part; a fuzzer has no time for more than this.
  private static let mostBytes = 1 << 20
  private static let mostScratch = 8 << 20
  private static let mostChunks = 1 << 10

  /// The elements in C order; nil where they are too many.
  ///
  /// - Throws: what reading everything throws.
  @discardableResult
  static func check(_ array: StoredArray) throws -> [UInt8]? {
    guard array.driver.scratchBytes <= mostScratch else { return nil }
    attempt { try last(array) }
    guard isHandy(array) else { return nil }
    let size = array.dtype.itemSize
    let whole = try elements(array, .all, filler: 0xAA)
    let backwards = must("what was read forwards is read backwards") { () -> [UInt8] in
      let steps = [Selection.Item](repeating: .slice(step: -1), count: array.shape.rank)
      return try elements(array, Selection(steps), filler: 0x55)
    }
    require(reversed(backwards, size) == whole, "backwards \(array.description) is not forwards")
    if !whole.isEmpty {
      let end = must("the last element of what was read") { try last(array) }
      require(end == Array(whole.suffix(size)), "the last element of \(array.description)")
    }
    return whole
  }

  static func isHandy(_ array: StoredArray) -> Bool {
    let chunks = zip(array.shape.dimensions, array.driver.granule).map { ($0 - 1) / $1 + 1 }
    return array.shape.count.saturatingMultiply(array.dtype.itemSize) <= mostBytes
      && chunks.saturatingProduct() <= mostChunks
  }

  /// The last element; nil when there is none.
  @discardableResult
  static func last(_ array: StoredArray) throws -> [UInt8]? {
    guard array.shape.count > 0 else { return nil }
    let ends = [Selection.Item](repeating: .index(-1), count: array.shape.rank)
    return try elements(array, Selection(ends), filler: 0xAA)
  }

  private static func elements(_ array: StoredArray, _ selection: Selection, filler: UInt8) throws -> [UInt8]
  {
    let count = try selection.resolve(array.shape).resultShape.count * array.dtype.itemSize
    var bytes = [UInt8](repeating: filler, count: count)
    try bytes.withUnsafeMutableBytes { try array.read(selection, into: $0, threads: 1) }
    return bytes
  }

  private static func reversed(_ bytes: [UInt8], _ size: Int) -> [UInt8] {
    stride(from: bytes.count - size, through: 0, by: -size).flatMap { bytes[$0..<$0 + size] }
  }
}
