import TesseraCore
import TesseraEngineTestSupport
import TesseraStorage
import TesseraTestSupport
import Testing

@testable import TesseraEngine

/// `sort`, `argsort` and `takeAlongAxis` against the standard library; `tools/differential` compares them with NumPy.
@Suite struct SortingTests {
  /// Random elements with many equal ones, zeros of both signs, infinities and NaN.
  private static func elements(_ count: Int, _ random: inout SeededGenerator) -> [Float] {
    (0..<count).map { _ in
      switch Int.random(in: 0..<10, using: &random) {
      case 0: [.nan, -.nan, .infinity, -.infinity, 0, -0.0].randomElement(using: &random)!
      case 1...4: Float(Int.random(in: -4...4, using: &random))
      default: Float.random(in: -1e6...1e6, using: &random)
      }
    }
  }

  /// The positions of each line in order; NaN last, of equal ones the first first.
  private static func positions(_ line: [Float]) -> [Int] {
    line.indices.sorted {
      let (a, b) = (line[$0], line[$1])
      if a.isNaN || b.isNaN { return a.isNaN == b.isNaN ? $0 < $1 : b.isNaN }
      return (a, $0) < (b, $1)
    }
  }

  @Test(arguments: UInt64(0)..<30) func anyAxisOfAnyForm(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let shape = (0..<Int.random(in: 1...4, using: &random)).map { _ in Int.random(in: 1...12, using: &random)
    }
    let axis = Int.random(in: 0..<shape.count, using: &random)
    let elements = SortingTests.elements(shape.reduce(1, *), &random)
    let inner = shape[(axis + 1)...].reduce(1, *)
    var (order, sorted) = ([Int64](repeating: 0, count: elements.count), elements)
    for start in elements.indices where start / inner % shape[axis] == 0 {
      let places = (0..<shape[axis]).map { start + $0 * inner }
      for (place, position) in zip(places, SortingTests.positions(places.map { elements[$0] })) {
        order[place] = Int64(position)
        sorted[place] = elements[places[position]]
      }
    }
    let folder = try TemporaryFolder()
    let memory = try NDArray(elements, shape: shape)
    let forms = try StoredForms(memory, in: folder, using: &random)
    let others = [
      (form: "transposed twice", array: try forms.lz4.transposed().transposed())
    ]
    for (form, x) in forms.all + others {
      let note: Comment = "seed \(seed): \(form), \(shape), axis \(axis)"
      let positions = try x.argsort(axis: axis)
      #expect(positions.dtype == .int64)
      #expect(try positions.elements(as: Int64.self) == order, note)
      let options = TransferOptions(memory: 64 << 20, threads: 3)
      #expect(try positions.elements(as: Int64.self, options: options) == order, note)
      let values = try x.sort(axis: axis - shape.count).elements(as: Float.self)
      #expect(zip(values, sorted).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }, note)
      let zero = (-0.0 as Float).bitPattern
      #expect(values.count { $0.bitPattern == zero } == elements.count { $0.bitPattern == zero }, note)
      let taken = try x.takeAlongAxis(positions, axis: axis).elements(as: Float.self)
      #expect(zip(taken, sorted).allSatisfy { $0.bitPattern == $1.bitPattern }, note)
      try x.sort(axis: axis).write(to: folder.at("sorted.npy"), options: .init(overwrite: true))
      let written = try NDArray.open(folder.at("sorted.npy")).elements(as: Float.self)
      #expect(written.map(\.bitPattern) == values.map(\.bitPattern), note)
    }
  }

  @Test func everyDType() throws {
    #expect(try NDArray([true, false, true]).sort().elements() == [false, true, true])
    #expect(try NDArray([5, -3, 127, -128] as [Int8]).sort().elements() == [-128, -3, 5, 127] as [Int8])
    let wide: [UInt64] = [.max, 0, 1 << 63, 7]
    #expect(try NDArray(wide).sort().elements() == [0, 7, 1 << 63, .max] as [UInt64])
    #expect(try NDArray(wide).argsort().elements() == [1, 3, 2, 0] as [Int64])
    let short: [Float16] = [.nan, 1, -.infinity, -0.5]
    #expect(try NDArray(short).argsort().elements() == [2, 3, 1, 0] as [Int64])
    let complex: [Complex<Float>] = [
      .init(1, 2), .init(1, -2), .init(.nan, 0), .init(-3, 9), .init(0, .nan), .init(1, 2),
    ]
    #expect(try NDArray(complex).argsort().elements() == [3, 1, 0, 5, 4, 2] as [Int64])
    let long = complex.map { Complex<Double>(Double($0.real), Double($0.imaginary)) }
    #expect(try NDArray(long).argsort().elements() == [3, 1, 0, 5, 4, 2] as [Int64])
    let sorted = try NDArray(long).sort().elements(as: Complex<Double>.self)
    #expect(sorted[..<4] == [.init(-3, 9), .init(1, -2), .init(1, 2), .init(1, 2)])
  }

  @Test func scalarsAndEmptyAxes() throws {
    let scalar = NDArray(7.0)
    #expect(throws: TesseraError.self) { try scalar.sort() }
    #expect(try scalar.sort(axis: nil).elements() == [7.0])
    #expect(try scalar.argsort().elements() == [0] as [Int64])
    let empty = try NDArray.zeros([3, 0], dtype: .float32)
    #expect(try empty.sort().shape.dimensions == [3, 0])
    #expect(try empty.argsort(axis: 0).elements(as: Int64.self) == [])
    #expect(try NDArray.zeros([0, 3]).sort(axis: nil).shape.dimensions == [0])
    #expect(throws: TesseraError.self) { try empty.sort(axis: 2) }
    let single = try NDArray([4, 2] as [Int32], shape: [2, 1])
    #expect(try single.argsort().elements() == [0, 0] as [Int64])
    #expect(try single.sort(axis: nil).elements() == [2, 4] as [Int32])
  }

  /// A line across more chunks than are read together, and lines of more than what is cut to.
  @Test func longLines() throws {
    let count = 700_000
    var random = SeededGenerator(seed: 5)
    let elements = (0..<2 * count).map { _ in Int64.random(in: -1000...1000, using: &random) }
    let folder = try TemporaryFolder()
    try NDArray(elements, shape: [count, 2]).write(
      to: folder.at("x.zarr"), layout: .init(codec: .lz4, chunks: [50_000, 2]))
    let x = try NDArray.open(folder.at("x.zarr"))
    let columns = (0..<2).map { column in (0..<count).map { elements[2 * $0 + column] }.sorted() }
    let sorted = try x.sort(axis: 0)
    let options = TransferOptions(memory: 128 << 20, threads: 2)
    for column in 0..<2 {
      #expect(try sorted[slice(), column].elements(as: Int64.self, options: options) == columns[column])
    }
    let order = try x.argsort(axis: 0)
    let again = try x.takeAlongAxis(order, axis: 0)
    #expect(try again.arrayEqual(sorted))
  }

  /// Of a line that does not fit the plan says so, before anything is read.
  @Test func linesThatDoNotFitAreRefused() throws {
    let stub = try ChunkedStub([1 << 28], .float32, chunks: [1 << 16])
    let evaluation = try Evaluation([stub.array.sort().node], options: .init(memory: 256 << 20, threads: 2))
    let error = #expect(throws: TesseraError.self) { try evaluation.plan() }
    #expect(error?.kind == .memory)
    #expect(stub.reads.load(ordering: .relaxed) == 0)
  }

  /// Positions take eight bytes for each byte of what is sorted, and fit the least budget all the same.
  @Test(arguments: [DType.int8, .bool, .float16, .float64, .complex128])
  func positionsOfShortElementsFitTheLeastBudget(dtype: DType) throws {
    let x = try ChunkedStub([20_000, 4096], dtype, chunks: [20_000, 4096]).array
    let options = TransferOptions(memory: 64 << 20, threads: 1)
    for total in [try x.argsort(axis: 0).sum(), try x.sort(axis: 0).sum()] {
      #expect(try Evaluation([total.node], options: options).plan().count == 1)
    }
  }

  /// Columns are sorted some at a time; the plan says how often their pages are read for that.
  @Test func whatIsReadAgainIsPlanned() throws {
    let stub = try ChunkedStub([1 << 20, 64], .float32, chunks: [1 << 20, 64])
    let options = TransferOptions(memory: 1 << 30, threads: 1)
    let plans = try Evaluation([stub.array.sort(axis: 0).node], options: options).plan()
    #expect(plans.count == 1)
    #expect(plans[0].bytesRead == 64 * stub.array.nbytes)
    // Four columns at a time: of eight in a chunk two, of seven two or three.
    for (width, count, times) in [(8, 24, 2), (7, 28, 3)] {
      let chunked = try ChunkedStub([1 << 18, count], .float32, chunks: [1 << 18, width]).array
      let plans = try Evaluation([chunked.sort(axis: 0).node], options: options).plan()
      #expect(plans[0].bytesRead == times * chunked.nbytes)
    }
    let rows = try ChunkedStub([1 << 16, 64], .float32, chunks: [1 << 10, 64])
    let byRow = try Evaluation([rows.array.sort().node], options: options).plan()
    #expect(byRow[0].bytesRead == rows.array.nbytes)
  }

  /// A line is read for as many of its positions as are at hand at a time, and the plan says how often.
  @Test func linesOfManyPositionsAreReadAgain() throws {
    let count = 1 << 20
    let lines = try ChunkedStub([count], .float32, chunks: [1 << 16]).array
    let positions = try ChunkedStub([count], .int64, chunks: [1 << 16]).array
    let options = TransferOptions(memory: 1 << 30, threads: 1)
    let plans = try Evaluation([lines.takeAlongAxis(positions).node], options: options).plan()
    #expect(plans.count == 1)
    #expect(plans[0].bytesRead == 4 * lines.nbytes + positions.nbytes)
    let few = try Evaluation([lines.takeAlongAxis(positions[..<1000]).node], options: options).plan()
    #expect(few[0].bytesRead == lines.nbytes + 8000)
  }

  /// Of a line only what lies between the positions.
  @Test func whatLiesOutsideOfPositionsIsNotRead() throws {
    let folder = try TemporaryFolder()
    let count = 1 << 20
    try NDArray.arange(count, dtype: .float64).write(to: folder.at("x.npy"))
    let base = try CountingDriver(folder.at("x.npy"))
    let places = [count / 2 + 3, count / 2 - 1, count / 2 + 3].map(Int64.init)
    let taken = try base.array.takeAlongAxis(NDArray(places))
    #expect(try taken.elements(as: Double.self) == places.map(Double.init))
    #expect(base.elements.load(ordering: .relaxed) < count / 4)
  }

  @Test func partitionsAreSorted() throws {
    let x = try NDArray([3, 1, 2, 0] as [Int32])
    #expect(try x.partition(2).elements() == [0, 1, 2, 3] as [Int32])
    #expect(try x.argpartition(-1).elements() == [3, 1, 2, 0] as [Int64])
    #expect(throws: TesseraError.self) { try x.partition(4) }
    #expect(throws: TesseraError.self) { try x.argpartition(-5) }
  }

  @Test func positionsOfEachLine() throws {
    let x = try NDArray((0..<24).map(Int32.init), shape: [2, 3, 4])
    let last = try NDArray([-1, 0] as [Int64], shape: [1, 1, 2])
    let ends: [Int32] = [3, 0, 7, 4, 11, 8, 15, 12, 19, 16, 23, 20]
    #expect(try x.takeAlongAxis(last).elements() == ends)
    let best = try x.argmax(axis: 1, keepdims: true)
    #expect(try x.takeAlongAxis(best, axis: 1).elements() == [8, 9, 10, 11, 20, 21, 22, 23] as [Int32])
    #expect(try x.takeAlongAxis(NDArray([23, 0] as [UInt8]), axis: nil).elements() == [23, 0] as [Int32])
    let none = try NDArray([] as [Int64], shape: [2, 3, 0])
    #expect(try x.takeAlongAxis(none).shape.dimensions == [2, 3, 0])
    #expect(throws: TesseraError.self) { try x.takeAlongAxis(NDArray([0.0], shape: [1, 1, 1])) }
    #expect(throws: TesseraError.self) { try x.takeAlongAxis(NDArray([0] as [Int64])) }
    #expect(throws: TesseraError.self) {
      try x.takeAlongAxis(NDArray([0, 1, 0] as [Int64], shape: [3, 1, 1]), axis: 1)
    }
    let beyond = try x.takeAlongAxis(NDArray([4] as [Int64], shape: [1, 1, 1]))
    #expect(throws: TesseraError.self) { try beyond.elements(as: Int32.self) }
  }
}
