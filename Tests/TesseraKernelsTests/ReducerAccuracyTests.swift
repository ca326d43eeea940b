import TesseraCore
import Testing

@testable import TesseraKernels

/// Finishes one kept position that takes the values `height` at a time.
private func reduce(
  _ operation: ReductionOperation, _ dtype: DType, _ field: ReductionField, _ values: [Double], height: Int
) throws -> Double {
  let reducer = try Reducer(operation, dtype)
  let accumulators = ReductionAccumulators(reducer, capacity: 1)
  let tile = ReductionTile(dtype, rows: 1, columns: values.count, values)
  tile.bytes.withUnsafeBytes { bytes in
    for start in stride(from: 0, to: values.count, by: height) {
      reducer.accumulateRows(
        accumulators.start, capacity: 1, first: 0, rows: 1, columns: min(height, values.count - start),
        values: bytes.baseAddress! + 1 + start * dtype.itemSize, mask: nil, position: start, step: 1)
    }
  }
  return Double(accumulators.finish(field, first: 0, count: 1)[0].real)
}

/// Sums of float64 where naive summation loses everything.
@Test func compensatedSumsSurviveCancellation() throws {
  #expect(try reduce(.sum, .float64, .value, [1, 1e100, 1, -1e100], height: 100) == 2)
  #expect(try reduce(.sum, .float64, .value, [1, 1e100, 1, -1e100], height: 1) == 2)
  // 0.1 is 0x1.999999999999ap-4: a million of them, rounded once.
  let tenths = [Double](repeating: 0.1, count: 1_000_000)
  #expect(try reduce(.sum, .float64, .value, tenths, height: 7777) == Double(Wide(0.1) * 1_000_000))
}

@Test func infinitiesSurviveCompensation() throws {
  let inf = Double.infinity
  for height in [1, 3, 1000] {
    #expect(try reduce(.sum, .float64, .value, [1, inf, 2, 3], height: height) == inf)
    #expect(try reduce(.sum, .float64, .value, [-inf, 1, 2], height: height) == -inf)
    #expect(try reduce(.sum, .float64, .value, [inf, 1, -inf], height: height).isNaN)
    for dtype in [DType.float16, .bfloat16, .float32, .float64] {
      #expect(try reduce(.moments, dtype, .mean, [1, inf] + tens, height: height) == inf)
      #expect(try reduce(.moments, dtype, .mean, [1, -inf] + tens, height: height) == -inf)
      #expect(try reduce(.moments, dtype, .mean, [inf] + tens + [-inf], height: height).isNaN)
      #expect(try reduce(.moments, dtype, .m2, [1, inf] + tens, height: height).isNaN)
    }
  }
}

/// numpy.array(x).mean() and .var(), of finite values of which sums, deviations or squares overflow.
@Test func momentsBeyondTheRange() throws {
  let most = Double.greatestFiniteMagnitude
  let cases: [(values: [Double], mean: Double)] = [
    ([Double](repeating: 1e308, count: 48), .infinity), ([Double](repeating: -most, count: 48), -.infinity),
    ([-most] + [Double](repeating: most, count: 7), .infinity),
    ([-most, most, 0, 0, most, 0, 0, 0], most / 8),
  ]
  for (values, mean) in cases {
    for height in [8, 48] {
      let (m2, found) = (
        try reduce(.moments, .float64, .m2, values, height: height),
        try reduce(.moments, .float64, .mean, values, height: height)
      )
      #expect(m2 == .infinity && found == mean, "\(values[0]) in pieces of \(height)")
    }
    let columns = try momentsOfColumns(.float64, rows: values.count, columns: 1, values)
    #expect(columns.m2 == [.infinity] && columns.mean == [mean], "\(values[0]) as a column")
  }
}

private let tens = [Double](repeating: 10, count: 40)

/// The variance of 0, 1, 2, … is the same wherever it is moved to.
@Test(arguments: [1, 8, 100, 4096, 100_000])
func varianceFarFromZero(height: Int) throws {
  let count = 100_000
  let want = Double(count) * Double(count) * Double(count) / 12 - Double(count) / 12
  for offset in [0.0, 1e9, -1e12, 1e15] {
    let values = (0..<count).map { offset + Double($0) }
    let m2 = try reduce(.moments, .float64, .m2, values, height: height)
    #expect((m2 - want).magnitude <= 1e-13 * want, "offset \(offset) in pieces of \(height)")
    let mean = try reduce(.moments, .float64, .mean, values, height: height)
    #expect(mean == offset + Double(count - 1) / 2, "offset \(offset) in pieces of \(height)")
  }
}

/// float32 noise around 1e8, where neighbours are 8 apart: the sum of squares loses it all in float64.
@Test func varianceOfNoiseAroundALargeValue() throws {
  var random = SeededGenerator(seed: 3)
  let values = (0..<200_000).map { _ in 1e8 + 8 * Double(random.next() % 5) }
  let wide = values.map { Wide($0) }
  let mean = wide.reduce(0, +) / Wide(values.count)
  let want = Double(wide.reduce(0) { $0 + ($1 - mean) * ($1 - mean) })
  let m2 = try reduce(.moments, .float32, .m2, values, height: 5000)
  #expect((m2 - want).magnitude <= 1e-13 * want)
  #expect((try reduce(.moments, .float32, .mean, values, height: 5000) - Double(mean)).magnitude < 2e-8)
}

/// Mean and m2 of each column, which a tile of columns takes.
private func momentsOfColumns(_ dtype: DType, rows: Int, columns: Int, _ values: [Double]) throws
  -> (mean: [Double], m2: [Double])
{
  let accumulators = ReductionAccumulators(try Reducer(.moments, dtype), capacity: columns)
  accumulators.take(ReductionTile(dtype, rows: rows, columns: columns, values), byRows: false, first: 0)
  func finished(_ field: ReductionField) -> [Double] {
    accumulators.finish(field, first: 0, count: columns).map { Double($0.real) }
  }
  return (finished(.mean), finished(.m2))
}

/// Deviations of short floats and short integers are from a run's first value: here the one that is furthest from the mean.
@Test(arguments: [DType.float32, .float16, .bfloat16, .int16, .uint8])
func momentsAroundAnOutlier(_ dtype: DType) throws {
  var random = SeededGenerator(seed: 11)
  let outlier = dtype == .float32 ? 3e38 : 200.0
  for (rows, columns) in [(64, 40), (100, 40), (200, 520), (3000, 33)] {
    let values = (0..<rows * columns).map { index in
      index / columns % 64 == 0 ? outlier : Double(random.next() % 5)
    }
    let (means, m2s) = try momentsOfColumns(dtype, rows: rows, columns: columns, values)
    for column in stride(from: 0, to: columns, by: 13) {
      let wide = stride(from: column, to: values.count, by: columns).map { index in
        convert(.float64, withUnsafeBytes(of: values[index], Array.init), to: dtype).withUnsafeBytes {
          WideValue(dtype, $0.baseAddress!).real
        }
      }
      let mean = wide.reduce(0, +) / Wide(rows)
      let want = wide.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let got = (Wide(m2s[column]), Wide(means[column]))
      #expect((got.0 - want).magnitude <= 1e-12 * want, "\(dtype), \(rows) x \(columns), column \(column)")
      #expect((got.1 - mean).magnitude <= 1e-14 * mean, "\(dtype), \(rows) x \(columns), column \(column)")
    }
  }
}

/// What is not finite changes no bit of the columns beside it, wherever it stands in a run.
@Test(arguments: [0, 1, 63, 64, 99])
func infinitiesStayInTheirColumns(row: Int) throws {
  var random = SeededGenerator(seed: UInt64(row))
  let (rows, columns) = (104, 40)
  var values = (0..<rows * columns).map { _ in Double.random(in: -3...3, using: &random) }
  let plain = try momentsOfColumns(.float32, rows: rows, columns: columns, values)
  for (column, value) in [(3, Double.infinity), (4, -.infinity), (39, .nan)] {
    values[row * columns + column] = value
  }
  let got = try momentsOfColumns(.float32, rows: rows, columns: columns, values)
  for column in 0..<columns {
    switch column {
    case 3, 4: #expect(got.mean[column] == values[row * columns + column] && got.m2[column].isNaN)
    case 39: #expect(got.mean[column].isNaN && got.m2[column].isNaN)
    default: #expect(got.mean[column] == plain.mean[column] && got.m2[column] == plain.m2[column])
    }
  }
}

/// Neither the mean nor the deviations of equal values are worn off by many merges.
@Test func equalValuesHaveNoVariance() throws {
  for value in [0.1, 1e150, -3e-300, 1.0 / 3] {
    for height in [1, 5, 8, 1000] {
      let values = [Double](repeating: value, count: 20_000)
      #expect(try reduce(.moments, .float64, .mean, values, height: height) == value, "pieces of \(height)")
      // A deviation is at most an ulp, where a sum of fewer than eight values was rounded.
      let deviation = (try reduce(.moments, .float64, .m2, values, height: height) / 20_000).squareRoot()
      #expect(deviation <= value.magnitude.ulp, "\(value) in pieces of \(height)")
    }
  }
}

@Test func logSumExpOfAnyRange() throws {
  #expect(try reduce(.logSumExp, .float64, .value, [1000, 1000], height: 2) == 1000 + 0.6931471805599453)
  #expect(try reduce(.logSumExp, .float64, .value, [-1e300, -1e300], height: 1) == -1e300)
  #expect(try reduce(.logSumExp, .float64, .value, [1e308, 0, -1e308], height: 1) == 1e308)
  #expect(try reduce(.logSumExp, .float64, .value, [-.infinity, -.infinity], height: 1) == -.infinity)
  #expect(try reduce(.logSumExp, .float64, .value, [-.infinity, 5], height: 1) == 5)
  #expect(try reduce(.logSumExp, .float64, .value, [.infinity, 5, .infinity], height: 1) == .infinity)
  #expect(try reduce(.logSumExp, .float64, .value, [.infinity, .nan], height: 1).isNaN)
}
