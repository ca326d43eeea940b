import TesseraCore

@testable import TesseraKernels

/// A block of random values, one byte off any alignment, with a mask or without.
struct ReductionTile {
  var dtype: DType
  var rows: Int
  var columns: Int
  /// One byte, then the values.
  var bytes: [UInt8]
  /// One byte, then the mask.
  var mask: [UInt8]?

  /// Integers over their whole range; floats around zero, or one in eight of them NaN, infinite or zero.
  init(
    _ dtype: DType, rows: Int, columns: Int, masked: Bool, specials: Bool = false,
    random: inout SeededGenerator
  ) {
    let count = rows * columns
    self.dtype = dtype
    self.rows = rows
    self.columns = columns
    if dtype.kind == .floating || dtype.kind == .complex {
      let parts = dtype.kind == .complex ? 2 : 1
      let odd: [Double] = [.nan, .infinity, -.infinity, 0, -0.0]
      let values = (0..<count * parts).map { _ in
        specials && random.next() % 8 == 0
          ? odd[Int(random.next() % 5)] : Double.random(in: -3...3, using: &random)
      }
      bytes = [0] + ReductionTile.converted(values, to: dtype)
    } else {
      bytes = [0] + random.bytes(count * dtype.itemSize)
      // Equal values too, and both truths.
      for i in 1..<bytes.count where dtype.itemSize == 1 { bytes[i] &= 3 }
    }
    if masked {
      mask = [0] + (0..<count).map { _ in [0, 1, 2, 255][Int(random.next() % 4)] }
    }
  }

  init(_ dtype: DType, rows: Int, columns: Int, _ values: [Double]) {
    self.dtype = dtype
    self.rows = rows
    self.columns = columns
    bytes = [0] + ReductionTile.converted(values, to: dtype)
  }

  private static func converted(_ values: [Double], to dtype: DType) -> [UInt8] {
    let from = dtype.kind == .complex ? DType.complex128 : .float64
    return convert(from, values.withUnsafeBytes { Array($0) }, to: dtype)
  }

  func value(_ row: Int, _ column: Int) -> WideValue {
    bytes.withUnsafeBytes {
      WideValue(dtype, $0.baseAddress! + 1 + (row * columns + column) * dtype.itemSize)
    }
  }

  func counts(_ row: Int, _ column: Int) -> Bool {
    mask.map { $0[1 + row * columns + column] != 0 } ?? true
  }

  /// The values that kept position `kept` takes, with their indices.
  func taken(byRows: Bool, _ kept: Int, position: Int = 0, step: Int = 1) -> [(index: Int, value: WideValue)]
  {
    (0..<(byRows ? columns : rows)).compactMap { i in
      let (row, column) = byRows ? (kept, i) : (i, kept)
      return counts(row, column) ? (position + i * step, value(row, column)) : nil
    }
  }
}

/// Accumulators in memory of their own, with bytes around them that nobody may write.
final class ReductionAccumulators {
  let reducer: Reducer
  let capacity: Int
  private let memory: UnsafeMutableRawPointer
  private let size: Int

  init(_ reducer: Reducer, capacity: Int) {
    self.reducer = reducer
    self.capacity = capacity
    size = capacity * reducer.bytesPerItem
    memory = .allocate(byteCount: size + 128, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0xCC, count: size + 128)
    reducer.reset(memory + 64, capacity: capacity)
  }

  deinit { memory.deallocate() }

  var start: UnsafeMutableRawPointer { memory + 64 }

  var isIntact: Bool {
    (0..<64).allSatisfy {
      memory.load(fromByteOffset: $0, as: UInt8.self) == 0xCC
        && memory.load(fromByteOffset: size + 64 + $0, as: UInt8.self) == 0xCC
    }
  }

  /// Takes rows of a tile (columns of it, by rows) `range`.
  func take(_ tile: ReductionTile, byRows: Bool, first: Int, position: Int = 0, step: Int = 1) {
    tile.bytes.withUnsafeBytes { bytes in
      (tile.mask ?? []).withUnsafeBytes { mask in
        let values = bytes.baseAddress! + 1
        let mask = tile.mask == nil ? nil : mask.baseAddress! + 1
        if byRows {
          reducer.accumulateRows(
            start, capacity: capacity, first: first, rows: tile.rows, columns: tile.columns, values: values,
            mask: mask, position: position, step: step)
        } else {
          reducer.accumulateColumns(
            start, capacity: capacity, first: first, rows: tile.rows, columns: tile.columns, values: values,
            mask: mask, position: position, step: step)
        }
      }
    }
  }

  func merge(_ other: ReductionAccumulators, first: Int, otherFirst: Int, count: Int) {
    reducer.merge(
      start, capacity: capacity, first: first, with: other.start, otherCapacity: other.capacity,
      otherFirst: otherFirst, count: count)
  }

  /// The elements of a field, read from an odd address.
  func finish(_ field: ReductionField, first: Int, count: Int) -> [WideValue] {
    let dtype = reducer.resultDType(field)
    var bytes = [UInt8](repeating: 0xCC, count: count * dtype.itemSize + 2)
    return bytes.withUnsafeMutableBytes { bytes in
      reducer.finish(
        field, start, capacity: capacity, first: first, count: count, into: bytes.baseAddress! + 1)
      return (0..<count).map { WideValue(dtype, bytes.baseAddress! + 1 + $0 * dtype.itemSize) }
    }
  }
}
