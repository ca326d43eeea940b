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

  /// Totals begin with the first element, not with a 0 or 1 that it is added to or multiplied by.
  @Test func theFirstElementStaysWhatItIs() throws {
    let zeros = try NDArray([-0.0, -0.0, 0.0]).cumsum().elements(as: Double.self)
    #expect(zeros.map(\.sign) == [.minus, .minus, .plus])
    let infinite = try NDArray([Complex<Double>(.infinity, 0)]).cumprod().elements(as: Complex<Double>.self)
    #expect(infinite == [Complex(.infinity, 0)])
  }

  // MARK: Extremes

  /// numpy.maximum.accumulate and numpy.minimum.accumulate
  @Test func extremesKeepTheirDType() throws {
    let x = try NDArray([3, 1, 4, 1, 5] as [Int8])
    #expect(try x.cummax().elements(as: Int8.self) == [3, 3, 4, 4, 5])
    #expect(try x.cummin().elements(as: Int8.self) == [3, 1, 1, 1, 1])
    let bools = try NDArray([true, false, true])
    #expect(try bools.cummax().elements(as: Bool.self) == [true, true, true])
    #expect(try bools.cummin().elements(as: Bool.self) == [true, false, false])
    let wide = try NDArray([9_223_372_036_854_775_809, 3, .max] as [UInt64])
    let most: [UInt64] = [9_223_372_036_854_775_809, 9_223_372_036_854_775_809, .max]
    #expect(try wide.cummax().elements(as: UInt64.self) == most)
    #expect(try wide.cummin().elements(as: UInt64.self) == [9_223_372_036_854_775_809, 3, 3])
    let least = try NDArray([Int64.min, .max, .min])
    #expect(try least.cummax().elements(as: Int64.self) == [.min, .max, .max])
    #expect(try least[1...].cummin().elements(as: Int64.self) == [.max, .min])
    #expect(try NDArray([2, 1]).astype(.bfloat16).cummax().dtype == .bfloat16)
  }

  @Test func nanStaysFromWhereItIs() throws {
    let x = try NDArray([1, .nan, 3, .infinity] as [Float])
    #expect(try x.cummax().elements(as: Float.self).map(\.isNaN) == [false, true, true, true])
    #expect(try x.cummin().elements(as: Float.self).map(\.isNaN) == [false, true, true, true])
    let infinite = try NDArray([-.infinity, -.infinity, 2] as [Double])
    #expect(try infinite.cummax().elements(as: Double.self) == [-.infinity, -.infinity, 2])
    #expect(try (-infinite).cummin().elements(as: Double.self) == [.infinity, .infinity, -2])
  }

  /// numpy.maximum.accumulate([1+1j, 1+2j, 9j, complex(nan, 0), 5])
  @Test func extremesOfComplexNumbers() throws {
    typealias Number = Complex<Double>
    let list = [Number(1, 1), Number(1, 2), Number(0, 9), Number(.nan, 0), Number(5, 0)]
    let x = try NDArray(list)
    let greatest: [Number] = try x.cummax().elements()
    #expect(Array(greatest[..<3]) == [Number(1, 1), Number(1, 2), Number(1, 2)])
    #expect(greatest[3].real.isNaN && greatest[4].real.isNaN)
    let least: [Number] = try x.cummin().elements()
    #expect(Array(least[..<3]) == [Number(1, 1), Number(1, 1), Number(0, 9)])
    #expect(least[3].real.isNaN && least[4].real.isNaN)
    let far = try NDArray([Number(-.infinity, -.infinity), Number(-.infinity, 1)])
    #expect(try far.cummax().elements(as: Number.self)[1] == Number(-.infinity, 1))
  }

  @Test func axesOfExtremes() throws {
    let x = try NDArray([3, 1, 2, 5] as [Int32], shape: [2, 2])
    #expect(try x.cummax(axis: 0).elements(as: Int32.self) == [3, 1, 3, 5])
    #expect(try x.cummax(axis: -1).elements(as: Int32.self) == [3, 3, 2, 5])
    #expect(try x.cummin().elements(as: Int32.self) == [3, 1, 1, 1])
    #expect(try x.cummin().shape.dimensions == [4])
    #expect(try NDArray(3).cummax().shape.dimensions == [1])
    #expect(try NDArray.zeros([0, 3]).cummax(axis: 0).shape.dimensions == [0, 3])
    #expect(try NDArray.zeros([3, 0]).cummin(axis: 0).shape.dimensions == [3, 0])
    #expect(throws: TesseraError.self) { try x.cummax(axis: 2) }
  }

  /// Blocks continue where the ones before them ended.
  @Test func extremesOfManyElements() throws {
    let values = (0..<300_000).map { Double(($0 * 7919) % 300_007) }
    var expected = values
    for place in expected.indices.dropFirst() { expected[place] = max(expected[place - 1], expected[place]) }
    let x = try NDArray(values)
    for threads in [1, 3] {
      let options = TransferOptions(memory: 64 << 20, threads: threads)
      #expect(try x.cummax().elements(options: options) == expected)
      #expect(try (-x).cummin().elements(options: options) == expected.map { -$0 })
    }
  }
}

/// Counts calls from several threads.
private final class CallCounter: Sendable {
  private let calls = Atomic<Int>(0)
  var count: Int { calls.load(ordering: .relaxed) }
  func add() { calls.wrappingAdd(1, ordering: .relaxed) }
}
