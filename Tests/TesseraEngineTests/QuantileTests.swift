import Glibc
import TesseraCore
import TesseraEngine
import TesseraStorage
import Testing

/// Quantiles in one piece and by refinement, against sorting.
@Suite struct QuantileTests {
  /// Pseudo-random floats with ties, the same on every run.
  private static func values(_ count: Int, seed: UInt64 = 1) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int64(bitPattern: state) >> 44) / 16
    }
  }

  private static func median(_ values: [Float]) -> Float {
    // C's sort, because Swift's takes minutes of a debug build under a sanitizer.
    var sorted = values
    qsort(&sorted, sorted.count, MemoryLayout<Float>.stride) { first, second in
      let (a, b) = (first!.load(as: Float.self), second!.load(as: Float.self))
      return a < b ? -1 : a > b ? 1 : 0
    }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  @Test func shortLines() throws {
    let all = QuantileTests.values(7 * 31)
    let x = try NDArray(all, shape: [7, 31])
    let rows = try x.median(axis: 1).elements(as: Float.self)
    #expect(rows == (0..<7).map { row in QuantileTests.median(Array(all[row * 31..<(row + 1) * 31])) })
    let columns = try x.median(axis: 0).elements(as: Float.self)
    #expect(
      columns == (0..<31).map { column in QuantileTests.median((0..<7).map { all[$0 * 31 + column] }) })
    #expect(try x.quantile([0, 1], axis: 0).shape == Shape([2, 31]))
    // As in NumPy, a list of probabilities counts as a float64 array.
    #expect(try x.quantile([0, 1]).elements(as: Double.self) == [Double(all.min()!), Double(all.max()!)])
  }

  /// numpy.median([1e308, 1.2e308, -1e308]); of two equal ones it is infinite, as their sum is
  @Test func theMiddleElementIsNoSum() throws {
    let x = try NDArray([1e308, 1.2e308, -1e308])
    #expect(try x.median().item(as: Double.self) == 1e308)
    #expect(try x.nanmedian().item(as: Double.self) == 1e308)
    #expect(try NDArray([Double.nan, 1.7e308]).nanmedian().item(as: Double.self) == 1.7e308)
    #expect(try NDArray([1e308, 1e308]).median().item(as: Double.self) == .infinity)
    let lines: [Float] = [3e38, -3e38, -3.1e38, .infinity, .infinity, .infinity]
    let narrow = try NDArray(lines, shape: [2, 3])
    #expect(try narrow.median(axis: 1).elements(as: Float.self) == [-3e38, .infinity])
    #expect(try narrow.nanmedian(axis: 1).elements(as: Float.self) == [-3e38, .infinity])
    #expect(try NDArray([Int64.max]).median().item(as: Double.self) == 0x1p63)
    let long = try NDArray.full([400_001], 1.5e308)
    #expect(try long.median().item(as: Double.self) == 1.5e308)
  }

  /// NumPy's quantile of an axis of length 0 is an error, its median and nanquantile are NaN, even of integers.
  @Test(arguments: QuantileMethod.allCases) func ofNothing(_ method: QuantileMethod) throws {
    let x = try NDArray.zeros([3, 0], dtype: .uint8)
    let refused: [() throws -> NDArray] = [
      { try x.quantile(0.5, method: method) }, { try x.quantile([0.2, 0.5], axis: 1, method: method) },
      { try x.quantile([], axis: 1, method: method) }, { try x.percentile(50, axis: 1, method: method) },
      { try NDArray.zeros([0, 0]).quantile(0.5, axis: 0, method: method) },
    ]
    for body in refused {
      let error = #expect(throws: TesseraError.self) { try body() }
      #expect(error?.kind == .usage)
    }
    #expect(try x.quantile([0.2, 0.5], axis: 0, method: method).shape == Shape([2, 0]))
    #expect(try NDArray.zeros([0, 3]).quantile(0.5, axis: 1, method: method).size == 0)
    let several = try x.nanquantile([0.2, 0.5], axis: 1, method: method, keepdims: true)
    #expect(try several.shape == Shape([2, 3, 1]))
    #expect(try several.elements(as: Double.self).allSatisfy(\.isNaN))
    #expect(try x.nanpercentile(50, method: method).item(as: Double.self).isNaN)
    for medians in [try x.median(axis: 1), try x.nanmedian(axis: 1)] {
      #expect(try medians.shape == Shape([3]))
      #expect(try medians.elements(as: Double.self).allSatisfy(\.isNaN))
    }
    #expect(try x.astype(.float32).nanquantile(0.5, method: method).item(as: Float.self).isNaN)
  }

  /// numpy.quantile(x, []) has shape (0,), and the kept axes behind
  @Test func noProbabilities() throws {
    let x = try NDArray.arange(6, dtype: .int32).reshape([2, 3])
    #expect(try x.quantile([]).elements(as: Double.self) == [])
    #expect(try x.quantile([], axis: 1).shape == Shape([0, 2]))
    #expect(try x.nanquantile([], axis: 0, keepdims: true).shape == Shape([0, 1, 3]))
    #expect(try x.percentile([], method: .lower).dtype == .int32)
    #expect(throws: TesseraError.self) { try x.astype(.complex64).quantile([]) }
  }

  private static let long = values(400_000 * 3)
  private static let medianOfLong = median(long)
  private static let mediansOfLong = (0..<3).map { column in
    median(stride(from: column, to: long.count, by: 3).map { long[$0] })
  }

  @Test(arguments: [1, 2, 3]) func linesLongerThanABlockAreRefined(threads: Int) throws {
    let x = try NDArray(QuantileTests.long, shape: [400_000, 3])
    let options = TransferOptions(threads: threads)
    let found = try x.median(axis: 0).elements(as: Float.self, options: options)
    #expect(found == QuantileTests.mediansOfLong)
    #expect(try x.median().item(as: Float.self, options: options) == QuantileTests.medianOfLong)
  }
}
