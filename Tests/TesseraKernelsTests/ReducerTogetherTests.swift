import TesseraCore
import Testing

@testable import TesseraKernels

/// Tiles on either side of what is cut, folded and transposed.
private let tileShapes = [
  (1, 1), (7, 5), (8, 300), (9, 1), (100, 40), (3, 200), (5, 3000), (3000, 5), (300, 33), (64, 700),
  (40, 1030), (200, 700),
]

/// Several reducers that take a tile together gather the very bits that each gathers alone.
@Test(
  arguments: [DType.bool, .int16, .uint64, .float16, .bfloat16, .float32, .float64, .complex64],
  [false, true])
func togetherAsAlone(_ dtype: DType, _ masked: Bool) throws {
  let all = ReductionOperation.allCases.compactMap { try? Reducer($0, dtype) }
  let skipping = ReductionOperation.allCases.compactMap { try? Reducer($0, dtype, skipsNaN: true) }
  let reducers = all + (masked ? [] : skipping)
  for (number, (rows, columns)) in tileShapes.enumerated() {
    let seed = UInt64(number) * 2 + (masked ? 1 : 0)
    var random = SeededGenerator(seed: seed)
    let tile = ReductionTile(
      dtype, rows: rows, columns: columns, masked: masked, specials: number % 2 == 1, random: &random)
    // Then values that all count, on top of numbers of values that may differ.
    var plain = tile
    plain.mask = nil
    for byRows in [false, true] {
      let kept = byRows ? rows : columns
      let alone = reducers.map { ReductionAccumulators($0, capacity: kept + 2) }
      for accumulators in alone {
        accumulators.take(tile, byRows: byRows, first: 1, position: 5, step: 3)
        accumulators.take(plain, byRows: byRows, first: 1, position: 100_000, step: 3)
      }
      let together = reducers.map { ReductionAccumulators($0, capacity: kept + 2) }
      let targets = together.map { ReducerTarget($0.reducer, $0.start, capacity: $0.capacity) }
      for (tile, position) in [(tile, 5), (plain, 100_000)] {
        tile.bytes.withUnsafeBytes { bytes in
          (tile.mask ?? []).withUnsafeBytes { mask in
            let values = bytes.baseAddress! + 1
            let mask = tile.mask == nil ? nil : mask.baseAddress! + 1
            if byRows {
              Reducer.accumulateRows(
                targets, first: 1, rows: rows, columns: columns, values: values, mask: mask,
                position: position, step: 3)
            } else {
              Reducer.accumulateColumns(
                targets, first: 1, rows: rows, columns: columns, values: values, mask: mask,
                position: position, step: 3)
            }
          }
        }
      }
      for (one, other) in zip(alone, together) {
        let isSame = one.hasSameBits(as: other)
        #expect(
          isSame && other.isIntact,
          "\(one.reducer.name) of \(dtype), \(rows) x \(columns), by rows \(byRows), seed \(seed)")
      }
    }
  }
}

extension ReductionAccumulators {
  private var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: start, count: capacity * reducer.bytesPerItem)
  }

  /// All bits, but any NaN is as good as another: which of two a processor keeps is up to the order of operands.
  fileprivate func hasSameBits(as other: ReductionAccumulators) -> Bool {
    let isInDoubles = [.sum, .moments].contains(reducer.operation)
    guard isInDoubles, [.floating, .complex].contains(reducer.operand.kind) else {
      return bytes.elementsEqual(other.bytes)
    }
    return zip(bytes.bindMemory(to: UInt64.self), other.bytes.bindMemory(to: UInt64.self)).allSatisfy {
      $0 == $1 || (Double(bitPattern: $0).isNaN && Double(bitPattern: $1).isNaN)
    }
  }
}
