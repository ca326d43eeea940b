import CTesseraKernels
import TesseraCore

/// Counts how the elements of every position lie to its pivots, and gathers those between them.
///
/// Memory: 24 bytes for each pair of pivots, 8 for each position, and what is gathered.
struct PivotCollector: Sendable {
  let pivots: Pivots
  /// For all pairs how many elements are below the low pivot; then how many not above that; then how many not above
  /// the high pivot; then the NaNs of all positions.
  private var counters: [UInt64]
  private(set) var between: OwnedElements

  /// - Parameter memory: bytes that what is gathered may take.
  init(_ pivots: Pivots, memory: Int) {
    self.pivots = pivots
    counters = [UInt64](repeating: 0, count: 3 * pivots.count + pivots.kept)
    between = OwnedElements(itemSize: pivots.dtype.itemSize, memory: memory)
  }

  func below(_ pair: Int) -> Int { Int(counters[pair]) }
  func uptoLow(_ pair: Int) -> Int { Int(counters[pivots.count + pair]) }
  func uptoHigh(_ pair: Int) -> Int { Int(counters[2 * pivots.count + pair]) }
  func nans(_ position: Int) -> Int { Int(counters[3 * pivots.count + position]) }

  static func counterBytes(pairs: Int) -> Int { pairs.saturatingMultiply(4 * MemoryLayout<UInt64>.size) }

  private static let columns = Int(TESSERA_PIVOT_COLUMNS)

  /// Takes rows x columns adjacent elements; row r belongs to kept position `first` + r.
  mutating func accumulateRows(first: Int, rows: Int, columns: Int, values: UnsafeRawPointer) {
    let size = pivots.dtype.itemSize
    // A long line is taken as rows of columns that are all of its position, and a rest.
    let folds = columns / PivotCollector.columns
    let rest = columns - folds * PivotCollector.columns
    for row in 0..<rows {
      let line = values + row * columns * size
      for number in 0..<pivots.width {
        let pair = number * pivots.kept + first + row
        gather(line, rows: folds, PivotCollector.columns, stride: PivotCollector.columns, pair, isOne: true)
        gather(line + (columns - rest) * size, rows: 1, rest, stride: rest, pair, isOne: true)
      }
    }
  }

  /// Takes rows x columns adjacent elements; column c belongs to kept position `first` + c.
  mutating func accumulateColumns(first: Int, rows: Int, columns: Int, values: UnsafeRawPointer) {
    if columns == 1 { return accumulateRows(first: first, rows: 1, columns: rows, values: values) }
    for column in stride(from: 0, to: columns, by: PivotCollector.columns) {
      let count = min(PivotCollector.columns, columns - column)
      for number in 0..<pivots.width {
        let pair = number * pivots.kept + first + column
        gather(
          values + column * pivots.dtype.itemSize, rows: rows, count, stride: columns, pair, isOne: false)
      }
    }
  }

  /// Takes rows of at most `PivotCollector.columns` elements, as many at a time as there is room for. They belong to the
  /// pair, or each column to the next one.
  private mutating func gather(
    _ values: UnsafeRawPointer, rows: Int, _ columns: Int, stride: Int, _ pair: Int, isOne: Bool
  ) {
    guard columns > 0 else { return }
    let (dtype, place) = (pivots.dtype, pair * pivots.dtype.itemSize)
    // NaNs are counted with the first probability.
    let countsNaN = pair < pivots.kept && dtype.kind == .floating
    var strip = tessera_strip_of_rows(
      values: values, stride: stride, rows: rows, columns: columns, owner: UInt32(pair),
      is_one_owner: isOne ? 1 : 0)
    while strip.rows > 0 {
      counters.withUnsafeMutableBufferPointer { counters in
        let below = counters.baseAddress! + pair
        var counts = tessera_pivot_counts(
          below: below, upto_low: below + pivots.count, upto_high: below + 2 * pivots.count,
          nans: countsNaN ? below + 3 * pivots.count : nil)
        between.append(least: columns) { found in
          pivots.lows.withUnsafeBytes { lows in
            pivots.highs.withUnsafeBytes { highs in
              let done = tessera_gather_between(
                dtype.rawValue, &strip, lows.baseAddress! + place, highs.baseAddress! + place, &counts,
                &found)
              strip.rows -= done
              strip.values += done * stride * dtype.itemSize
            }
          }
        }
      }
    }
  }

  /// Adds what was found in another part of the elements.
  mutating func merge(_ other: PivotCollector) {
    for index in counters.indices { counters[index] &+= other.counters[index] }
    between.merge(other.between)
  }
}
