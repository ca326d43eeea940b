import TesseraCore
import Testing

@testable import TesseraKernels

/// What of a tile's values is odd.
private enum Oddity: CaseIterable {
  case nothing, someNaN, manyNaN, infinities, columnsOfNaN, farFromZero, drifting, outlier
}

/// Tiles on either side of pieces, runs, folds, chunks and strips.
private let nanShapes = [
  (1, 1), (7, 5), (8, 300), (9, 1), (72, 40), (200, 33), (3, 200), (2, 5000), (3000, 5), (131, 1), (1, 4131),
  (300, 1030),
]

extension ReductionTile {
  fileprivate init(
    _ dtype: DType, rows: Int, columns: Int, _ oddity: Oddity, random: inout SeededGenerator
  ) {
    var values = (0..<rows * columns).map { _ in Double.random(in: -3...3, using: &random) }
    for i in values.indices {
      let draw = random.next() % 100
      switch oddity {
      case .nothing: break
      case .someNaN: if draw < 2 { values[i] = .nan }
      case .manyNaN: if draw < 60 { values[i] = .nan }
      case .infinities: if draw < 4 { values[i] = [.nan, .nan, .infinity, -.infinity][Int(draw)] }
      case .columnsOfNaN: if i % columns % 3 == 1 || draw < 5 { values[i] = .nan }
      case .farFromZero: values[i] = draw < 10 ? .nan : 3000 + values[i].rounded()
      case .drifting: values[i] = draw < 10 ? .nan : Double(i / columns) + values[i]
      case .outlier: if i / columns == 3 { values[i] = 30000 } else if draw < 10 { values[i] = .nan }
      }
    }
    self.init(dtype, rows: rows, columns: columns, values)
  }
}

/// Sums and moments without NaN are those of the values that are left.
@Test(arguments: [DType.float16, .bfloat16, .float32, .float64], [false, true])
func skipsNaNs(_ dtype: DType, _ byRows: Bool) throws {
  for operation in [ReductionOperation.sum, .moments] {
    let reducer = try Reducer(operation, dtype, skipsNaN: true)
    for (number, (rows, columns)) in nanShapes.enumerated() {
      for (seed, oddity) in Oddity.allCases.enumerated() {
        var random = SeededGenerator(seed: UInt64(100 * number + seed))
        let tile = ReductionTile(dtype, rows: rows, columns: columns, oddity, random: &random)
        let kept = byRows ? rows : columns
        let accumulators = ReductionAccumulators(reducer, capacity: kept + 3)
        accumulators.take(tile, byRows: byRows, first: 2)
        accumulators.take(tile, byRows: byRows, first: 2)
        check(
          accumulators, first: 2, count: kept,
          "\(reducer.name) of \(dtype), \(rows) x \(columns) by rows \(byRows), \(oddity), seed \(seed)"
        ) { kept in
          let once = tile.taken(byRows: byRows, kept).filter { !$0.value.isNaN }
          return once + once
        }
      }
    }
  }
}

/// A mask that leaves the NaNs out gives the same moments, but for rounding.
@Test func aMaskOfNaNsIsLikeSkippingThem() throws {
  var random = SeededGenerator(seed: 5)
  var tile = ReductionTile(.float32, rows: 500, columns: 70, .drifting, random: &random)
  let skipped = ReductionAccumulators(
    try Reducer(.moments, .float32, skipsNaN: true), capacity: tile.columns)
  skipped.take(tile, byRows: false, first: 0)
  tile.mask =
    [0]
    + (0..<tile.rows * tile.columns).map { tile.value($0 / tile.columns, $0 % tile.columns).isNaN ? 0 : 1 }
  let masked = ReductionAccumulators(try Reducer(.moments, .float32), capacity: tile.columns)
  masked.take(tile, byRows: false, first: 0)
  for field in [ReductionField.count, .mean, .m2] {
    let one = skipped.finish(field, first: 0, count: tile.columns)
    let other = masked.finish(field, first: 0, count: tile.columns)
    for (a, b) in zip(one, other) {
      #expect((a.real - b.real).magnitude <= 1e-14 * b.real.magnitude, "\(field)")
    }
  }
}

@Test func onlySumsAndMomentsOfFloatsSkipNaN() {
  #expect(throws: TesseraError.self) { try Reducer(.product, .float32, skipsNaN: true) }
  #expect(throws: TesseraError.self) { try Reducer(.sum, .int32, skipsNaN: true) }
  #expect(throws: TesseraError.self) { try Reducer(.moments, .complex64, skipsNaN: true) }
}
