import CTesseraKernels
import TesseraCore

/// Takes a sample of the elements of every position: one of `step` neighbours on average, at random distances, so that no
/// period in the data goes with it.
struct SampleCollector: Sendable {
  private let dtype: DType
  private(set) var sample: OwnedElements
  private var gaps: Gaps
  /// How many elements, or rows of columns, to pass over before the next is taken.
  private var nextElement: Int
  private var nextRow: Int

  /// Distances between one and twice `step`, always the same ones.
  private struct Gaps: Sendable {
    let step: Int
    private var state: UInt64 = 0

    init(step: Int) { self.step = step }

    /// SplitMix64, as G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators"
    /// (https://doi.org/10.1145/2660193.2660195) give it.
    mutating func next() -> Int {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
      return 1 + Int((z ^ z >> 31) % UInt64(2 * step - 1))
    }
  }

  init(_ dtype: DType, step: Int, memory: Int) {
    self.dtype = dtype
    sample = OwnedElements(itemSize: dtype.itemSize, memory: memory)
    gaps = Gaps(step: step)
    nextElement = gaps.next() - 1
    nextRow = gaps.next() - 1
  }

  /// Samples rows x columns adjacent elements; row r belongs to kept position `first` + r.
  mutating func accumulateRows(first: Int, rows: Int, columns: Int, values: UnsafeRawPointer) {
    while nextElement < rows * columns {
      take(1, values + nextElement * dtype.itemSize, first: first + nextElement / columns)
      nextElement += gaps.next()
    }
    nextElement -= rows * columns
  }

  /// Samples rows x columns adjacent elements; column c belongs to kept position `first` + c.
  mutating func accumulateColumns(first: Int, rows: Int, columns: Int, values: UnsafeRawPointer) {
    while nextRow < rows {
      let row = values + nextRow * columns * dtype.itemSize
      for column in stride(from: 0, to: columns, by: OwnedElements.leastRoom) {
        let count = min(OwnedElements.leastRoom, columns - column)
        take(count, row + column * dtype.itemSize, first: first + column)
      }
      nextRow += gaps.next()
    }
    nextRow -= rows
  }

  private mutating func take(_ count: Int, _ values: UnsafeRawPointer, first: Int) {
    let size = dtype.itemSize
    sample.append(least: count) { owned in
      (owned.elements + owned.count * size).copyMemory(from: values, byteCount: count * size)
      for index in 0..<count { owned.owners[owned.count + index] = UInt32(first + index) }
      owned.count += count
    }
  }

  /// Adds the sample of another part of the elements.
  mutating func merge(_ other: SampleCollector) { sample.merge(other.sample) }
}
