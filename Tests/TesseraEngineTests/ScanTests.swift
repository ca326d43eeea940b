import Synchronization
import TesseraCore
import TesseraEngine
import TesseraStorage
import Testing

@Suite struct ScanTests {
  /// Lines of more than half a MiB are taken in strips, which continue where they ended.
  @Test func wideLinesAreTakenInStrips() throws {
    let columns = 70_000
    let x = try NDArray.arange(4 * columns, dtype: .float64).reshape([4, columns])
    let totals = try x.cumsum(axis: 0)
    let expected = (0..<columns).map { Double(4 * $0) + Double(6 * columns) }
    #expect(try totals[-1].elements() == expected)
    let backward = try totals[slice(step: -1), slice(step: -1)]
    #expect(try backward[0].elements(as: Double.self) == expected.reversed())
    let across = try x.reshape([2, 2, columns]).cumsum(axis: 1)[slice(), 1]
    #expect(try across[1].elements() == (0..<columns).map { Double(2 * $0 + 5 * columns) })
  }

  /// Views of one running total, read side by side, do not send one another back to the beginning.
  @Test func viewsSideBySideAreReadOnce() throws {
    let count = 1 << 21
    let reads = CallCounter()
    let x = try NDArray.ones([count]).map { (value: Double) in
      reads.add()
      return value
    }
    let totals = try x.cumsum()
    let steps = try totals[1...] - totals[..<(count - 1)]
    #expect(try steps.min().item(as: Double.self) == 1)
    #expect(try steps.sum().item(as: Double.self) == Double(count - 1))
    // Two views in each of two evaluations.
    #expect(reads.count <= 4 * count + (1 << 18))
  }

  @Test func totalsOfEveryLayoutAndDirection() throws {
    let x = try NDArray((0..<120).map(Int32.init), shape: [4, 5, 6])
    for axis in 0..<3 {
      let whole: [Int64] = try x.cumsum(axis: axis).elements()
      for threads in [1, 3] {
        #expect(try x.cumsum(axis: axis).elements(options: .init(threads: threads)) == whole)
        let joined = try concatenate([x[0..<2], x[2...]]).cumsum(axis: axis)
        #expect(try joined.elements(options: .init(threads: threads)) == whole)
        let turned = try x.transposed().transposed().cumsum(axis: axis)
        #expect(try turned.elements(options: .init(threads: threads)) == whole)
      }
    }
  }
}

/// Counts calls from several threads.
private final class CallCounter: Sendable {
  private let calls = Atomic<Int>(0)
  var count: Int { calls.load(ordering: .relaxed) }
  func add() { calls.wrappingAdd(1, ordering: .relaxed) }
}
