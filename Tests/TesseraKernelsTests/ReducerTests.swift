import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraKernels

let reductionFields: [ReductionField] = [.value, .index, .count, .mean, .m2, .sum]

/// Whether a rounded result is what the reference allows; nil if so, else what is wrong.
func difference(_ got: WideValue, _ reference: ReductionReference, _ dtype: DType) -> String? {
  let want = reference.value
  func agree(_ a: Wide, _ b: Wide) -> Bool {
    if !b.isFinite { return b.isNaN ? a.isNaN : a == b }
    return (a - b).magnitude <= reference.tolerance
  }
  let isInteger = ![.floating, .complex].contains(dtype.kind)
  let isSame =
    isInteger
    ? got.bits == want.bits
    // NaN in either part of a complex number is NaN; which part is of no account.
    : (want.isNaN && got.isNaN) || (agree(got.real, want.real) && agree(got.imaginary, want.imaginary))
  return isSame ? nil : "expected \(want) within \(reference.tolerance), got \(got)"
}

/// Compares every field with the reference, at the kept positions at either end and at some between them.
func check(
  _ accumulators: ReductionAccumulators, first: Int, count: Int, _ label: String,
  taken: (Int) -> [(index: Int, value: WideValue)]
) {
  let reducer = accumulators.reducer
  #expect(accumulators.isIntact, "\(label) wrote outside its accumulators")
  let compared = (0..<count).filter { $0 < 20 || $0 >= count - 20 || $0 % 11 == 0 }
  let inputs = compared.map(taken)
  for field in reductionFields where reducer.gives(field) {
    let results = accumulators.finish(field, first: first, count: count)
    for (kept, input) in zip(compared, inputs) {
      guard let reference = ReductionReference.reduce(reducer.operation, reducer.operand, field, input)
      else { continue }
      if let wrong = difference(results[kept], reference, reducer.resultDType(field)) {
        Issue.record("\(label) \(field) at \(kept) of \(count), \(input.count) values: \(wrong)")
        return
      }
    }
  }
}

func reducers() -> [Reducer] {
  ReductionOperation.allCases.flatMap { operation in
    DType.allCases.compactMap { try? Reducer(operation, $0) }
  }
}

/// Shapes around every boundary: pieces of 8 rows, vectors, folds (128 lanes, 32 columns), strips of
/// 512 columns, transposed pieces, loops over rows (from 128 columns on, in lanes of 16 and 32 and chunks of 2048).
private let shapes = [
  (0, 5), (5, 0), (1, 1), (1, 7), (7, 1), (8, 8), (9, 33), (17, 70), (70, 3), (64, 1), (131, 1), (300, 5),
  (130, 32), (3, 515), (9, 520), (9, 127), (2, 128), (2, 1300),
  (3, 161), (2, 2048), (1, 4131), (2065, 1),
]

@Test(arguments: ReductionOperation.allCases)
func reducesAsTheReferenceDoes(_ operation: ReductionOperation) throws {
  for (phase, dtype) in DType.allCases.enumerated() {
    guard let reducer = try? Reducer(operation, dtype) else { continue }
    for number in sampled(0..<shapes.count, every: 4, phase: phase) {
      let shape = shapes[number]
      for masked in [false, true] {
        for byRows in [false, true] {
          // Infinities of a product's parts depend on its order.
          let specials = number % 2 == 1 && !(operation == .product && dtype.kind == .complex)
          let seed = UInt64(number)
          var random = SeededGenerator(seed: seed)
          let tile = ReductionTile(
            dtype, rows: shape.0, columns: shape.1, masked: masked, specials: specials, random: &random)
          let kept = byRows ? tile.rows : tile.columns
          let accumulators = ReductionAccumulators(reducer, capacity: kept + 3)
          accumulators.take(tile, byRows: byRows, first: 2, position: 10, step: 3)
          check(
            accumulators, first: 2, count: kept,
            "\(operation) of \(dtype) \(shape) masked \(masked) by rows \(byRows) seed \(seed)"
          ) { tile.taken(byRows: byRows, $0, position: 10, step: 3) }
        }
      }
    }
  }
}

@Test func everySmallShapeOfFloat32() throws {
  for operation in [ReductionOperation.sum, .moments, .minimum, .argMaximum] {
    let reducer = try Reducer(operation, .float32)
    for rows in 0...20 {
      for columns in [0, 1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 23, 31, 32, 33, 47, 63, 64, 65, 70] {
        var random = SeededGenerator(seed: UInt64(rows * 100 + columns))
        let tile = ReductionTile(.float32, rows: rows, columns: columns, masked: false, random: &random)
        for byRows in [false, true] {
          let kept = byRows ? rows : columns
          let accumulators = ReductionAccumulators(reducer, capacity: max(kept, 1))
          accumulators.take(tile, byRows: byRows, first: 0)
          check(accumulators, first: 0, count: kept, "\(operation) \(rows) x \(columns) by rows \(byRows)") {
            tile.taken(byRows: byRows, $0)
          }
        }
      }
    }
  }
}

/// Blocks of random height, in accumulators of random leaves that are merged, are as one block.
@Test(arguments: ReductionOperation.allCases)
func splitsAndMergesAsOneCall(_ operation: ReductionOperation) throws {
  for dtype in DType.allCases {
    guard let reducer = try? Reducer(operation, dtype) else { continue }
    for seed in UInt64(0)..<8 {
      var random = SeededGenerator(seed: seed)
      let columns = Int(random.next() % 40) + 1
      let leaves = (0..<4).map { _ in ReductionAccumulators(reducer, capacity: columns + 2) }
      var taken = [[(index: Int, value: WideValue)]](repeating: [], count: columns)
      var position = 0
      for _ in 0..<7 {
        let tile = ReductionTile(
          dtype, rows: Int(random.next() % 20), columns: columns, masked: random.next() % 2 == 0,
          specials: seed % 4 == 0 && operation != .product, random: &random)
        leaves[Int(random.next() % 4)].take(tile, byRows: false, first: 1, position: position)
        for column in 0..<columns { taken[column] += tile.taken(byRows: false, column, position: position) }
        position += tile.rows
      }
      // Another order than that of the positions: ties must still go to the lowest index.
      let total = ReductionAccumulators(reducer, capacity: columns)
      for leaf in leaves.shuffled(using: &random) {
        total.merge(leaf, first: 0, otherFirst: 1, count: columns)
      }
      check(total, first: 0, count: columns, "\(operation) of \(dtype) in splits, seed \(seed)") { taken[$0] }
    }
  }
}

@Test func resultsDoNotDependOnAlignment() throws {
  for reducer in reducers() {
    var random = SeededGenerator(seed: 7)
    let tile = ReductionTile(reducer.operand, rows: 37, columns: 45, masked: true, random: &random)
    for byRows in [false, true] {
      let kept = byRows ? 37 : 45
      let results = [0, 1, 5].map { shift in
        var bytes = [UInt8](repeating: 0, count: shift) + tile.bytes.dropFirst()
        let mask = [UInt8](repeating: 0, count: shift) + tile.mask!.dropFirst()
        let accumulators = ReductionAccumulators(reducer, capacity: kept)
        bytes.append(0)
        bytes.withUnsafeBytes { bytes in
          mask.withUnsafeBytes { mask in
            let method = byRows ? reducer.accumulateRows : reducer.accumulateColumns
            method(
              accumulators.start, kept, 0, 37, 45, bytes.baseAddress! + shift, mask.baseAddress! + shift, 0, 1
            )
          }
        }
        return UnsafeRawBufferPointer(start: accumulators.start, count: kept * reducer.bytesPerItem).map {
          $0
        }
      }
      #expect(results[0] == results[1] && results[0] == results[2], "\(reducer.operation) \(reducer.operand)")
    }
  }
}

@Test func complexNumbersHaveNoLogSumExp() {
  #expect(throws: TesseraError.self) { try Reducer(.logSumExp, .complex64) }
}
