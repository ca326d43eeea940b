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
