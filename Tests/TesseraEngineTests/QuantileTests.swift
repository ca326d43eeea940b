import TesseraCore
import TesseraEngine
import TesseraStorage
import Testing

/// Quantiles in one piece and by refinement, against sorting.
@Suite struct QuantileTests {
  /// Pseudo-random floats with ties, the same on every run.
  private func values(_ count: Int, seed: UInt64 = 1) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int64(bitPattern: state) >> 44) / 16
    }
  }

  private func median(_ values: [Float]) -> Float {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  @Test func shortLines() throws {
    let all = values(7 * 31)
    let x = try NDArray(all, shape: [7, 31])
    let rows = try x.median(axis: 1).elements(as: Float.self)
    #expect(rows == (0..<7).map { row in median(Array(all[row * 31..<(row + 1) * 31])) })
    let columns = try x.median(axis: 0).elements(as: Float.self)
    #expect(columns == (0..<31).map { column in median((0..<7).map { all[$0 * 31 + column] }) })
    #expect(try x.quantile([0, 1], axis: 0).shape == Shape([2, 31]))
    // As in NumPy, a list of probabilities counts as a float64 array.
    #expect(try x.quantile([0, 1]).elements(as: Double.self) == [Double(all.min()!), Double(all.max()!)])
  }

  @Test(arguments: [1, 2, 3]) func linesLongerThanABlockAreRefined(threads: Int) throws {
    let all = values(400_000 * 3)
    let x = try NDArray(all, shape: [400_000, 3])
    let options = TransferOptions(threads: threads)
    let found = try x.median(axis: 0).elements(as: Float.self, options: options)
    #expect(
      found == (0..<3).map { column in median(stride(from: column, to: all.count, by: 3).map { all[$0] }) })
    #expect(try x.median().item(as: Float.self, options: options) == median(all))
  }
}
